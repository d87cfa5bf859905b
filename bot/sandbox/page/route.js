// Where the person is, kept in the address: ?as=U…&channel=C…&tab=home&thread=ts&theme=dark.

const KEYS = ["as", "channel", "tab", "thread", "theme"];

/** The address's {as, channel, tab, thread, theme}; what isn't there is null. */
export function readRoute() {
  const params = new URLSearchParams(location.search);
  return Object.fromEntries(KEYS.map((key) => [key, params.get(key)]));
}

/** Writes a place into the address; `step` makes it a step that the Back button undoes. */
export function writeRoute(place, step) {
  const params = new URLSearchParams();
  for (const key of KEYS) if (place[key]) params.set(key, place[key]);
  const address = `${location.pathname}?${params}`;
  if (address === location.pathname + location.search) return;
  history[step ? "pushState" : "replaceState"](null, "", address);
}
