// One layer for menus, pickers and lists of suggestions: only one is open at a time, beside its anchor.
import { h, icon } from "./dom.js";

let open = null;

/** Closes what is open; focus goes back to the anchor when it was inside. */
export function closePopover() {
  if (!open) return;
  const { node, anchor, onclose } = open;
  const held = node.contains(document.activeElement);
  open = null;
  node.remove();
  anchor.setAttribute("aria-expanded", "false");
  if (held && anchor.isConnected) anchor.focus();
  onclose?.();
}

function place(node, anchor) {
  const at = anchor.getBoundingClientRect();
  const below = innerHeight - at.bottom;
  const up = below < node.offsetHeight + 12 && at.top > below;
  const left = Math.max(8, Math.min(at.left, innerWidth - node.offsetWidth - 8));
  node.style.left = `${left}px`;
  node.style.top = up ? `${Math.max(8, at.top - node.offsetHeight - 6)}px` : `${at.bottom + 6}px`;
}

/** Shows `node` beside `anchor`, inside the anchor's dialog if it stands in one. */
export function openPopover(anchor, node, onclose) {
  const again = open?.anchor === anchor;
  closePopover();
  if (again) return false;
  node.classList.add("popover");
  (anchor.closest("dialog") ?? document.body).append(node);
  open = { node, anchor, onclose };
  anchor.setAttribute("aria-expanded", "true");
  place(node, anchor);
  return true;
}

document.addEventListener("pointerdown", (event) => {
  if (open && !open.node.contains(event.target) && !open.anchor.contains(event.target)) closePopover();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !open) return;
  event.preventDefault();
  event.stopPropagation();
  closePopover();
}, true);
addEventListener("resize", closePopover);
document.addEventListener("scroll", (event) => {
  if (open && !open.node.contains(event.target)) closePopover();
}, true);

/** Arrow keys, Home and End move the focus among `host`'s elements that match. */
export function roveFocus(host, selector) {
  host.addEventListener("keydown", (event) => {
    const all = [...host.querySelectorAll(selector)];
    const now = all.indexOf(document.activeElement);
    const next = { ArrowDown: now + 1, ArrowUp: now < 0 ? all.length - 1 : now - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || !all.length || (event.target.matches("input") && ["Home", "End"].includes(event.key))) return;
    event.preventDefault();
    all[(next + all.length) % all.length].focus();
  });
}

/** A menu of `items` ({label, description, href, onpick}) under `anchor`. */
export function openMenu(anchor, items) {
  const rows = items.map(({ label, description, href, onpick }) =>
    h("button", {
      type: "button", role: "menuitem", class: "menu-item",
      onclick: () => {
        closePopover();
        onpick();
      },
    }, h("span", { class: "menu-words" }, h("span", {}, label), description && h("small", {}, description)), href && icon("external")));
  const menu = h("div", { role: "menu", class: "menu" }, ...rows);
  roveFocus(menu, "[role=menuitem]");
  if (openPopover(anchor, menu)) rows[0]?.focus();
}
