// Building DOM. Nothing here or elsewhere in the page parses a string as HTML.

/**
 * Builds an element. Attributes go by their names, `on…` are listeners, null and false are left out;
 * children that are strings become text.
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

let ids = 0;

/** An id that no other element has. */
export const nextId = (word) => `${word}-${(ids += 1)}`;

const SVG = "http://www.w3.org/2000/svg";

/** An icon of icons.svg; decoration only, so its button needs words of its own. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A round, quiet button that shows only an icon; `label` is what a screen reader and the tooltip say. */
export function iconButton(name, label, onclick, more = {}) {
  return h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...more }, icon(name));
}

/** The address if a person may safely follow it (web or mail), else null. */
export function safeHref(address) {
  try {
    const url = new URL(address);
    return ["http:", "https:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that leaves the page; text only where the address isn't safe to follow. */
export function link(address, ...children) {
  const href = safeHref(address);
  const shown = children.length ? children : [address];
  if (!href) return h("span", {}, ...shown);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...shown);
}

/** Makes `host`'s children exactly `nodes`, touching only those that are new, gone or elsewhere. */
export function arrange(host, nodes) {
  const wanted = new Set(nodes);
  for (const child of [...host.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, at) => {
    if (host.children[at] !== node) host.insertBefore(node, host.children[at] ?? null);
  });
}

const kept = new WeakMap();

/**
 * Draws `parts` ({key, build}) into `host`, keeping the node of every part whose key was there before:
 * an edit redraws only what it changed.
 */
export function redraw(host, parts) {
  const before = kept.get(host) ?? new Map();
  const now = new Map();
  for (const { key, build } of parts) {
    let unique = key;
    while (now.has(unique)) unique += "+";
    now.set(unique, before.get(unique) ?? build());
  }
  kept.set(host, now);
  arrange(host, [...now.values()]);
}

/** Says something to screen readers, once. */
export function announce(words) {
  document.getElementById("announce").textContent = words;
}

/** Shows a short notice that goes by itself after a while, or by a click. */
export function toast(words) {
  const notice = h("div", { class: "toast" }, icon("alert"), h("span", {}, words));
  notice.append(iconButton("close", "Dismiss", () => notice.remove()));
  document.getElementById("toasts").append(notice);
  setTimeout(() => notice.remove(), 9000);
}
