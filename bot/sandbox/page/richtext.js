// rich_text blocks: sections, lists, quotes and preformatted text.
import { timeElement } from "./dates.js";
import { h, iconButton, link } from "./dom.js";
import { emojiFor } from "./emoji.js";
import { broadcast, channelMention, userMention } from "./mrkdwn.js";

const STYLES = [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["underline", "u"], ["code", "code"], ["highlight", "mark"]];

function styled(node, style = {}) {
  return STYLES.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}

function emojiElement({ name, unicode }) {
  const drawn = unicode ? String.fromCodePoint(...unicode.split("-").map((hex) => parseInt(hex, 16))) : emojiFor(name);
  return h("span", { role: "img", "aria-label": name }, drawn ?? `:${name}:`);
}

function swatch(value) {
  const dot = h("span", { class: "swatch" });
  dot.style.setProperty("--tint", value);
  return h("span", {}, dot, value);
}

const leaves = {
  text: ({ text }) => text,
  link: ({ url, text }) => link(url, text || url),
  user: ({ user_id }) => userMention(user_id),
  usergroup: ({ usergroup_id }) => h("span", { class: "mention" }, `@${usergroup_id}`),
  team: ({ team_id }) => h("span", { class: "mention" }, team_id),
  channel: ({ channel_id }) => channelMention(channel_id),
  broadcast: ({ range }) => broadcast(range),
  emoji: emojiElement,
  date: ({ timestamp, format, url, fallback }) =>
    format ? (url ? link(url, timeElement(format, timestamp)) : timeElement(format, timestamp)) : (fallback ?? ""),
  color: ({ value }) => swatch(value),
};

/** The nodes of inline elements. */
export const inlineNodes = (elements = []) =>
  elements.map((element) => {
    const draw = leaves[element.type];
    return draw ? styled(draw(element), element.style) : h("span", { class: "unknown" }, `rich text “${element.type}”`);
  });

/** Preformatted text that scrolls in its own box, with a button to copy it. */
export function preformatted(text) {
  const copy = iconButton("copy", "Copy", async () => {
    await navigator.clipboard.writeText(text);
    copy.classList.add("done");
  });
  copy.classList.add("copy");
  return h("div", { class: "code-block" }, h("pre", { tabindex: "0" }, text), copy);
}

function list({ elements, style, indent = 0, offset = 0 }) {
  const numbered = style === "ordered";
  const items = elements.map((each) => h("li", {}, ...inlineNodes(each.elements)));
  const node = h(numbered ? "ol" : "ul", { class: `indent-${Math.min(indent, 8)}`, start: numbered && offset ? offset + 1 : null }, ...items);
  node.style.setProperty("--indent", indent);
  return node;
}

const parts = {
  rich_text_section: ({ elements }) => h("div", { class: "line" }, ...inlineNodes(elements)),
  rich_text_list: list,
  rich_text_quote: ({ elements }) => h("blockquote", {}, ...inlineNodes(elements)),
  rich_text_preformatted: ({ elements }) => preformatted((elements ?? []).map((each) => each.text ?? each.url ?? "").join("")),
};

/** The node of a rich_text block. */
export function richText(block) {
  const drawn = (block.elements ?? []).map((each) =>
    parts[each.type] ? parts[each.type](each) : h("span", { class: "unknown" }, `rich text “${each.type}”`),
  );
  return h("div", { class: "rich-text" }, ...drawn);
}
