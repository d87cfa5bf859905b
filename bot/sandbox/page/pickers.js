// Select menus, single and multiple, as they stand in a message or a form.
import { h, icon, nextId } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { optionOf, sources, words } from "./options.js";
import { openPicklist } from "./picklist.js";
import { send } from "./sending.js";
import { avatar, workspace } from "./workspace.js";

/** What one kind of menu starts with and says: whole options for static and external ones, ids for the others. */
const SINGLE = { static: "option", external: "option", users: "user", channels: "channel", conversations: "conversation" };

const list = (given) => (Array.isArray(given) ? given : [given]).filter((each) => each !== null && each !== undefined);

const offered = (element) => (element.option_groups ?? [element]).flatMap((group) => group.options ?? []).map((option) => option.value);

function start(element, env, kind, plural) {
  const name = `${SINGLE[kind]}${plural}`;
  const own = list(env.held ? env.held[`selected_${name}`] : element[`initial_${name}`]).map((each) => (typeof each === "string" ? optionOf(each) : each));
  if (kind === "static") return own.filter((option) => offered(element).includes(option.value));
  const here = kind === "conversations" && element.default_to_current_conversation && !own.length && !env.held && workspace.here;
  return here ? [optionOf(here)] : own;
}

class Menu {
  constructor(element, env, kind, multi) {
    Object.assign(this, { element, env, kind, multi, plural: multi ? "s" : "" });
    this.chosen = start(element, env, kind, this.plural);
    this.sent = this.chosen;
    this.picked = h("span", { class: "picked", id: nextId("picked") });
    this.chips = multi && h("span", { class: "chips" });
    this.control = h("button", { type: "button", class: "select-open", "aria-haspopup": "listbox", "aria-expanded": "false", onclick: () => this.open(), onkeydown: (event) => this.key(event) }, this.picked, icon("down"));
    this.clear = !multi && env.optional && h("button", { type: "button", class: "icon-button clear", "aria-label": "Clear", title: "Clear", onclick: () => this.becomes([]) }, icon("close"));
    this.node = h("div", { class: `select${multi ? " multi" : ""}`, onclick: (event) => event.target === this.node && this.open() }, this.chips, this.control, this.clear);
    if (element.focus_on_load) this.control.dataset.first = "";
    this.draw();
  }

  draw() {
    const { chosen, multi, picked } = this;
    picked.textContent = chosen.length ? chosen.map(words).join(", ") : plainText(this.element.placeholder) || "Choose…";
    picked.classList.toggle("empty", !chosen.length);
    picked.classList.toggle("unseen", multi && chosen.length > 0);
    if (this.clear) this.clear.hidden = !chosen.length;
    if (multi) this.chips.replaceChildren(...chosen.map((option) => this.chip(option)));
  }

  chip(option) {
    const drop = h("button", { type: "button", "aria-label": `Remove ${words(option)}`, onclick: () => {
      this.becomes(this.chosen.filter((each) => each.value !== option.value));
      this.control.focus();
    } }, icon("close"));
    return h("span", { class: "chip" }, this.kind === "users" && avatar(option.value, "tiny"), h("span", {}, words(option)), drop);
  }

  value() {
    const values = this.chosen.map((option) => (SINGLE[this.kind] === "option" ? option : option.value));
    return { [`selected_${SINGLE[this.kind]}${this.plural}`]: this.multi ? values : (values[0] ?? null) };
  }

  full() {
    return this.multi && this.chosen.length >= (this.element.max_selected_items ?? Infinity);
  }

  take(option) {
    const others = this.chosen.filter((each) => each.value !== option.value);
    if (!this.multi) return this.becomes([option]);
    this.chosen = others.length < this.chosen.length ? others : [...this.chosen, option];
    return this.draw();
  }

  /** Takes a new choice and tells of it; goes back to the last one where the person doesn't confirm it. */
  async becomes(chosen) {
    this.chosen = chosen;
    this.draw();
    const now = JSON.stringify(this.value());
    if (now === this.told) return;
    const before = this.sent;
    [this.sent, this.told] = [chosen, now];
    this.node.dispatchEvent(new Event("input", { bubbles: true }));
    if (await send(this.element, this.env, this.value())) return;
    [this.chosen, this.sent, this.told] = [before, before, null];
    this.draw();
  }

  open(typed = "") {
    this.told ??= JSON.stringify(this.value());
    openPicklist(this.node, {
      find: sources[this.kind](this.element, this.env), chosen: () => this.chosen, full: () => this.full(), multi: this.multi, slow: this.kind === "external",
      picture: this.kind === "users" ? (option) => avatar(option.value, "small") : null,
      onpick: (option) => this.take(option), onclose: () => this.closed(),
    }, typed);
    this.control.setAttribute("aria-expanded", "true");
  }

  closed() {
    this.control.setAttribute("aria-expanded", "false");
    this.control.focus();
    if (this.multi) this.becomes(this.chosen);
  }

  /** Typing on the closed menu opens it with what was typed. */
  key(event) {
    const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (this.multi && event.key === "Backspace" && this.chosen.length) this.becomes(this.chosen.slice(0, -1));
    else if (typed) this.open(event.key);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") this.open();
    else return;
    event.preventDefault();
  }
}

function picker(kind, multi) {
  return (element, env) => {
    const menu = new Menu(element, env, kind, multi);
    return { node: menu.node, control: menu.control, says: menu.picked, read: () => menu.value() };
  };
}

/** A builder for each kind of select menu. */
export const pickers = Object.fromEntries(
  Object.keys(sources).flatMap((kind) => [[`${kind}_select`, picker(kind, false)], [`multi_${kind}_select`, picker(kind, true)]]),
);
