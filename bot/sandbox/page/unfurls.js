// What a message has attached: previews of the links in it, each with a coloured bar and a way to take it away.
import { blockParts } from "./blocks.js";
import { h, iconButton, link, redraw } from "./dom.js";
import { mrkdwn, unescape } from "./mrkdwn.js";

const COLORS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

function colorOf({ color }) {
  if (!color) return null;
  return COLORS[color] ?? (/^[0-9a-f]{6}$/i.test(color) ? `#${color}` : color);
}

function plainParts({ title, title_link: address, text, fallback, image_url: image }) {
  const head = title && h("strong", {}, address ? link(address, unescape(title)) : unescape(title));
  const words = text ?? (title || image ? "" : (fallback ?? ""));
  return [head, words && h("div", { class: "mrkdwn" }, ...mrkdwn(words)), image && h("img", { class: "unfurl-image", src: image, alt: title ?? "" })].filter(Boolean);
}

/** One attachment's node. `dismiss` takes it away for this person; null where it belongs to the message itself. */
function unfurl(attachment, env, dismiss) {
  const body = h("div", { class: "unfurl-body" });
  if (attachment.blocks?.length) redraw(body, blockParts(attachment.blocks, env));
  else body.append(...plainParts(attachment));
  const node = h("aside", { class: "unfurl", "aria-label": attachment.from_url ? `Preview of ${attachment.from_url}` : "Attachment" }, body, dismiss && iconButton("close", "Remove preview", dismiss));
  const color = colorOf(attachment);
  if (color) node.style.setProperty("--bar", color);
  return node;
}

/** Parts for `redraw`: a message's attachments; `dismiss(attachment)` takes a preview away. */
export function unfurlParts(attachments, env, dismiss) {
  return attachments.map((attachment) => ({
    key: JSON.stringify(attachment),
    build: () => unfurl(attachment, env, attachment.from_url ? () => dismiss(attachment) : null),
  }));
}
