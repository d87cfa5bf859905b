// What people type: text of one or many lines, numbers, addresses. Each says what is wrong with what stands in it.
import { h } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { send } from "./sending.js";

const PAUSE_MS = 250; // after the last key, where an app wants to hear of every character
const NEAR = 0.8; // the part of its most characters from which a field counts them

function textRule(value, { min_length: least = 0, max_length: most = Infinity }) {
  if (value.length < least) return `Please enter at least ${least} characters.`;
  if (value.length > most) return `Please enter no more than ${most} characters.`;
  return null;
}

/** The span of numbers in words: "from 1 to 10", "1 or more", "10 or less", or nothing. */
function span({ min_value: min, max_value: max }) {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (min !== undefined) return `${min} or more`;
  return max === undefined ? "" : `${max} or less`;
}

function numberRule(value, { is_decimal_allowed: decimal, min_value: min = -Infinity, max_value: max = Infinity }) {
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(value)) return "Please enter a number.";
  if (!decimal && !/^-?\d+$/.test(value)) return "Please enter a whole number.";
  if (Number(value) < Number(min)) return `Please enter a number of ${min} or more.`;
  return Number(value) > Number(max) ? `Please enter a number of ${max} or less.` : null;
}

const emailRule = (value) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value) ? null : "Please enter a valid email address.");
const urlRule = (value) => (/^https?:\/\/[^\s/]+/.test(value) ? null : "Please enter a valid URL.");

/** Tells the app of Enter, or of every character, where the element asks for that. */
function dispatches(control, element, env, read) {
  if (!env.emit) return;
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  let waiting;
  control.addEventListener("input", () => {
    clearTimeout(waiting);
    if (when.includes("on_character_entered")) waiting = setTimeout(() => send(element, env, read(), "on_character_entered"), PAUSE_MS);
  });
  control.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !when.includes("on_enter_pressed")) return;
    event.preventDefault();
    send(element, env, read(), "on_enter_pressed");
  });
}

/** A count beside a field that fills up. */
function counter(control, most) {
  const shown = h("small", { class: "counter", hidden: true, "aria-hidden": "true" });
  const count = () => {
    shown.hidden = control.value.length < most * NEAR;
    shown.textContent = `${control.value.length} / ${most}`;
    shown.classList.toggle("over", control.value.length > most);
  };
  control.addEventListener("input", count);
  count();
  return shown;
}

function steps(control, { min_value: min = -Infinity, max_value: max = Infinity }) {
  control.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (!step || Number.isNaN(Number(control.value))) return;
    event.preventDefault();
    const next = Number((Number(control.value) + step).toFixed(10));
    control.value = String(Math.min(Number(max), Math.max(Number(min), next)));
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

const asTyped = (words) => words;
const asNumber = (words) => words.trim().replace(",", ".");
const trimmed = (words) => words.trim();

function field(attributes, rule, tidy = asTyped) {
  return (element, env) => {
    const control = element.multiline ? h("textarea", { class: "field", rows: "4" }) : h("input", { class: "field", autocomplete: "off", ...attributes });
    control.value = (env.held ? env.held.value : element.initial_value) ?? "";
    control.placeholder = plainText(element.placeholder);
    if (element.focus_on_load) control.dataset.first = "";
    const read = () => ({ value: tidy(control.value) || null });
    const check = () => (read().value ? rule(read().value, element) : null);
    dispatches(control, element, env, read);
    const aside = element.type === "number_input" && span(element) ? h("small", { class: "field-note", "aria-hidden": "true" }, span(element)) : null;
    if (element.type === "number_input") steps(control, element);
    if (element.max_length) return { node: h("span", { class: "typed" }, control, counter(control, element.max_length)), control, read, check };
    return { node: aside ? h("span", { class: "typed noted" }, control, aside) : control, control, read, check };
  };
}

export const fields = {
  plain_text_input: field({ type: "text" }, textRule),
  number_input: field({ type: "text", inputmode: "decimal" }, numberRule, asNumber),
  email_text_input: field({ type: "text", inputmode: "email", spellcheck: "false" }, emailRule, trimmed),
  url_text_input: field({ type: "text", inputmode: "url", spellcheck: "false" }, urlRule, trimmed),
};
