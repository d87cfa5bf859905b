// Modals: one dialog that holds a stack of up to three views, the last one on top.
import { showDialog } from "./dialogs.js";
import { h, icon, iconButton } from "./dom.js";
import { collectState } from "./elements.js";
import { plainText } from "./mrkdwn.js";
import { firstField, forgetErrors, isStale, problems, renderView, showErrors } from "./views.js";
import { avatar, workspace } from "./workspace.js";

/** One view of the stack. `stack` is what it lies in: {env(level), submit, leave, settle}. */
class Level {
  constructor(view, stack, below) {
    Object.assign(this, { stack, below, view: null });
    this.head = h("header", { class: "modal-head" });
    this.body = h("div", { class: "modal-body" });
    this.notice = h("p", { class: "modal-notice", role: "alert", hidden: true });
    this.foot = h("footer", { class: "dialog-foot" });
    this.form = h("form", { class: "level", novalidate: true, onsubmit: (event) => this.send(event), onkeydown: (event) => this.key(event) }, this.head, this.body, this.notice, this.foot);
    this.env = stack.env(this);
    forgetErrors(this.body);
    this.update(view);
  }

  update(view) {
    if (isStale(view, this.view)) return;
    const hadField = this.view !== null && firstField(this.body) !== null;
    this.view = view;
    this.drawHead();
    this.drawFoot();
    renderView(this.body, view, this.env);
    this.say(null);
    if (!hadField && this.form.isConnected) this.focus();
  }

  drawHead() {
    const { stack, below, view } = this;
    const back = below && iconButton("left", "Back", () => stack.leave(false));
    const mark = below ? null : avatar(workspace.bot.user_id, "head-mark");
    this.head.replaceChildren(...[back, mark, h("h2", {}, plainText(view.title)), iconButton("close", "Close", () => stack.leave(true))].filter(Boolean));
  }

  drawFoot() {
    const { stack, view } = this;
    const words = JSON.stringify([view.submit, view.close]);
    if (this.footSays === words) return;
    this.footSays = words;
    const cancel = h("button", { type: "button", class: "button", onclick: () => stack.leave(false) }, plainText(view.close) || (view.submit ? "Cancel" : "Close"));
    this.button = view.submit ? h("button", { type: "submit", class: "button primary" }, h("span", {}, plainText(view.submit))) : null;
    this.foot.replaceChildren(...[cancel, this.button].filter(Boolean));
  }

  focus() {
    (firstField(this.body) ?? this.form.closest("dialog")).focus();
  }

  /** Says something above the buttons: what went wrong with the whole; null takes it away. */
  say(words) {
    this.notice.hidden = !words;
    this.notice.replaceChildren(...(words ? [icon("alert"), h("span", {}, words)] : []));
  }

  /** Shows that the app is being asked; resolves to its answer. */
  async during(work) {
    this.form.classList.add("working");
    const answer = await work;
    this.form.classList.remove("working");
    return answer;
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.button) this.form.requestSubmit();
  }

  async send(event) {
    event.preventDefault();
    if (!this.button || this.body.inert) return;
    const wrong = problems(this.body, this.view);
    showErrors(this.body, wrong);
    this.say(null);
    if (Object.keys(wrong).length) return;
    const values = collectState(this.body);
    const focused = document.activeElement;
    this.button.setAttribute("aria-busy", "true");
    this.body.inert = true;
    const answer = await this.during(this.stack.submit(this, values));
    this.body.inert = false;
    this.button?.removeAttribute("aria-busy");
    if (!this.form.isConnected) return;
    if (focused?.isConnected) focused.focus();
    this.stack.settle(this, answer);
  }
}

/**
 * The modals of one browser. `acts`: `env(level)` is what elements may do, `submit(view, values)` resolves to the
 * sandbox's answer, `close(view, all)` tells it that the person left.
 */
export class Modals {
  constructor(acts) {
    this.acts = acts;
    this.levels = [];
    this.dialog = null;
  }

  /** Takes an event of the sandbox: a view opened, pushed, or updated wherever it lies in the stack. */
  show({ do: how, view }) {
    const shown = this.levels.find((level) => level.view.id === view.id);
    if (shown) return this.update(shown, view);
    if (how === "update") return null;
    if (how === "open") this.clear();
    return this.push(view);
  }

  update(level, view) {
    level.update(view);
    this.draw();
  }

  push(view) {
    const below = this.levels.at(-1) ?? null;
    if (below) below.focused = document.activeElement;
    const stack = {
      env: (level) => this.acts.env(level), submit: (level, values) => this.acts.submit(level.view, values),
      leave: (all) => this.leave(all), settle: (level, answer) => this.settle(level, answer),
    };
    const level = new Level(view, stack, below);
    this.levels.push(level);
    if (this.dialog) this.dialog.append(level.form);
    else this.openDialog(level);
    this.draw();
    level.focus();
  }

  openDialog(level) {
    const dialog = showDialog("modal", plainText(level.view.title), level.form);
    dialog.tabIndex = -1;
    dialog.dataset.keep = ""; // a click beside it would lose what was filled in
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      this.leave(false);
    });
    this.dialog = dialog;
  }

  draw() {
    const top = this.levels.at(-1);
    for (const level of this.levels) level.form.hidden = level !== top;
    this.dialog.setAttribute("aria-label", plainText(top.view.title));
  }

  /** The person goes one view back, or leaves all of them. */
  leave(all) {
    const { view } = this.levels.at(-1);
    const several = this.levels.length > 1;
    this.acts.close(view, all && several);
    if (all) this.clear();
    else this.pop();
  }

  pop() {
    this.levels.pop().form.remove();
    const top = this.levels.at(-1);
    if (!top) return this.clear();
    this.draw();
    return top.focused?.isConnected ? top.focused.focus() : top.focus();
  }

  clear() {
    this.levels = [];
    const { dialog } = this;
    this.dialog = null;
    dialog?.close();
  }

  /** Does what the app answered to a submission. */
  settle(level, answer) {
    if (!answer.ok) return level.say(answer.text ?? "We had some trouble connecting. Try again?");
    if (answer.response_action === "errors") return showErrors(level.body, answer.errors) || level.say(Object.values(answer.errors).join(" "));
    if (answer.response_action === "update") return this.update(level, answer.view);
    if (answer.response_action === "push") return this.show({ do: "push", view: answer.view });
    if (answer.response_action === "clear") return this.clear();
    return this.levels.at(-1) === level ? this.pop() : null;
  }
}
