// Slack's mrkdwn, drawn as DOM nodes. Text from outside only ever becomes text nodes.
import { timeElement } from "./dates.js";
import { h, link } from "./dom.js";
import { emojiFor } from "./emoji.js";
import { channelName, channelOf, who, workspace } from "./workspace.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };

/** Undoes Slack's three escapes. */
export const unescape = (text) => text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);

/** Text with its :shortcodes: as emoji; a shortcode nobody knows stays as typed. */
export function emojiText(text) {
  return text.replace(/:([a-z0-9_+'-]+(?:::skin-tone-\d)?):/g, (whole, name) => emojiFor(name) ?? whole);
}

/** A text object's words ({type, text, emoji}), drawn by its own rules. */
export function textObject(object, className = "") {
  if (!object) return h("span");
  if (object.type === "mrkdwn") return h("div", { class: `mrkdwn ${className}` }, mrkdwn(object.text));
  return h("span", { class: `plain ${className}` }, plainText(object));
}

/** The words of a plain_text object, as a string. */
export const plainText = (object) => emojiText(unescape(object?.text ?? ""));

/** A mention of a person or of the app. */
export function userMention(id) {
  const { name } = who(id);
  const mine = id === workspace.me;
  return h("span", { class: mine ? "mention me" : "mention" }, `@${name}`);
}

/** A channel's name; a click opens it where this person sees it. */
export function channelMention(id, label) {
  const channel = channelOf(id);
  const name = channel ? channelName(channel) : label;
  if (!name) return h("span", { class: "mention" }, "#private-channel");
  return h("a", { class: "mention", href: `?as=${workspace.me}&channel=${id}`, "data-channel": id }, `#${name}`);
}

/** @here, @channel, @everyone. */
export const broadcast = (range) => h("span", { class: "mention me" }, `@${range}`);

function special(inside) {
  const [name, ...rest] = inside.split("|");
  const label = rest.length ? rest.join("|") : null;
  if (name.startsWith("@")) return userMention(name.slice(1));
  if (name.startsWith("#")) return channelMention(name.slice(1), label);
  if (name.startsWith("!date^")) return date(name, label);
  if (name.startsWith("!subteam^")) return h("span", { class: "mention" }, label ?? `@${name.slice(9)}`);
  if (name.startsWith("!")) return broadcast(name.slice(1));
  if (!name.includes(":")) return `<${unescape(inside)}>`;
  return link(unescape(name), ...(label === null ? [unescape(name).replace(/^mailto:/, "")] : inline(label)));
}

function date(command, fallback) {
  const [, ts, template, address] = command.split("^");
  if (!/^\d+$/.test(ts ?? "") || !template) return h("span", {}, unescape(fallback ?? command));
  const shown = timeElement(unescape(template), ts);
  return address ? link(unescape(address), shown) : shown;
}

const MARKS = { "*": "strong", _: "em", "~": "s" };
const BARE = /^https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]*_~]/;
const WORD = /[\p{L}\p{N}]/u;

/** Where the emphasis opened at `from` closes, or -1: marks stand at the edges of words, within one line. */
function closing(text, mark, from) {
  if (WORD.test(text[from - 1] ?? " ") || /\s/.test(text[from + 1] ?? " ") || text[from + 1] === mark) return -1;
  for (let at = from + 2; at < text.length && text[at] !== "\n"; at += 1) {
    const ends = text[at] === mark && !/\s/.test(text[at - 1]) && !WORD.test(text[at + 1] ?? " ");
    if (ends) return at;
  }
  return -1;
}

/** Marks, code, links and emoji of text that holds no blocks; newlines stay newlines. */
export function inline(text) {
  const nodes = [];
  let plain = "";
  const flush = () => {
    if (plain) nodes.push(emojiText(unescape(plain)));
    plain = "";
  };
  const put = (node) => {
    flush();
    nodes.push(node);
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    const rest = text.slice(at);
    const code = char === "`" && /^`([^`\n]+)`/.exec(rest);
    const angle = char === "<" && /^<([^<>\n]+)>/.exec(rest);
    const bare = char === "h" && !WORD.test(text[at - 1] ?? " ") && BARE.exec(rest);
    const end = MARKS[char] ? closing(text, char, at) : -1;
    if (code) put(h("code", {}, unescape(code[1])));
    else if (angle) put(special(angle[1]));
    else if (bare) put(link(unescape(bare[0])));
    else if (end > 0) put(h(MARKS[char], {}, ...inline(text.slice(at + 1, end))));
    else plain += char;
    if (code || angle || bare) at += (code || angle || bare)[0].length - 1;
    else if (end > 0) at = end;
  }
  flush();
  return nodes;
}

const QUOTED = /^(?:&gt;|>) ?/;

function lines(text) {
  const nodes = [];
  let group = [];
  let quoted = false;
  const close = () => {
    if (!group.length) return;
    nodes.push(quoted ? h("blockquote", {}, ...inline(group.join("\n"))) : h("span", {}, ...inline(group.join("\n"))));
    group = [];
  };
  for (const line of text.split("\n")) {
    if (QUOTED.test(line) !== quoted) close();
    quoted = QUOTED.test(line);
    group.push(quoted ? line.replace(QUOTED, "") : line);
  }
  close();
  return nodes;
}

/** The nodes of a whole mrkdwn text: ```blocks```, quotes, and lines. */
export function mrkdwn(text) {
  return (text ?? "").split(/```([\s\S]+?)```/).flatMap((part, at) => {
    if (at % 2) return [h("pre", {}, unescape(part.replace(/^\n|\n$/g, "")))];
    const between = part.replace(at ? /^\n/ : /^$/, "").replace(/\n$/, "");
    return between ? lines(between) : [];
  });
}
