// What modals and the Home tab have in common: blocks that are updated in place, and inputs that are checked.
import { blockParts } from "./blocks.js";
import { redraw } from "./dom.js";
import { heldParts, partOf } from "./elements.js";

/** Elements that people fill in: what the focus goes to first. */
const FIELDS = "[data-first], .field, .select-open, .choice input, .rich-edit";

/** The first thing to fill in under `root`: what asks for the focus, else the first field; null in a view without any. */
export const firstField = (root) => root.querySelector("[data-first]") ?? root.querySelector(FIELDS);

function say(block, words) {
  const wrong = block.querySelector(".wrong");
  wrong.hidden = !words;
  wrong.textContent = words ?? "";
  block.classList.toggle("has-error", Boolean(words));
  const { control } = partOf(block.querySelector("[data-holds-value]")) ?? {};
  if (words) control?.setAttribute("aria-invalid", "true");
  else control?.removeAttribute("aria-invalid");
}

/** Shows what is wrong with a view's inputs ({block_id: words}), clears the others, and puts the focus on the first; false if there is none. */
export function showErrors(root, errors = {}) {
  for (const block of root.querySelectorAll(".input-block")) say(block, errors[block.dataset.blockId]);
  const first = root.querySelector(".has-error");
  if (!first) return false;
  firstField(first)?.focus();
  first.scrollIntoView({ block: "nearest" });
  return true;
}

/** Takes an input's error away once somebody mends it. */
export function forgetErrors(root) {
  root.addEventListener("input", (event) => {
    const block = event.target.closest(".has-error");
    if (block) say(block, null);
  });
}

const isEmpty = (value) => value === null || value === "" || (Array.isArray(value) && !value.length);

/** What Slack itself finds wrong with what is filled in, before the app is asked: words by block_id. */
export function problems(root, view) {
  const wrong = {};
  const required = new Set(view.blocks.filter(({ type, optional }) => type === "input" && !optional).map((block) => block.block_id));
  for (const { blockId, check, value } of heldParts(root)) {
    const { type, ...held } = value();
    const words = check?.();
    if (words) wrong[blockId] = words;
    else if (words !== "" && required.has(blockId) && Object.values(held).every(isEmpty)) wrong[blockId] = "Please complete this required field.";
  }
  return wrong;
}

const place = (blockId, actionId) => `${blockId}\n${actionId}`;

/** Puts the focus back where an update took it from: on the same node, or on what now stands in its place. */
function refocus(host, focused, part) {
  if (!focused || host.contains(document.activeElement)) return;
  if (focused.isConnected) focused.focus();
  else if (part) heldParts(host).find(({ blockId, actionId }) => blockId === part.blockId && actionId === part.actionId)?.control.focus();
}

/**
 * Draws a view's blocks into `host`. As in Slack, an update keeps what people filled in wherever block_id, action_id
 * and the kind of element stay the same, whatever initial value it brings. What is new starts from the view's own state.
 */
export function renderView(host, view, env) {
  host.classList.add("view");
  const focused = host.contains(document.activeElement) ? document.activeElement : null;
  const holder = focused?.closest("[data-holds-value]");
  const held = new Map(heldParts(host).map((part) => [place(part.blockId, part.actionId), part]));
  const before = (blockId, { action_id: actionId, type }) => {
    const told = view.state?.values?.[blockId]?.[actionId];
    const found = held.get(place(blockId, actionId)) ?? (told && { value: () => told });
    return found?.value().type === type ? found : undefined;
  };
  redraw(host, blockParts(view.blocks, { ...env, before }));
  refocus(host, focused, holder && partOf(holder));
}

/** Whether `view` is what is shown already, or older: an answer and an event may overtake one another. */
export function isStale(view, shown) {
  return shown !== null && shown.id === view.id && parseFloat(view.hash) < parseFloat(shown.hash);
}
