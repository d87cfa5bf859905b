// Runs before the first paint, so that a page opened as dark never flashes white.
(() => {
  const asked = new URLSearchParams(location.search).get("theme");
  const theme = asked ?? localStorage.getItem("theme");
  if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
})();
