// Light or dark, remembered by the browser; theme.js sets it before the first paint.

/** Switches between light and dark, and says which it is now. */
export function otherTheme() {
  const { dataset } = document.documentElement;
  const now = dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  dataset.theme = now === "dark" ? "light" : "dark";
  localStorage.setItem("theme", dataset.theme);
  return dataset.theme;
}
