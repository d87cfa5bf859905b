// rich_text_input: a small editor whose content becomes Slack's rich_text, and back.
import { h, icon, link } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { inlineNodes } from "./richtext.js";
import { send } from "./sending.js";

const PAUSE_MS = 400;
const STYLE_OF = { STRONG: "bold", B: "bold", EM: "italic", I: "italic", S: "strike", STRIKE: "strike", DEL: "strike", CODE: "code" };
const BLOCKS = "DIV, P, UL, OL, BLOCKQUOTE, PRE";

/** The inline elements of what stands under a node. A line break is a newline in the text. */
function inlineOf(node, style = {}) {
  const found = [];
  for (const child of node.childNodes) {
    if (child.nodeType === Node.TEXT_NODE) found.push(textOf(child.data.replace(/\u00a0/g, " ").replace(/\u200b/g, ""), style));
    else if (child.dataset?.leaf) found.push(JSON.parse(child.dataset.leaf));
    else if (child.nodeName === "BR") found.push(textOf("\n", style));
    else if (child.nodeName === "A") found.push({ type: "link", url: child.href, text: child.textContent, ...styled(style) });
    else if (child.nodeType === Node.ELEMENT_NODE) found.push(...inlineOf(child, STYLE_OF[child.nodeName] ? { ...style, [STYLE_OF[child.nodeName]]: true } : style));
  }
  return found.filter((each) => each.text !== "" || each.type !== "text");
}

const styled = (style) => (Object.keys(style).length ? { style } : {});
const textOf = (text, style) => ({ type: "text", text, ...styled(style) });

/** Puts together neighbouring texts of one style, and drops the newlines at the end. */
function joined(elements) {
  const out = [];
  for (const each of elements) {
    const last = out.at(-1);
    const same = last?.type === "text" && each.type === "text" && JSON.stringify(last.style) === JSON.stringify(each.style);
    if (same) out[out.length - 1] = { ...last, text: last.text + each.text };
    else out.push(each);
  }
  while (out.at(-1)?.type === "text" && !out.at(-1).text.trimEnd() && !out.at(-1).style) out.pop();
  if (out.at(-1)?.type === "text") out[out.length - 1] = { ...out.at(-1), text: out.at(-1).text.replace(/\n+$/, "") };
  return out;
}

/** Browsers end an empty line with a <br> of its own. */
const withoutLastBreak = (elements) => (elements.at(-1)?.text === "\n" ? elements.slice(0, -1) : elements);

const listOf = (node) => ({
  type: "rich_text_list", style: node.nodeName === "OL" ? "ordered" : "bullet", indent: 0,
  elements: [...node.querySelectorAll("li")].map((item) => ({ type: "rich_text_section", elements: joined(inlineOf(item)) })),
});

const BUILD = {
  UL: listOf,
  OL: listOf,
  BLOCKQUOTE: (node) => ({ type: "rich_text_quote", elements: joined(inlineOf(node)) }),
  PRE: (node) => ({ type: "rich_text_preformatted", elements: [{ type: "text", text: node.textContent.replace(/\n$/, "") }], border: 0 }),
};

/** The rich_text that an editor's content stands for, or null where it is empty. */
export function readRich(root) {
  const elements = [];
  let lines = [];
  const flush = () => {
    const section = joined(lines);
    if (section.length) elements.push({ type: "rich_text_section", elements: section });
    lines = [];
  };
  const walk = (parent) => {
    for (const node of parent.childNodes) {
      if (BUILD[node.nodeName]) {
        flush();
        elements.push(BUILD[node.nodeName](node));
      } else if (node.nodeName === "DIV" || node.nodeName === "P") {
        if (node.querySelector(BLOCKS)) walk(node);
        else lines.push(...withoutLastBreak(inlineOf(node)), textOf("\n", {}));
      } else lines.push(...inlineOf({ childNodes: [node] }));
    }
  };
  walk(root);
  flush();
  return elements.length ? { type: "rich_text", elements } : null;
}

