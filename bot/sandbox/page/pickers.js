// Select menus, single and multiple: options given, asked for from the app, or the workspace's people and channels.
import { h, icon } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { closePopover, openPopover, roveFocus } from "./popover.js";
import { avatar, channelName, workspace } from "./workspace.js";

const words = (option) => plainText(option.text);

function optionRow({ option, chosen, multi, picture, onpick }) {
  const tick = chosen ? icon("check") : h("span", { class: "icon" });
  const shown = h("span", { class: "menu-words" }, h("span", {}, words(option)), option.description && h("small", {}, plainText(option.description)));
  const row = h("button", { type: "button", role: "option", class: "menu-item", "aria-selected": String(chosen), onclick: onpick }, tick, picture?.(option), shown);
  row.classList.toggle("multi", multi);
  return row;
}

/**
 * Opens a list under `anchor`. `find(typed)` resolves to groups [{label, options}]; `chosen()` lists the options
 * picked so far; `onpick(option)` takes one, and the list stays open where several may be picked.
 */
function openPicker(anchor, { find, chosen, multi, picture, onpick, onclose }) {
  const search = h("input", { class: "field", type: "text", placeholder: "Search…", "aria-label": "Search options" });
  const list = h("div", { role: "listbox", class: "options", "aria-multiselectable": String(multi) });
  const box = h("div", { class: "menu picker" }, search, list);
  let asked = 0;
  const draw = async () => {
    const turn = (asked += 1);
    const groups = await find(search.value);
    if (turn !== asked) return;
    const taken = new Set(chosen().map((option) => option.value));
    list.replaceChildren(...groups.flatMap(({ label, options }) => [
      label ? h("div", { class: "group-label" }, label) : null,
      ...options.map((option) => optionRow({ option, multi, picture, chosen: taken.has(option.value), onpick: () => pick(option) })),
    ]).filter(Boolean));
    if (!list.children.length) list.append(h("div", { class: "none" }, "Nothing found"));
  };
  const pick = (option) => {
    onpick(option);
    if (multi) draw();
    else closePopover();
  };
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    list.querySelector("[role=option]")?.click();
  });
  roveFocus(box, "[role=option]");
  if (openPopover(anchor, box, onclose)) draw().then(() => search.focus());
}

const holds = (typed) => (option) => words(option).toLowerCase().includes(typed.trim().toLowerCase());

/** Where the options of each kind of menu come from. */
const sources = {
  static: (element) => async (typed) => {
    const groups = element.option_groups ?? [{ options: element.options ?? [] }];
    return groups.map((group) => ({ label: plainText(group.label), options: group.options.filter(holds(typed)) })).filter((group) => group.options.length);
  },
  external: (element, env) => async (typed) => {
    if (typed.length < (element.min_query_length ?? 3)) return [];
    const { options, option_groups: groups } = await env.suggest(element, env.blockId, typed);
    return (groups ?? [{ options: options ?? [] }]).map((group) => ({ label: plainText(group.label), options: group.options }));
  },
  users: () => async (typed) => [{ options: workspace.people.map(({ id, name }) => named(id, name)).filter(holds(typed)) }],
  channels: () => async (typed) => [{ options: workspace.channels.filter(({ kind }) => kind === "public").map(asOption).filter(holds(typed)) }],
  conversations: () => async (typed) => [{ options: workspace.channels.map(asOption).filter(holds(typed)) }],
};

const named = (value, text) => ({ value, text: { type: "plain_text", text } });
const asOption = (channel) => named(channel.id, channel.kind === "im" ? channelName(channel) : `#${channelName(channel)}`);

/** The option an id stands for, wherever it is known. */
function optionOf(id) {
  const person = workspace.people.find((each) => each.id === id);
  const channel = workspace.channels.find((each) => each.id === id);
  return person ? named(id, person.name) : channel ? asOption(channel) : named(id, id);
}

/** What one kind of menu starts with and says: whole options for static and external ones, ids for the others. */
const SINGLE = { static: "option", external: "option", users: "user", channels: "channel", conversations: "conversation" };

function start(element, kind, multi) {
  const given = element[`initial_${SINGLE[kind]}${multi ? "s" : ""}`];
  const list = multi ? (given ?? []) : given ? [given] : [];
  return list.map((each) => (typeof each === "string" ? optionOf(each) : each));
}

function picker(send, kind, multi) {
  return (element, env) => {
    let chosen = start(element, kind, multi);
    const whole = SINGLE[kind] === "option";
    const values = () => chosen.map((option) => (whole ? option : option.value));
    const read = () => (multi ? { [`selected_${SINGLE[kind]}s`]: values() } : { [`selected_${SINGLE[kind]}`]: values()[0] ?? null });
    const label = h("span", { class: "picked" });
    const hint = plainText(element.placeholder) || "Choose…";
    const draw = () => {
      label.replaceChildren(...(multi && chosen.length ? chosen.map((option) => h("span", { class: "chip" }, words(option))) : [chosen.length ? words(chosen[0]) : hint]));
      label.classList.toggle("empty", !chosen.length);
    };
    const take = (option) => {
      const had = chosen.some((each) => each.value === option.value);
      if (!multi) chosen = [option];
      else if (had) chosen = chosen.filter((each) => each.value !== option.value);
      else if (chosen.length < (element.max_selected_items ?? Infinity)) chosen = [...chosen, option];
      draw();
      if (!multi) send(element, env, read());
    };
    const finish = () => multi && send(element, env, read());
    const picture = kind === "users" ? (option) => avatar(option.value, "tiny") : null;
    const find = sources[kind](element, env);
    const node = h("button", { type: "button", class: "button select", "aria-haspopup": "listbox", "aria-expanded": "false" }, label, icon("down"));
    node.addEventListener("click", () => openPicker(node, { find, chosen: () => chosen, multi, picture, onpick: take, onclose: finish }));
    draw();
    return { node, read };
  };
}

/** A builder for each kind of select menu; `send` is what carries an action away. */
export function pickers(send) {
  const all = {};
  for (const kind of Object.keys(sources)) {
    all[`${kind}_select`] = picker(send, kind, false);
    all[`multi_${kind}_select`] = picker(send, kind, true);
  }
  return all;
}
