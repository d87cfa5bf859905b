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
  controlOf(anchor)?.setAttribute("aria-expanded", "false");
  if (held && anchor.isConnected) controlOf(anchor)?.focus();
  onclose?.();
}

const GAP = 6;
const EDGE = 8;

function place(node, anchor) {
  const at = anchor.getBoundingClientRect();
  const below = innerHeight - at.bottom - GAP - EDGE;
  const above = at.top - GAP - EDGE;
  const up = below < node.offsetHeight && above > below;
  node.style.maxHeight = `${Math.min(380, up ? above : below)}px`;
  node.style.left = `${Math.max(EDGE, Math.min(at.left, innerWidth - node.offsetWidth - EDGE))}px`;
  node.style.top = up ? "auto" : `${at.bottom + GAP}px`;
  node.style.bottom = up ? `${innerHeight - at.top + GAP}px` : "auto";
}

/** Places what is open afresh, because its size changed. */
export function settlePopover() {
  if (!open) return;
  open.node.style.maxHeight = "";
  place(open.node, open.anchor);
}

const controlOf = (anchor) => (anchor.matches("button") ? anchor : anchor.querySelector("button[aria-haspopup]"));

/** Shows `node` beside `anchor`, inside the anchor's dialog if it stands in one; false if that closed it instead. */
export function openPopover(anchor, node, onclose) {
  const again = open?.anchor === anchor;
  closePopover();
  if (again) return false;
  node.classList.add("popover");
  (anchor.closest("dialog") ?? document.body).append(node);
  open = { node, anchor, onclose };
  controlOf(anchor)?.setAttribute("aria-expanded", "true");
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

/** What is open goes with its anchor when that is scrolled, and closes when that is out of sight. */
function follow() {
  const at = open.anchor.getBoundingClientRect();
  const seen = (open.anchor.closest(".modal-body, .scroller") ?? document.body).getBoundingClientRect();
  if (at.bottom < seen.top || at.top > seen.bottom) closePopover();
  else place(open.node, open.anchor);
}

document.addEventListener("scroll", (event) => {
  if (open && !open.node.contains(event.target)) follow();
}, true);

/** Arrow keys, Home and End move the focus among `host`'s elements that match. */
function roveFocus(host, selector) {
  host.addEventListener("keydown", (event) => {
    const all = [...host.querySelectorAll(selector)];
    const now = all.indexOf(document.activeElement);
    const next = { ArrowDown: now + 1, ArrowUp: now < 0 ? all.length - 1 : now - 1, Home: 0, End: all.length - 1 }[event.key];
    if (next === undefined || !all.length) return;
    event.preventDefault();
    all[(next + all.length) % all.length].focus();
  });
}

/** A menu of `items` ({label, description, mark, href, current, onpick}) under `anchor`, perhaps with a title. */
export function openMenu(anchor, items, title = "") {
  const rows = items.map(({ label, description, mark, href, current, onpick }) =>
    h("button", {
      type: "button", role: "menuitem", class: "menu-item", "aria-current": current ? "true" : null,
      onclick: () => {
        closePopover();
        onpick();
      },
    }, mark, h("span", { class: "menu-words" }, h("span", {}, label), description && h("small", {}, description)), href && icon("external")));
  const menu = h("div", { role: "menu", class: "menu", "aria-label": title || null }, title && h("div", { class: "group-label" }, title), ...rows);
  roveFocus(menu, "[role=menuitem]");
  if (!openPopover(anchor, menu)) return;
  (rows[items.findIndex(({ current }) => current)] ?? rows[0])?.focus();
}
