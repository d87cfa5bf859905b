// The list that a select menu opens: typed ahead, walked with the arrow keys while the words stay in the search field.
import { h, icon, nextId } from "./dom.js";
import { words } from "./options.js";
import { plainText } from "./mrkdwn.js";
import { closePopover, openPopover, settlePopover } from "./popover.js";

const PAUSE_MS = 120; // after the last key, before somebody is asked

function row({ option, id, chosen, barred, picture, onpick }) {
  const shown = h("span", { class: "menu-words" }, h("span", {}, words(option)), option.description && h("small", {}, plainText(option.description)));
  return h("div", {
    role: "option", id, class: "menu-item", "data-value": option.value, "aria-selected": String(chosen), "aria-disabled": barred ? "true" : null,
    onmousedown: (event) => event.preventDefault(), onclick: () => barred || onpick(option),
  }, picture?.(option), shown, h("span", { class: "tick" }, chosen && icon("check")));
}

class Picklist {
  constructor(anchor, acts, typed) {
    this.acts = acts;
    this.turn = 0;
    this.id = nextId("list");
    this.list = h("div", { role: "listbox", id: this.id, class: "options", "aria-label": "Options", "aria-multiselectable": String(acts.multi) });
    this.search = h("input", {
      class: "field", type: "text", role: "combobox", placeholder: "Search…", autocomplete: "off", spellcheck: "false",
      "aria-label": "Search options", "aria-expanded": "true", "aria-controls": this.id, "aria-autocomplete": "list",
    });
    this.search.value = typed;
    this.search.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.find(), acts.slow ? PAUSE_MS : 0);
    });
    this.search.addEventListener("keydown", (event) => this.key(event));
    const box = h("div", { class: "menu picker" }, h("div", { class: "picker-search" }, icon("search"), this.search), this.list);
    if (!openPopover(anchor, box, acts.onclose)) return;
    box.style.minWidth = `${anchor.getBoundingClientRect().width}px`;
    settlePopover();
    this.search.focus();
    this.find();
  }

  /** Searches for what is typed now and marks the option with this value; resolves once that is shown. */
  find(value = null) {
    clearTimeout(this.waiting);
    this.waiting = null;
    this.shown = this.draw(value);
    return this.shown;
  }

  /** Takes the row that is marked, once what is typed has been found: people press Enter ahead of the list. */
  async enter() {
    await (this.waiting ? this.find() : this.shown);
    this.list.querySelector(".at")?.click();
  }

  rows() {
    return [...this.list.querySelectorAll("[role=option]:not([aria-disabled])")];
  }

  /** Shows what is found for the words typed; a later search wins over an earlier one. */
  async draw(value) {
    const turn = (this.turn += 1);
    const waits = setTimeout(() => {
      this.list.classList.add("waiting");
      if (!this.list.children.length) this.list.append(h("div", { class: "none" }, h("span", { class: "spinner" }), "Searching…"));
    }, PAUSE_MS);
    const { groups, note } = await this.acts.find(this.search.value);
    clearTimeout(waits);
    if (turn !== this.turn) return;
    this.list.classList.remove("waiting");
    this.show(groups, note);
    const rows = this.rows();
    const chosen = !this.search.value && rows.find((each) => each.getAttribute("aria-selected") === "true");
    this.go(rows.find((each) => each.dataset.value === value) ?? (chosen || rows[0]));
    settlePopover();
  }

  show(groups, note) {
    const { chosen, full, picture } = this.acts;
    const taken = new Set(chosen().map((option) => option.value));
    let count = 0;
    const nodes = groups.flatMap(({ label, options }) => [
      label && options.length ? h("div", { class: "group-label", role: "presentation" }, label) : null,
      ...options.map((option) => {
        const has = taken.has(option.value);
        return row({ option, id: `${this.id}-${(count += 1)}`, chosen: has, barred: !has && full(), picture, onpick: (picked) => this.pick(picked) });
      }),
    ]).filter(Boolean);
    const typed = this.search.value.trim();
    const nothing = note ?? (typed ? `Nothing found for “${typed}”.` : "There is nothing to choose.");
    this.list.replaceChildren(...(count ? nodes : [h("div", { class: "none", role: "status" }, nothing)]));
  }

  go(to) {
    this.list.querySelector(".at")?.classList.remove("at");
    to?.classList.add("at");
    to?.scrollIntoView({ block: "nearest" });
    if (to) this.search.setAttribute("aria-activedescendant", to.id);
    else this.search.removeAttribute("aria-activedescendant");
  }

  pick(option) {
    this.acts.onpick(option);
    if (!this.acts.multi) return closePopover();
    this.search.value = "";
    return this.find(option.value);
  }

  key(event) {
    if (event.isComposing) return;
    const rows = this.rows();
    const at = rows.findIndex((each) => each.classList.contains("at"));
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? rows.length - 1 : at - 1, PageDown: Math.min(at + 8, rows.length - 1), PageUp: Math.max(at - 8, 0) }[event.key];
    if (event.key === "Tab") closePopover();
    else if (event.key === "Enter") {
      event.preventDefault();
      this.enter();
    } else if (to !== undefined && rows.length) {
      event.preventDefault();
      this.go(rows[(to + rows.length) % rows.length]);
    }
  }
}

/**
 * Opens a list under `anchor`, with these words typed already. `acts`: `find(typed)` resolves to {groups, note?},
 * `chosen()` lists the options picked so far, `full()` says whether no more may be picked, `onpick(option)` takes one,
 * `onclose()` hears of the end; `multi` keeps the list open after a pick, `slow` waits for a pause in the typing.
 */
export const openPicklist = (anchor, acts, typed = "") => new Picklist(anchor, acts, typed);
