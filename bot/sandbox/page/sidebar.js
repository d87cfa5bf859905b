// The left side: workspace, channels, direct messages, and who is acting.
import { h, icon, iconButton, redraw } from "./dom.js";
import { avatar, channelName, workspace } from "./workspace.js";

const ROLE = { admin: "Threadbook admin", member: "Member", guest: "Guest" };

function top({ name }, ontheme) {
  const theme = iconButton("sun", "Light or dark", ontheme);
  theme.append(icon("moon"));
  theme.classList.add("theme");
  return h("header", { class: "side-head" }, h("div", { class: "workspace" }, h("strong", {}, name), h("span", { class: "sandbox-tag", title: "Stand-ins for Slack, Datalore and Deepnote, all on this machine" }, "Sandbox")), theme);
}

function lightOf({ name, connected, connections }, linked) {
  const words = !linked ? "The sandbox doesn't answer…" : connected ? `${name} connected` : `${name} isn't connected`;
  const state = linked && connected ? "on" : "off";
  const about = linked && connected ? `${connections} open ${connections === 1 ? "connection" : "connections"}` : "";
  return h("div", { class: `light ${state}`, role: "status", title: about }, h("span", { class: "dot" }), words);
}

function channelLink(channel, current, goTo) {
  const isCurrent = channel.id === current;
  const unread = isCurrent ? 0 : channel.unread;
  const mark = channel.kind === "im" ? avatar(channel.with ?? workspace.bot.user_id, "small") : icon(channel.kind === "private" ? "lock" : "hash");
  const count = unread ? h("span", { class: "unread", "aria-label": `${unread} unread` }, String(unread)) : null;
  const app = channel.kind === "im" && h("span", { class: "badge" }, "APP");
  return h("a", {
    href: `?as=${workspace.me}&channel=${channel.id}`, class: unread ? "channel fresh" : "channel", "aria-current": isCurrent ? "page" : null,
    onclick: (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      goTo(channel.id);
    },
  }, mark, h("span", { class: "channel-name" }, channelName(channel)), app, count);
}

const list = (title, channels, current, goTo) =>
  h("section", { class: "channels", "aria-label": title }, h("h2", {}, title), ...channels.map((channel) => channelLink(channel, current, goTo)));

function actingAs(onperson) {
  const people = workspace.people.map((person) => {
    const mine = person.id === workspace.me;
    const words = h("span", { class: "person-words" }, h("span", {}, person.name), h("small", {}, ROLE[person.role] ?? person.role));
    return h("button", { type: "button", role: "radio", class: "person", "aria-checked": String(mine), onclick: () => onperson(person.id) }, avatar(person.id, "medium"), words, mine && icon("check"));
  });
  return h("section", { class: "acting", role: "radiogroup", "aria-label": "Acting as" }, h("h2", {}, "Acting as"), ...people);
}

/** Draws the sidebar; parts whose data is unchanged keep their nodes. */
export function drawSidebar(host, { current, linked, goTo, onperson, ontheme }) {
  const { channels, bot, people, me, workspace: named } = workspace;
  const rooms = channels.filter(({ kind }) => kind !== "im");
  const direct = channels.filter(({ kind }) => kind === "im");
  redraw(host, [
    { key: `top ${named.name}`, build: () => top(named, ontheme) },
    { key: `light ${JSON.stringify(bot)} ${linked}`, build: () => lightOf(bot, linked) },
    { key: `rooms ${current} ${JSON.stringify(rooms)}`, build: () => list("Channels", rooms, current, goTo) },
    { key: `direct ${current} ${JSON.stringify(direct)}`, build: () => list("Direct messages", direct, current, goTo) },
    { key: "spread", build: () => h("div", { class: "spread" }) },
    { key: `acting ${me} ${JSON.stringify(people)}`, build: () => actingAs(onperson) },
  ]);
}
