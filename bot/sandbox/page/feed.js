// A list of messages that stays true: the channel's, and the thread's.
import { dayKey, dayName } from "./dates.js";
import { dismiss, dismissed } from "./dismissed.js";
import { announce, arrange, h } from "./dom.js";
import { Row, spoken } from "./messages.js";
import { Follower } from "./scroll.js";
import { who, workspace } from "./workspace.js";

const TOGETHER_S = 300;

function follows(message, before) {
  return before !== undefined && before.user === message.user && !message.ephemeral && !before.ephemeral && !before.reply_count &&
    !message.reply_count && Number(message.ts) - Number(before.ts) < TOGETHER_S && dayKey(message.ts) === dayKey(before.ts);
}

export class Feed {
  /** `acts` are the rows' (see Row); `extra(messages)` may add nodes: {before, afterFirst}; `byDay` says whether days are set apart. */
  constructor({ scroller, host, acts, byDay, extra }) {
    this.host = host;
    this.byDay = byDay;
    this.extra = extra;
    this.acts = { ...acts, dismiss: (ts) => this.dismiss(ts) };
    this.rows = new Map();
    this.days = new Map();
    this.messages = new Map();
    this.follower = new Follower(scroller, host);
    this.early = null;
  }

  /** Shows what `coming` resolves to, and keeps what arrives meanwhile. A later load wins over an earlier one. */
  async load(coming, { keepPlace = false } = {}) {
    const early = (this.early = []);
    const messages = await coming;
    if (this.early !== early) return;
    this.early = null;
    this.messages = new Map(messages.map((message) => [message.ts, message]));
    for (const message of early) this.messages.set(message.ts, message);
    if (!keepPlace) this.rows.clear();
    this.draw();
    if (!keepPlace) this.follower.toEnd();
  }

  clear() {
    this.early = null;
    this.messages.clear();
    this.rows.clear();
    this.draw();
  }

  /** Takes a message that is new, or that was edited. */
  put(message) {
    this.early?.push(message);
    const isNew = !this.messages.has(message.ts);
    this.messages.set(message.ts, message);
    this.draw();
    if (!isNew) return;
    announce(`${who(message.user).name}: ${spoken(message)}`);
    if (message.user === workspace.me && !message.bot) this.follower.toEnd();
    else this.follower.came();
  }

  remove(ts) {
    if (this.messages.delete(ts)) this.draw();
  }

  dismiss(ts) {
    dismiss(ts);
    this.remove(ts);
  }

  /** The section that holds a day's messages, under its name. */
  day(ts) {
    const key = dayKey(ts);
    if (!this.days.has(key)) {
      const name = h("div", { class: "day-name" }, h("span", {}, dayName(ts)));
      this.days.set(key, { name, node: h("section", { class: "day" }, name) });
    }
    return this.days.get(key);
  }

  draw() {
    const gone = dismissed();
    const shown = [...this.messages.values()].filter(({ ts }) => !gone.has(ts)).sort((a, b) => Number(a.ts) - Number(b.ts));
    const { before = [], afterFirst = [] } = this.extra(shown);
    const days = new Map();
    const flat = [];
    shown.forEach((message, at) => {
      const nodes = [this.row(message, afterFirst.length && at === 1 ? undefined : shown[at - 1])];
      if (at === 0) nodes.push(...afterFirst);
      if (!this.byDay) return flat.push(...nodes);
      const day = this.day(message.ts);
      if (!days.has(day)) days.set(day, [day.name]);
      return days.get(day).push(...nodes);
    });
    for (const [day, nodes] of days) arrange(day.node, nodes);
    arrange(this.host, [...before, ...[...days.keys()].map((day) => day.node), ...flat]);
  }

  row(message, previous) {
    if (!this.rows.has(message.ts)) this.rows.set(message.ts, new Row(this.acts));
    const row = this.rows.get(message.ts);
    row.draw(message, follows(message, previous));
    return row.node;
  }
}
