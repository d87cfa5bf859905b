// Block Kit's layout blocks, drawn as DOM nodes. A block that isn't known is shown as such, never dropped.
import { h, icon, nextId } from "./dom.js";
import { partOf, renderElement } from "./elements.js";
import { picture } from "./files.js";
import { markdown } from "./markdown.js";
import { plainText, textObject } from "./mrkdwn.js";
import { richText } from "./richtext.js";

/** A placeholder for what the page can't draw; `what` says so in words. */
export const unknown = (what) => h("div", { class: "unknown" }, icon("alert"), what);

function section(block, env) {
  const words = h("div", { class: "section-words" }, block.text && textObject(block.text));
  if (block.fields) words.append(h("div", { class: "fields" }, ...block.fields.map((field) => textObject(field))));
  const beside = block.accessory && h("div", { class: "accessory" }, renderElement(block.accessory, env));
  return h("div", { class: "section" }, words, beside);
}

function context(block) {
  const parts = block.elements.map((each) =>
    each.type === "image" ? h("img", { class: "context-image", src: imageUrl(each), alt: each.alt_text ?? "" }) : textObject(each),
  );
  return h("div", { class: "context" }, ...parts);
}

const imageUrl = (block) => block.image_url ?? block.slack_file?.url ?? `/page/files/${block.slack_file?.id}`;

function cell(content) {
  if (content.type === "rich_text") return richText(content);
  return content.text ?? (content.value === undefined ? "" : String(content.value));
}

function table(block) {
  const settings = block.column_settings ?? [];
  const row = (cells, tag) =>
    h("tr", {}, ...cells.map((content, at) => {
      const { align = "left", is_wrapped: wrapped = false } = settings[at] ?? {};
      return h(tag, { class: `to-${align}${wrapped ? " wrapped" : ""}`, scope: tag === "th" ? "col" : null }, cell(content));
    }));
  const [head = [], ...body] = block.rows;
  const grid = h("table", {}, h("thead", {}, row(head, "th")), h("tbody", {}, ...body.map((cells) => row(cells, "td"))));
  return h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Table" }, grid);
}

/** An input block: label, element, hint, and a place for what is wrong with it. */
function input(block, env) {
  const element = renderElement(block.element, { ...env, emit: block.dispatch_action ? env.emit : null, optional: block.optional });
  const { control = element, group = true, says } = partOf(element) ?? {};
  const words = [plainText(block.label), block.optional && h("span", { class: "optional" }, " (optional)")];
  const label = h(group ? "span" : "label", { class: "input-label", id: nextId("label") }, ...words);
  const hint = block.hint && h("p", { class: "hint", id: nextId("hint") }, plainText(block.hint));
  const wrong = h("p", { class: "wrong", id: nextId("wrong"), role: "alert", hidden: true });
  if (!group) label.htmlFor = control.id ||= nextId("control");
  control.setAttribute("aria-labelledby", [label, says].filter(Boolean).map(({ id }) => id).join(" "));
  control.setAttribute("aria-describedby", [hint, wrong].filter(Boolean).map(({ id }) => id).join(" "));
  if (group) label.addEventListener("click", () => (control.tabIndex < 0 ? control.querySelector("input") : control)?.focus());
  return h("div", { class: "input-block" }, label, element, hint, wrong);
}

const builders = {
  section,
  context,
  input,
  table,
  divider: () => h("hr"),
  header: (block) => h("h3", { class: "block-header" }, plainText(block.text)),
  image: (block) => picture(imageUrl(block), plainText(block.title), block.alt_text),
  actions: (block, env) => h("div", { class: "actions" }, ...block.elements.map((each) => renderElement(each, env))),
  markdown: (block) => h("div", { class: "markdown" }, ...markdown(block.text)),
  rich_text: richText,
  file: (block) => h("div", { class: "file" }, icon("file"), h("span", { class: "file-words" }, h("strong", {}, "Remote file"), h("small", {}, block.external_id))),
};

/**
 * The node of one block. `env` carries what its elements may do: {emit(action) or null, suggest(element, blockId, typed)}.
 * A block that breaks the page's drawing is shown as unknown too.
 */
export function renderBlock(block, env) {
  const build = builders[block.type];
  const drawn = build ? build(block, { ...env, blockId: block.block_id ?? "" }) : unknown(`A “${block.type}” block, which the sandbox can't draw`);
  drawn.classList.add("block");
  drawn.dataset.block = block.type;
  if (block.block_id) drawn.dataset.blockId = block.block_id;
  return drawn;
}

/** Parts for `redraw`: a block is drawn again only when it changed. */
export const blockParts = (blocks, env) => blocks.map((block) => ({ key: JSON.stringify(block), build: () => renderBlock(block, env) }));
