// Modals and the Home tab: shells around the same blocks.
import { blockParts } from "./blocks.js";
import { showDialog } from "./dialogs.js";
import { h, iconButton, redraw } from "./dom.js";
import { collectState } from "./elements.js";
import { plainText } from "./mrkdwn.js";

/** Shows what is wrong with a view's inputs ({block_id: words}) and puts the focus on the first; clears the others. */
export function showErrors(root, errors = {}) {
  for (const block of root.querySelectorAll(".input-block")) {
    const words = errors[block.dataset.blockId];
    const wrong = block.querySelector(".wrong");
    wrong.hidden = !words;
    wrong.textContent = words ?? "";
    block.classList.toggle("has-error", Boolean(words));
  }
  root.querySelector(".has-error :is(input, textarea, button)")?.focus();
}

/** Draws a view's blocks into `host`; an update keeps what people typed in blocks that stayed the same. */
export function renderView(host, view, env) {
  host.classList.add("view");
  redraw(host, blockParts(view.blocks, env));
  return host;
}

/** Words for inputs that must be filled in and aren't, by block id. */
function missing(view, values) {
  const wrong = {};
  for (const block of view.blocks) {
    if (block.type !== "input" || block.optional) continue;
    const { type, ...held } = values[block.block_id]?.[block.element.action_id] ?? {};
    const empty = Object.values(held).every((value) => value === null || value === "" || (Array.isArray(value) && !value.length));
    if (type && empty) wrong[block.block_id] = "Please complete this required field.";
  }
  return wrong;
}

/**
 * A modal on the screen. `submit(values)` resolves to {errors} to keep it open, to {view} to show another in its place,
 * or to nothing, which closes it; `closed()` is told when the person leaves without submitting.
 */
export class Modal {
  constructor(view, { env, submit, closed }) {
    this.acts = { env, submit, closed };
    this.body = h("div", { class: "modal-body" });
    this.head = h("header", { class: "modal-head" });
    this.foot = h("footer", { class: "dialog-foot" });
    this.form = h("form", { novalidate: true, onsubmit: (event) => this.send(event) }, this.head, this.body, this.foot);
    this.dialog = showDialog("modal", plainText(view.title), this.form);
    this.submitted = false;
    this.dialog.addEventListener("close", () => this.submitted || closed());
    this.update(view);
  }

  update(view) {
    this.view = view;
    this.head.replaceChildren(h("h2", {}, plainText(view.title)), iconButton("close", "Close", () => this.dialog.close()));
    const cancel = h("button", { type: "button", class: "button", onclick: () => this.dialog.close() }, plainText(view.close) || "Cancel");
    this.button = view.submit && h("button", { type: "submit", class: "button primary" }, plainText(view.submit));
    this.foot.replaceChildren(...[cancel, this.button].filter(Boolean));
    renderView(this.body, view, this.acts.env);
    this.body.querySelector("[autofocus], .field")?.focus();
  }

  async send(event) {
    event.preventDefault();
    const values = collectState(this.body);
    const wrong = missing(this.view, values);
    showErrors(this.body, wrong);
    if (Object.keys(wrong).length || this.button?.getAttribute("aria-busy") === "true") return;
    this.button?.setAttribute("aria-busy", "true");
    const answer = await this.acts.submit(values);
    this.button?.removeAttribute("aria-busy");
    if (answer?.errors) showErrors(this.body, answer.errors);
    else if (answer?.view) this.update(answer.view);
    else this.close();
  }

  /** Takes the modal away because its work is done. */
  close() {
    this.submitted = true;
    this.dialog.close();
  }
}
