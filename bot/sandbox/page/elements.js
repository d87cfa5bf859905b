// Block Kit's elements: what people click, choose and type. Each can say its value as Slack puts it.
import { h, icon, safeHref } from "./dom.js";
import { ask } from "./dialogs.js";
import { plainText, textObject } from "./mrkdwn.js";
import { pickers } from "./pickers.js";
import { openMenu } from "./popover.js";

const readers = new WeakMap();
const stamp = () => (Date.now() / 1000).toFixed(6);

/** Whether the person agrees to what the element does, where it asks for that. */
const agreed = async (element) => !element.confirm || ask(element.confirm);

const emit = (element, env, value) =>
  env.emit?.({ type: element.type, action_id: element.action_id, block_id: env.blockId, ...value, action_ts: stamp() });

/** Sends an element's action, after the confirmation it may ask for. */
async function send(element, env, value) {
  if (env.emit && (await agreed(element))) await emit(element, env, value);
}

/** Runs `work` while `button` shows that it is busy; it can't be clicked twice meanwhile. */
async function busy(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  await Promise.allSettled([work(), new Promise((resolve) => setTimeout(resolve, 280))]);
  button.removeAttribute("aria-busy");
}

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

function choices(kind, read) {
  return (element, env) => {
    const name = `choice-${crypto.randomUUID()}`;
    const initial = (element.initial_options ?? [element.initial_option]).filter(Boolean).map((option) => option.value);
    const rows = element.options.map((option) => {
      const box = h("input", { type: kind, name, checked: initial.includes(option.value) });
      return [box, option, h("label", { class: "choice" }, box, h("span", {}, textObject(option.text), option.description && h("small", {}, textObject(option.description))))];
    });
    const chosen = () => read(rows.filter(([box]) => box.checked).map(([, option]) => option));
    const node = h("div", { class: "choices", role: "group", onchange: () => send(element, env, chosen()) }, ...rows.map(([, , row]) => row));
    return { node, read: chosen };
  };
}

function field(attributes, initial, read = (control) => ({ value: control.value || null })) {
  return (element, env) => {
    const node = element.multiline ? h("textarea", { class: "field", rows: "4" }) : h("input", { class: "field", ...attributes(element) });
    node.value = element[initial] ?? "";
    node.placeholder = plainText(element.placeholder);
    if (element.min_length) node.minLength = element.min_length;
    if (element.max_length) node.maxLength = element.max_length;
    if (element.focus_on_load) node.autofocus = true;
    const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
    if (when.includes("on_character_entered")) node.addEventListener("input", () => send(element, env, read(node)));
    if (when.includes("on_enter_pressed")) node.addEventListener("keydown", (event) => event.key === "Enter" && env.emit && send(element, env, read(node)));
    return { node, read: () => read(node) };
  };
}

function dated(type, initial, name, convert = { show: (value) => value, read: (value) => value }) {
  return (element, env) => {
    const node = h("input", { class: "field dated", type, "aria-label": plainText(element.placeholder) || null });
    if (element[initial] !== undefined && element[initial] !== null) node.value = convert.show(element[initial]);
    const read = () => ({ [name]: node.value ? convert.read(node.value) : null });
    node.addEventListener("change", () => send(element, env, read()));
    return { node, read };
  };
}

const local = (seconds) => new Date(seconds * 1000 - new Date(seconds * 1000).getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
const range = ({ is_decimal_allowed: decimal, min_value: min, max_value: max }) => ({ type: "number", step: decimal ? "any" : "1", min, max });

const builders = {
  button,
  overflow,
  workflow_button: button,
  image: (element) => ({ node: h("img", { class: "accessory-image", src: element.image_url ?? element.slack_file?.url, alt: element.alt_text ?? "" }) }),
  checkboxes: choices("checkbox", (options) => ({ selected_options: options })),
  radio_buttons: choices("radio", ([option]) => ({ selected_option: option ?? null })),
  plain_text_input: field(() => ({ type: "text" }), "initial_value"),
  number_input: field(range, "initial_value"),
  email_text_input: field(() => ({ type: "email" }), "initial_value"),
  url_text_input: field(() => ({ type: "url" }), "initial_value"),
  datepicker: dated("date", "initial_date", "selected_date"),
  timepicker: dated("time", "initial_time", "selected_time"),
  datetimepicker: dated("datetime-local", "initial_date_time", "selected_date_time", { show: local, read: (value) => Math.floor(new Date(value) / 1000) }),
  ...pickers(send),
};

/** The node of one element; `env` is {emit, suggest, blockId}. With `emit` null it sends nothing and is only read. */
export function renderElement(element, env) {
  const build = builders[element.type];
  if (!build) return h("span", { class: "unknown" }, `element “${element.type}”`);
  const { node, read } = build(element, env);
  if (element.action_id) node.dataset.actionId = element.action_id;
  if (read) {
    node.dataset.holdsValue = "";
    readers.set(node, () => [env.blockId, element.action_id, { type: element.type, ...read() }]);
  }
  return node;
}

/** Slack's `state.values` of everything under `root`: {block_id: {action_id: {type, …}}}. */
export function collectState(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-holds-value]")) {
    const [blockId, actionId, value] = readers.get(node)();
    (values[blockId] ??= {})[actionId] = value;
  }
  return values;
}
