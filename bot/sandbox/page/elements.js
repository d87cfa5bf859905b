// Block Kit's elements: what people click, choose and type. Each can say its value as Slack puts it.
import { dated } from "./dated.js";
import { h, icon, nextId, safeHref } from "./dom.js";
import { fields } from "./fields.js";
import { plainText, textObject } from "./mrkdwn.js";
import { pickers } from "./pickers.js";
import { openMenu } from "./popover.js";
import { richInput } from "./richinput.js";
import { agreed, busy, emit, send } from "./sending.js";

const parts = new WeakMap();

function button(element, env) {
  const words = plainText(element.text);
  const value = { text: element.text, ...(element.value === undefined ? {} : { value: element.value }), ...(element.style ? { style: element.style } : {}) };
  const href = element.url && safeHref(element.url);
  const attributes = { class: `button ${element.style ?? ""}`, "aria-label": element.accessibility_label };
  if (href) {
    return { node: h("a", { ...attributes, href, target: "_blank", rel: "noopener noreferrer", onclick: () => emit(element, env, value) }, words) };
  }
  const node = h("button", { ...attributes, type: "button", onclick: async () => (await agreed(element)) && busy(node, () => emit(element, env, value)) }, h("span", {}, words));
  return { node };
}

function overflow(element, env) {
  const pick = (option) => async () => {
    if (option.url && safeHref(option.url)) open(safeHref(option.url), "_blank", "noopener");
    if (await agreed(element)) await busy(node, () => emit(element, env, { selected_option: option }));
  };
  const items = element.options.map((option) => ({
    label: plainText(option.text), description: plainText(option.description), href: option.url, onpick: pick(option),
  }));
  const node = h("button", { type: "button", class: "button overflow", "aria-label": "More", "aria-haspopup": "menu", onclick: () => openMenu(node, items) }, icon("more"));
  return { node };
}

function choices(kind, read, start) {
  return (element, env) => {
    const name = nextId("choice");
    const initial = start(element, env.held).filter(Boolean).map((option) => option.value);
    const rows = element.options.map((option) => {
      const box = h("input", { type: kind, name, checked: initial.includes(option.value) });
      return [box, option, h("label", { class: "choice" }, box, h("span", {}, textObject(option.text), option.description && h("small", {}, textObject(option.description))))];
    });
    const ticked = () => rows.map(([box]) => box.checked);
    const chosen = () => read(rows.filter(([box]) => box.checked).map(([, option]) => option));
    let before = ticked();
    const changed = async () => {
      const now = ticked();
      if (await send(element, env, chosen())) before = now;
      else rows.forEach(([box], at) => Object.assign(box, { checked: before[at] }));
    };
    const node = h("div", { class: "choices", role: kind === "radio" ? "radiogroup" : "group", onchange: changed }, ...rows.map(([, , row]) => row));
    if (element.focus_on_load) rows[0][0].dataset.first = "";
    return { node, control: node, group: true, read: chosen };
  };
}

const checkboxes = choices("checkbox", (options) => ({ selected_options: options }), (element, held) => (held ? held.selected_options : (element.initial_options ?? [])));
const radios = choices("radio", ([option]) => ({ selected_option: option ?? null }), (element, held) => [held ? held.selected_option : element.initial_option]);

function fileInput() {
  const node = h("div", { class: "no-files" }, icon("file"), h("span", {}, "Files can't be added in the sandbox. In Slack they can."));
  return { node, control: node, group: true, read: () => ({ files: [] }), check: () => "" };
}

const builders = {
  button,
  overflow,
  workflow_button: button,
  image: (element) => ({ node: h("img", { class: "accessory-image", src: element.image_url ?? element.slack_file?.url, alt: element.alt_text ?? "" }) }),
  checkboxes,
  radio_buttons: radios,
  rich_text_input: richInput,
  file_input: fileInput,
  ...fields,
  ...dated,
  ...pickers,
};

/**
 * The node of one element; `env` is {emit, suggest, blockId, before}. With `emit` null it sends nothing and is only
 * read. `before(blockId, element)` may give what stood in its place before an update: its value lives on.
 */
export function renderElement(element, env) {
  const build = builders[element.type];
  if (!build) return h("span", { class: "unknown" }, `element “${element.type}”`);
  const before = env.before?.(env.blockId, element);
  const drawnFrom = JSON.stringify([element, Boolean(env.emit), Boolean(env.optional)]);
  if (before?.drawnFrom === drawnFrom) return before.node;
  const built = build(element, { ...env, held: before?.value() });
  const { node, read } = built;
  if (element.action_id) node.dataset.actionId = element.action_id;
  const value = () => ({ type: element.type, ...read?.() });
  if (read) node.dataset.holdsValue = "";
  parts.set(node, { control: node, ...built, drawnFrom, blockId: env.blockId, actionId: element.action_id, value });
  return node;
}

/** What a drawn element is made of: {node, control, group, says, read, check, value}; null for what isn't an element. */
export const partOf = (node) => parts.get(node) ?? null;

/** The parts of everything under `root` that holds a value. */
export const heldParts = (root) => [...root.querySelectorAll("[data-holds-value]")].map(partOf);

/** Slack's `state.values` of everything under `root`: {block_id: {action_id: {type, …}}}. */
export function collectState(root) {
  const values = {};
  for (const { blockId, actionId, value } of heldParts(root)) (values[blockId] ??= {})[actionId] = value();
  return values;
}