/** The nodes of inline elements, to be edited: what isn't text stays in one piece. */
const editable = (elements = []) => elements.flatMap((element) => {
  if (element.type === "link" && !element.style) return [link(element.url, element.text || element.url)];
  const nodes = inlineNodes([element]);
  return element.type === "text" ? nodes : [h("span", { contenteditable: "false", "data-leaf": JSON.stringify(element) }, ...nodes)];
});

const SHOW = {
  rich_text_section: ({ elements }) => h("div", {}, ...editable(elements)),
  rich_text_list: ({ elements, style }) => h(style === "ordered" ? "ol" : "ul", {}, ...elements.map((each) => h("li", {}, ...editable(each.elements)))),
  rich_text_quote: ({ elements }) => h("blockquote", {}, ...editable(elements)),
  rich_text_preformatted: ({ elements }) => h("pre", {}, (elements ?? []).map((each) => each.text ?? each.url ?? "").join("")),
};

/** Wraps what is selected into <code>, or unwraps it. */
function toggleCode() {
  const range = getSelection().getRangeAt(0);
  const around = range.commonAncestorContainer.parentElement?.closest("code");
  if (around) return around.replaceWith(...around.childNodes);
  const code = h("code", {}, range.toString() || "\u200b");
  range.deleteContents();
  range.insertNode(code);
  return getSelection().selectAllChildren(code);
}

const run = (command, value) => () => document.execCommand(command, false, value);
const TOOLS = [
  ["Bold", run("bold"), "B", "bold"], ["Italic", run("italic"), "I", "italic"], ["Strike through", run("strikeThrough"), "S", "strike"], null,
  ["Code", toggleCode, icon("code")], ["Quote", run("formatBlock", "blockquote"), icon("quote")], null,
  ["Bulleted list", run("insertUnorderedList"), icon("list")], ["Numbered list", run("insertOrderedList"), icon("numbers")],
];

export function richInput(element, env) {
  const start = env.held ? env.held.rich_text_value : element.initial_value;
  const text = h("div", {
    class: "rich-edit", contenteditable: "true", role: "textbox", "aria-multiline": "true", tabindex: "0", spellcheck: "false",
    "data-placeholder": plainText(element.placeholder) || "Write something…",
  }, ...(start?.elements ?? []).map((each) => SHOW[each.type]?.(each)));
  if (element.focus_on_load) text.dataset.first = "";
  const tools = TOOLS.map((tool) => {
    if (!tool) return h("span", { class: "rule" });
    const [label, act, mark, name = ""] = tool;
    const press = (event) => {
      event.preventDefault(); // the selection stays in the text
      if (document.activeElement !== text) text.focus();
      act();
      text.dispatchEvent(new Event("input", { bubbles: true }));
    };
    return h("button", { type: "button", class: `icon-button mark ${name}`, "aria-label": label, title: label, tabindex: "-1", onmousedown: press }, typeof mark === "string" ? mark : mark.cloneNode(true));
  });
  const node = h("div", { class: "rich-input" }, h("div", { class: "rich-tools", role: "toolbar", "aria-label": "Marks" }, ...tools), text);
  const read = () => ({ rich_text_value: readRich(text) });
  let waiting;
  text.addEventListener("focus", () => document.execCommand("defaultParagraphSeparator", false, "div"), { once: true });
  text.addEventListener("paste", (event) => {
    event.preventDefault();
    document.execCommand("insertText", false, event.clipboardData.getData("text/plain"));
  });
  text.addEventListener("input", () => {
    text.classList.toggle("blank", !text.textContent.trim() && !text.querySelector("li, blockquote"));
    clearTimeout(waiting);
    if (env.emit && element.dispatch_action_config?.trigger_actions_on?.includes("on_character_entered")) waiting = setTimeout(() => send(element, env, read(), "on_character_entered"), PAUSE_MS);
  });
  text.classList.toggle("blank", !start);
  return { node, control: text, group: true, read };
}
