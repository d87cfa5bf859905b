// Files under a message: images shown, others as cards to download.
import { lightbox } from "./dialogs.js";
import { h, icon } from "./dom.js";

const UNITS = ["bytes", "KB", "MB", "GB"];

/** A size in bytes as people say it. */
export function sizeOf(bytes) {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log(Math.max(bytes, 1)) / Math.log(1000)));
  const amount = bytes / 1000 ** power;
  return `${power && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[power]}`;
}

const extension = (name) => (/\.(\w{1,8})$/.exec(name)?.[1] ?? "file").toLowerCase();

/** An image with its title above it; a click shows it large. */
export function picture(url, title, alt = title) {
  const image = h("img", { src: url, alt, loading: "lazy", referrerpolicy: "no-referrer" });
  const button = h("button", { type: "button", class: "picture", "aria-label": `Show ${title || "image"} large`, onclick: () => lightbox(url, title || alt) }, image);
  image.addEventListener("error", () => button.replaceWith(h("div", { class: "unknown" }, `image that can't be shown: ${title || url}`)));
  return h("figure", {}, title && h("figcaption", {}, title), button);
}

function card(file) {
  const kind = extension(file.name);
  const badge = h("span", { class: "file-kind", "data-kind": kind }, kind.slice(0, 5));
  const words = h("span", { class: "file-words" }, h("strong", {}, file.title || file.name), h("small", {}, [file.title && file.title !== file.name ? file.name : kind.toUpperCase(), sizeOf(file.size)].join(" · ")));
  return h("a", { class: "file", href: file.url, download: file.name, "aria-label": `Download ${file.name}, ${sizeOf(file.size)}` }, badge, words, icon("download"));
}

/** The node of one File. */
export function fileNode(file) {
  if (/^image\/(png|jpe?g|gif|webp|svg\+xml)$/.test(file.mimetype)) return picture(file.url, file.title || file.name);
  return card(file);
}
