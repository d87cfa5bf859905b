// The box people type into, with completion, recall, and buttons for marks.
import { commands, suggestionList, suggestions } from "./completion.js";
import { h, icon, iconButton } from "./dom.js";
import { openMenu } from "./popover.js";
import { workspace } from "./workspace.js";

const MARKS = [["B", "Bold", "*", "bold"], ["I", "Italic", "_", "italic"], ["S", "Strike through", "~", "strike"]];

export class Composer {
  /**
   * `send(text)` resolves to whether the text was taken; if not, it comes back into the box. `shortcut(id)` starts one
   * of the app's shortcuts.
   */
  constructor({ id, send, shortcut }) {
    Object.assign(this, { send, shortcut });
    this.listId = `${id}-suggestions`;
    this.drafts = new Map();
    this.sent = [];
    this.recalled = 0;
    this.text = h("textarea", { id: `${id}-text`, rows: "1", spellcheck: "false", autocomplete: "off", "aria-autocomplete": "list", "aria-controls": this.listId });
    this.button = iconButton("send", "Send", () => this.submit(), { class: "icon-button send" });
    this.usage = h("div", { class: "usage", hidden: true });
    this.place = h("div", { class: "suggest-place" });
    this.box = h("div", { class: "composer" }, this.place, this.usage, this.text, this.bar());
    this.node = this.box;
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.key(event));
    this.text.addEventListener("blur", () => this.suggest(null));
    this.text.addEventListener("click", () => this.changed());
  }

  bar() {
    const marks = MARKS.map(([letter, label, mark, name]) =>
      h("button", { type: "button", class: `icon-button mark ${name}`, title: label, "aria-label": label, onclick: () => this.wrap(mark) }, letter));
    const code = iconButton("code", "Code", () => this.wrap("`"));
    const mention = iconButton("at", "Mention somebody", () => this.type("@"));
    const command = iconButton("slash", "Slash commands", () => this.type("/", true), { class: "icon-button only-channel" });
    this.bolt = iconButton("bolt", "Shortcuts", () => this.offerShortcuts(), { "aria-haspopup": "menu", "aria-expanded": "false" });
    return h("div", { class: "composer-bar" }, ...marks, code, h("span", { class: "rule" }), mention, command, this.bolt, h("span", { class: "spread" }), h("span", { class: "keys" }, h("kbd", {}, "Enter"), " to send"), this.button);
  }

  /** Shows the box for a place: its words, and what was left unsent there. */
  moveTo(where, placeholder) {
    if (where !== this.where) {
      this.drafts.set(this.where, this.text.value);
      this.text.value = this.drafts.get(where) ?? "";
      this.where = where;
    }
    this.text.placeholder = placeholder;
    this.text.setAttribute("aria-label", placeholder);
    this.changed();
  }

  focus() {
    this.text.focus();
  }

  /** Puts words into the box, for the person to look at and send. */
  fill(words) {
    this.text.value = words;
    this.text.focus();
    this.text.setSelectionRange(words.length, words.length);
    this.changed();
  }

  offerShortcuts() {
    const items = workspace.shortcuts.map(({ callback_id: id, name, description }) => ({ label: name, description, mark: icon("bolt"), onpick: () => this.shortcut(id) }));
    openMenu(this.bolt, items, `${workspace.bot.name}'s shortcuts`);
  }

  type(char, atStart = false) {
    this.text.focus();
    if (atStart && this.text.value) return;
    const gap = this.text.selectionStart && !/\s$/.test(this.text.value.slice(0, this.text.selectionStart)) ? " " : "";
    this.text.setRangeText(gap + char, this.text.selectionStart, this.text.selectionEnd, "end");
    this.changed();
  }

  wrap(mark) {
    const { selectionStart: from, selectionEnd: to, value } = this.text;
    this.text.focus();
    this.text.setRangeText(mark + value.slice(from, to) + mark, from, to, "select");
    this.text.setSelectionRange(from + 1, to + 1);
    this.changed();
  }

  changed() {
    const { value, selectionStart: caret } = this.text;
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight, 220)}px`;
    this.button.disabled = !value.trim();
    this.bolt.hidden = !workspace.shortcuts.length;
    this.suggest(document.activeElement === this.text ? suggestions(value.slice(0, caret)) : null);
    const known = commands().find(({ command }) => value.startsWith(`${command} `));
    this.usage.hidden = !known;
    if (known) this.usage.replaceChildren(h("code", {}, `${known.command} ${known.usage_hint ?? ""}`), h("span", {}, known.description));
  }

  suggest(found, at = 0) {
    this.found = found;
    this.at = at;
    this.place.replaceChildren(...(found ? [suggestionList(this.listId, found, at, (index) => this.accept(index))] : []));
    this.place.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    if (found) this.text.setAttribute("aria-activedescendant", `${this.listId}-${at}`);
    else this.text.removeAttribute("aria-activedescendant");
  }

  accept(index) {
    const { from, offers } = this.found;
    const { insert, runs } = offers[index];
    this.text.setRangeText(insert, from, this.text.selectionStart, "end");
    this.changed();
    if (runs) this.shortcut(runs);
  }

  /** Whether Enter should send although something is suggested: the suggestion is all typed already. */
  complete() {
    const { insert, runs } = this.found.offers[this.at];
    return !runs && insert.trim() === this.text.value.trim();
  }

  key(event) {
    if (event.isComposing) return;
    const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (this.found && plain && this.choose(event)) return event.preventDefault();
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (plain && (event.key === "ArrowUp" || event.key === "ArrowDown")) this.recall(event);
  }

  choose({ key }) {
    const { length } = this.found.offers;
    if (key === "ArrowDown" || key === "ArrowUp") this.suggest(this.found, (this.at + (key === "ArrowDown" ? 1 : length - 1)) % length);
    else if (key === "Tab" || (key === "Enter" && !this.complete())) this.accept(this.at);
    else if (key === "Escape") this.suggest(null);
    else return false;
    return true;
  }

  recall(event) {
    const recalling = this.recalled > 0 && this.text.value === this.sent.at(-this.recalled);
    if (!recalling) this.recalled = 0;
    if (this.text.value && !recalling) return;
    const wanted = this.recalled + (event.key === "ArrowUp" ? 1 : -1);
    if (wanted < 0 || wanted > this.sent.length) return;
    event.preventDefault();
    this.recalled = wanted;
    this.fill(wanted ? this.sent.at(-wanted) : "");
    this.suggest(null);
  }

  async submit() {
    const words = this.text.value.trim();
    if (!words) return;
    this.sent.push(words);
    this.recalled = 0;
    this.text.value = "";
    this.changed();
    const place = this.where;
    const taken = await this.send(words);
    if (!taken && this.where === place && !this.text.value) this.fill(words);
  }
}
