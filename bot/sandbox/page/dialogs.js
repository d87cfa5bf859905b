// Dialogs: the question before a dangerous button, and the lightbox.
import { h, icon, iconButton } from "./dom.js";
import { plainText, textObject } from "./mrkdwn.js";

const REACHED = "button, [href], input, textarea, [tabindex='0']";

/** Keeps the Tab key among the dialog's own elements: the browser would lead out of the page. */
function keepFocus(dialog) {
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Tab" || event.defaultPrevented) return;
    const all = [...dialog.querySelectorAll(REACHED)].filter((each) => each.tabIndex >= 0 && !each.disabled && each.checkVisibility());
    const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
    if (document.activeElement !== from && document.activeElement !== dialog) return;
    event.preventDefault();
    to?.focus();
  });
}

/** Shows a modal dialog; it removes itself when closed. A click beside it closes it, unless it has data-keep. */
export function showDialog(className, label, ...children) {
  const dialog = h("dialog", { class: className, "aria-label": label }, ...children);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog && dialog.dataset.keep === undefined) dialog.close();
  });
  dialog.addEventListener("close", () => dialog.remove());
  keepFocus(dialog);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks by a confirmation object ({title, text, confirm, deny, style}); resolves to whether the person said yes. */
export function ask(confirm) {
  return new Promise((resolve) => {
    const answer = (yes) => () => {
      resolve(yes);
      dialog.close();
    };
    const no = h("button", { type: "button", class: "button", onclick: answer(false) }, plainText(confirm.deny) || "Cancel");
    const yes = h("button", { type: "button", class: `button ${confirm.style ?? "primary"}`, onclick: answer(true) }, plainText(confirm.confirm) || "Yes");
    const title = plainText(confirm.title);
    const dialog = showDialog("ask", title, h("h2", {}, title), textObject(confirm.text), h("div", { class: "dialog-foot" }, no, yes));
    dialog.addEventListener("close", () => resolve(false));
    yes.focus();
  });
}

/** Shows an image large; a click beside it or Escape closes it. */
export function lightbox(url, title) {
  const close = iconButton("close", "Close", () => dialog.close());
  const head = h("header", {}, h("span", {}, title), h("a", { class: "icon-button", href: url, download: title, "aria-label": "Download", title: "Download" }, icon("download")), close);
  const dialog = showDialog("lightbox", title, head, h("img", { src: url, alt: title }));
}
