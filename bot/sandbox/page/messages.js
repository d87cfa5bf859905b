// One message's row. An edit redraws only the parts that changed.
import { blockParts } from "./blocks.js";
import { isToday, lately, timeElement, timeOf, wholeDate } from "./dates.js";
import { dismiss, dismissed } from "./dismissed.js";
import { h, icon, iconButton, redraw } from "./dom.js";
import { fileNode } from "./files.js";
import { mrkdwn, unescape } from "./mrkdwn.js";
import { unfurlParts } from "./unfurls.js";
import { avatar, who } from "./workspace.js";

const count = (number, word) => `${number} ${number === 1 ? word : word.replace(/y$/, "ie") + "s"}`;

/** What a message says, as plain words for screen readers. */
export const spoken = (message) => unescape(message.text ?? "").replace(/<[^|>]+\|([^>]+)>/g, "$1").slice(0, 240);

/** Whether a message is a card: it offers something to do, so it stands in a frame of its own. */
const isCard = (message) => (message.blocks ?? []).some((block) => block.type === "actions" || block.accessory?.type === "button");

function head(message, when) {
  const { name, bot } = who(message.user);
  const badge = (bot || message.bot) && h("span", { class: "badge", title: "An app" }, "APP");
  return h("div", { class: "head" }, h("strong", {}, name), badge, timeElement(when, message.ts), isCard(message) && message.edited ? edited() : null);
}

const edited = () => h("span", { class: "edited" }, "(edited)");

function bodyParts(message, env) {
  if (message.deleted) return [{ key: "deleted", build: () => h("p", { class: "gone" }, "This message was deleted.") }];
  const ending = message.edited && !isCard(message) ? [{ key: "edited", build: edited }] : [];
  if (message.blocks?.length) return [...blockParts(message.blocks, env), ...ending];
  if (!message.text) return ending;
  const build = () => h("div", { class: "mrkdwn text" }, ...mrkdwn(message.text), message.edited ? edited() : null);
  return [{ key: `text ${message.edited} ${message.text}`, build }];
}

function replyBar(message, acts) {
  const faces = (message.reply_users ?? []).slice(0, 4).map((id) => avatar(id, "small"));
  const words = h("span", { class: "reply-count" }, count(message.reply_count, "reply"));
  const last = message.latest_reply && h("span", { class: "reply-last" }, `last ${lately(message.latest_reply)}`);
  return h("button", { type: "button", class: "reply-bar", onclick: () => acts.openThread(message.ts) }, ...faces, words, last, h("span", { class: "reply-open" }, "View thread"), icon("right"));
}

/** A message in a feed. `acts` is what it may do: {emit, suggest, openThread (not inside a thread), dismiss}. */
export class Row {
  constructor(acts) {
    this.acts = acts;
    this.gutter = h("div", { class: "gutter" });
    this.top = h("div", { class: "top" });
    this.body = h("div", { class: "body" });
    this.files = h("div", { class: "files" });
    this.unfurls = h("div", { class: "unfurls" });
    this.under = h("div", { class: "under" });
    this.tools = h("div", { class: "tools" });
    const said = h("div", { class: "said" }, this.top, this.body, this.files, this.unfurls, this.under);
    this.node = h("article", { class: "message", tabindex: "-1" }, this.gutter, said, this.tools);
  }

  draw(message, grouped) {
    const { acts, node } = this;
    this.message = message;
    const focused = node.contains(document.activeElement) ? document.activeElement.dataset.actionId : null;
    node.dataset.ts = message.ts;
    node.setAttribute("aria-label", `${who(message.user).name}, ${wholeDate(message.ts)}`);
    node.classList.toggle("grouped", grouped);
    node.classList.toggle("ephemeral", message.ephemeral);
    node.classList.toggle("card", isCard(message));
    const env = { emit: (...sent) => acts.emit(this.message, node, ...sent), suggest: (...asked) => acts.suggest(this.message, ...asked) };
    redraw(this.gutter, [grouped
      ? { key: "time", build: () => h("time", { title: wholeDate(message.ts) }, timeOf(message.ts)) }
      : { key: message.user, build: () => avatar(message.user) }]);
    // In a thread no day stands above the message, so its own time has to say the day.
    const when = acts.openThread || isToday(message.ts) ? "{time}" : "{date_short_pretty} at {time}";
    redraw(this.top, grouped ? [] : [{ key: `${message.user} ${message.edited}`, build: () => head(message, when) }]);
    redraw(this.body, bodyParts(message, env));
    redraw(this.files, (message.files ?? []).map((file) => ({ key: JSON.stringify(file), build: () => fileNode(file) })));
    this.drawUnfurls(env);
    this.drawUnder();
    if (focused && !node.contains(document.activeElement)) node.querySelector(`[data-action-id="${CSS.escape(focused)}"]`)?.focus();
  }

  drawUnfurls(env) {
    const gone = dismissed();
    const keyOf = ({ id, from_url: address }) => `${this.message.ts} ${id ?? address}`;
    const shown = (this.message.attachments ?? []).filter((attachment) => !gone.has(keyOf(attachment)));
    redraw(this.unfurls, unfurlParts(shown, env, (attachment) => {
      dismiss(keyOf(attachment));
      this.drawUnfurls(env);
    }));
  }

  drawUnder() {
    const { acts, message } = this;
    const parts = [];
    if (message.ephemeral) parts.push({ key: "only you", build: () => this.onlyYou() });
    if (message.reply_count && acts.openThread) {
      parts.push({ key: `${message.reply_count} ${message.latest_reply} ${message.reply_users}`, build: () => replyBar(message, acts) });
    }
    redraw(this.under, parts);
    const can = acts.openThread && !message.ephemeral && !message.deleted;
    redraw(this.tools, can ? [{ key: "reply", build: () => iconButton("reply", "Reply in thread", () => acts.openThread(message.ts, true)) }] : []);
  }

  onlyYou() {
    const dismiss = h("button", { type: "button", class: "text-button", onclick: () => this.acts.dismiss(this.message.ts) }, "Dismiss");
    return h("div", { class: "only-you" }, icon("eye"), "Only visible to you", h("span", { "aria-hidden": "true" }, "·"), dismiss);
  }
}
