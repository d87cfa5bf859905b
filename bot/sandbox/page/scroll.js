// Follows the end of a list for as long as the person is there; elsewhere it stays where they read.
import { h, icon } from "./dom.js";

const NEAR = 48;

export class Follower {
  constructor(scroller, content) {
    this.scroller = scroller;
    this.following = true;
    this.missed = 0;
    this.pill = h("button", { type: "button", class: "pill", hidden: true, onclick: () => this.toEnd() });
    scroller.after(h("div", { class: "pill-place" }, this.pill));
    scroller.addEventListener("scroll", () => this.look(), { passive: true });
    const sizes = new ResizeObserver(() => this.following && this.toEnd());
    sizes.observe(content);
    sizes.observe(scroller);
  }

  look() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.following = scrollHeight - scrollTop - clientHeight < NEAR;
    if (this.following) this.count(0);
  }

  toEnd() {
    this.following = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.count(0);
  }

  /** Tells that a message came; shows the pill where the person would not see it. */
  came() {
    if (!this.following) this.count(this.missed + 1);
  }

  count(missed) {
    this.missed = missed;
    this.pill.hidden = !missed;
    this.pill.replaceChildren(icon("arrow-down"), missed === 1 ? "1 new message" : `${missed} new messages`);
  }
}
