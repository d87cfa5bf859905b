// The Home tab of the app's direct message: its tab bar, and the view that the app published for this person.
import { fetchHome, openHome } from "./api.js";
import { h, redraw, toast } from "./dom.js";
import { isStale, renderView } from "./views.js";
import { avatar, workspace } from "./workspace.js";

const TABS = [["home", "Home"], ["messages", "Messages"]];

/** Whether this is where the app's Home tab stands. */
export const hasHome = (channel) => Boolean(workspace.home && channel?.kind === "im");

/** Draws the tab bar; `onpick(name)` opens a tab. */
function drawTabs(host, current, onpick) {
  const tab = ([name, words]) => h("button", {
    type: "button", role: "tab", id: `tab-${name}`, class: "tab", "aria-selected": String(name === current), tabindex: name === current ? "0" : "-1", onclick: () => onpick(name),
  }, words);
  redraw(host, [{ key: current, build: () => h("div", { class: "tab-row", role: "tablist", "aria-label": workspace.bot.name }, ...TABS.map(tab)) }]);
  host.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const at = TABS.findIndex(([name]) => name === current);
    onpick(TABS[(at + step + TABS.length) % TABS.length][0]);
    host.querySelector("[aria-selected=true]").focus();
  };
}

const nothing = () => h("div", { class: "no-home" }, avatar(workspace.bot.user_id, "large"), h("p", {}, `${workspace.bot.name} hasn't shown anything here yet.`));

/** The tab bar and the Home tab's panel. `here` is where the person is, `env(home)` what elements in the view may do. */
export class Home {
  constructor({ bar, host, here, env }) {
    Object.assign(this, { bar, host, here });
    this.env = env(this);
    this.forget();
  }

  /** Shows nothing, because somebody else is going to look. */
  forget() {
    this.view = null;
    this.body = h("div", { class: "home-view" });
    this.host.replaceChildren();
  }

  /** Draws the tab bar where there is one; `onpick(name)` opens a tab. */
  drawTabs(channel, onpick) {
    this.bar.hidden = !hasHome(channel);
    if (hasHome(channel)) drawTabs(this.bar, this.here.tab ?? "messages", onpick);
    this.host.hidden = this.here.tab !== "home";
  }

  /** Tells the app that the tab was opened, and shows what it published so far; what it publishes then is an event. */
  async load() {
    const [view] = await Promise.all([fetchHome(this.here.as), openHome({ as: this.here.as, tab: "home" })]);
    this.put(view);
  }

  /** Says what went wrong; null is nothing. */
  say(words) {
    if (words) toast(words);
  }

  /** Shows that the app is being asked; resolves to its answer. */
  async during(work) {
    this.host.classList.add("working");
    const answer = await work;
    this.host.classList.remove("working");
    return answer;
  }

  /** Shows a view, or words where the app has published none. */
  put(view) {
    if (!view && !this.view) this.host.replaceChildren(nothing());
    if (!view || isStale(view, this.view)) return;
    this.view = view;
    renderView(this.body, view, this.env);
    if (!this.body.isConnected) this.host.replaceChildren(this.body);
  }
}
