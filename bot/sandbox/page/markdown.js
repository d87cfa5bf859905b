// The `markdown` block: the usual subset of Markdown, drawn as DOM nodes.
import { h, link } from "./dom.js";
import { emojiText } from "./mrkdwn.js";
import { preformatted } from "./richtext.js";

const SPANS = [
  [/^`([^`]+)`/, (found) => h("code", {}, found[1])],
  [/^!?\[([^\]]*)\]\(([^)\s]+)[^)]*\)/, (found) => link(found[2], ...spans(found[1] || found[2]))],
  [/^<(https?:[^>\s]+|mailto:[^>\s]+)>/, (found) => link(found[1])],
  [/^(\*\*|__)(?=\S)([\s\S]+?\S?)\1/, (found) => h("strong", {}, ...spans(found[2]))],
  [/^~~(?=\S)([\s\S]+?)~~/, (found) => h("s", {}, ...spans(found[1]))],
  [/^([*_])(?=[^\s*_])([\s\S]*?[^\s])\1(?![\p{L}\p{N}])/u, (found) => h("em", {}, ...spans(found[2]))],
];

function spans(text) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const rest = text.slice(at);
    const escaped = /^\\([\\`*_{}[\]()#+.!~>|-])/.exec(rest);
    const inWord = "_*".includes(text[at]) && /[\p{L}\p{N}]/u.test(text[at - 1] ?? " ");
    const hit = escaped || inWord ? null : SPANS.map(([pattern, draw]) => [pattern.exec(rest), draw]).find(([found]) => found);
    if (hit) {
      nodes.push(emojiText(plain), hit[1](hit[0]));
      plain = "";
    } else plain += escaped ? escaped[1] : text[at];
    at += hit ? hit[0][0].length : escaped ? 2 : 1;
  }
  nodes.push(emojiText(plain));
  return nodes;
}

const cells = (row) => row.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

function alignOf(rule) {
  if (!rule.endsWith(":")) return "left";
  return rule.startsWith(":") ? "center" : "right";
}

function table(rows) {
  const aligns = cells(rows[1]).map(alignOf);
  const row = (text, tag) => h("tr", {}, ...cells(text).map((cell, at) => h(tag, { class: `to-${aligns[at] ?? "left"}` }, ...spans(cell))));
  const body = rows.slice(2).map((each) => row(each, "td"));
  return h("div", { class: "table-box", tabindex: "0" }, h("table", {}, h("thead", {}, row(rows[0], "th")), h("tbody", {}, ...body)));
}

const ITEM = /^(\s*)(?:([-*+])|(\d+)[.)])\s+(?:\[([ xX])\]\s+)?(.*)$/;

function list(rows) {
  const first = ITEM.exec(rows[0]);
  const depth = first[1].length;
  const items = [];
  for (const row of rows) {
    const found = ITEM.exec(row);
    if (found && found[1].length <= depth) items.push({ text: found[5], done: found[4], under: [] });
    else items.at(-1).under.push(row);
  }
  const drawn = items.map(({ text, done, under }) => {
    const box = done === undefined ? [] : [h("input", { type: "checkbox", disabled: true, checked: done !== " ", "aria-label": "task" })];
    const nested = under.length && ITEM.test(under[0]) ? [list(under)] : under.flatMap((line) => [" ", ...spans(line.trim())]);
    return h("li", { class: box.length ? "task" : null }, ...box, ...spans(text), ...nested);
  });
  return h(first[2] ? "ul" : "ol", { start: first[3] && first[3] !== "1" ? first[3] : null }, ...drawn);
}

/** How many lines from `at` on belong together for as long as `holds`. */
function run(lines, at, holds) {
  let end = at + 1;
  while (end < lines.length && holds(lines[end])) end += 1;
  return lines.slice(at, end);
}

const starts = (line) => /^(#{1,6}\s|>|```|\s*([-*+]|\d+[.)])\s+|-{3,}$|\*{3,}$)/.test(line);

function take(lines, at) {
  const line = lines[at];
  const heading = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
  if (heading) return [h(`h${Math.min(heading[1].length + 2, 6)}`, { class: `md-${heading[1].length}` }, ...spans(heading[2])), 1];
  if (/^```/.test(line)) {
    const inside = run(lines, at, (each) => !/^```\s*$/.test(each)).slice(1);
    return [preformatted(inside.join("\n")), inside.length + 2];
  }
  if (/^(-{3,}|\*{3,})\s*$/.test(line)) return [h("hr"), 1];
  if (/^>/.test(line)) {
    const inside = run(lines, at, (each) => /^>/.test(each));
    return [h("blockquote", {}, ...markdown(inside.map((each) => each.replace(/^> ?/, "")).join("\n"))), inside.length];
  }
  if (ITEM.test(line)) {
    const inside = run(lines, at, (each) => ITEM.test(each) || /^\s+\S/.test(each));
    return [list(inside), inside.length];
  }
  if (line.includes("|") && /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/.test(lines[at + 1] ?? "")) {
    const inside = run(lines, at, (each) => each.includes("|"));
    return [table(inside), inside.length];
  }
  const inside = run(lines, at, (each) => each.trim() && !starts(each));
  return [h("p", {}, ...spans(inside.join("\n"))), inside.length];
}

/** The nodes of a Markdown text. */
export function markdown(text) {
  const lines = (text ?? "").replaceAll("\r\n", "\n").split("\n");
  const nodes = [];
  for (let at = 0; at < lines.length; ) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const [node, taken] = take(lines, at);
    nodes.push(node);
    at += taken;
  }
  return nodes;
}
