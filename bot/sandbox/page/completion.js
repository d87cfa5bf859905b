// What a composer suggests while somebody types: commands and shortcuts, people, channels, emoji.
import { emojiLike } from "./emoji.js";
import { avatar, channelName, workspace } from "./workspace.js";
import { h, icon } from "./dom.js";

const MOST = 10; // suggestions at a time

const OWN = [
  { command: "/invite", usage_hint: "@Threadbook", description: "Add the app to this channel" },
  { command: "/remove", usage_hint: "@Threadbook", description: "Take the app out of this channel" },
];

/** The slash commands that work here: the app's and the workspace's own. */
export const commands = () => [...workspace.commands, ...OWN];

const like = (typed) => (name) => name.toLowerCase().includes(typed.toLowerCase());
/** Whether a word of a name begins with what was typed. */
const begins = (typed) => (name) => name.toLowerCase().split(/[\s.-]+/).some((word) => word.startsWith(typed.toLowerCase()));
const people = () => [{ id: workspace.bot.user_id, name: workspace.bot.name, handle: workspace.bot.name }, ...workspace.people];

/** Each kind: what before the caret starts it, and what it offers for the words typed. */
const kinds = [
  {
    starts: /^(\/[\w-]*)$/,
    offers: (typed) => [
      ...commands().filter(({ command }) => command.startsWith(typed)).map((each) => ({
        insert: `${each.command} `, mark: icon("slash"), title: each.command, hint: each.usage_hint, about: each.description,
      })),
      ...workspace.shortcuts.filter(({ name }) => like(typed.slice(1))(name)).map((each) => ({
        insert: "", runs: each.callback_id, mark: icon("bolt"), title: each.name, about: each.description, group: "Shortcuts",
      })),
    ],
  },
  {
    starts: /(?:^|\s)@([\w.-]*)$/,
    offers: (typed) => people().filter(({ name, handle }) => begins(typed)(`${name} ${handle}`)).map(({ id, name, handle }) => ({
      insert: `@${handle} `, mark: avatar(id, "small"), title: name, about: handle === name ? "app" : `@${handle}`,
    })),
  },
  {
    starts: /(?:^|\s)#([\w-]*)$/,
    offers: (typed) => workspace.channels.filter((channel) => channel.kind !== "im" && like(typed)(channel.name)).map((channel) => ({
      insert: `#${channelName(channel)} `, mark: icon(channel.kind === "private" ? "lock" : "hash"), title: channel.name, about: channel.topic,
    })),
  },
  {
    starts: /(?:^|\s):([a-z0-9_+-]{2,})$/,
    offers: (typed) => emojiLike(typed).map(([name, character]) => ({ insert: `:${name}: `, mark: character, title: `:${name}:` })),
  },
];

/** Suggestions for the words before the caret: {from (where the typed part starts), offers}, or null. */
export function suggestions(before) {
  for (const { starts, offers } of kinds) {
    const found = starts.exec(before);
    if (!found) continue;
    const lead = before.length - found[1].length;
    const list = offers(found[1]).slice(0, MOST);
    return list.length ? { from: found[0].startsWith("/") ? lead : lead - 1, offers: list } : null;
  }
  return null;
}

/** The list itself; `at` is the chosen row. */
export function suggestionList(id, { offers }, at, onpick) {
  const rows = offers.flatMap((offer, index) => [
    offer.group && offer.group !== offers[index - 1]?.group ? h("div", { class: "group-label", role: "presentation" }, offer.group) : [],
    h("div", { role: "option", id: `${id}-${index}`, class: "menu-item", "aria-selected": String(index === at), onmousedown: (event) => {
      event.preventDefault();
      onpick(index);
    } }, h("span", { class: "suggest-mark" }, offer.mark), h("strong", {}, offer.title), offer.hint && h("code", {}, offer.hint), offer.about && h("small", {}, offer.about)),
  ]);
  return h("div", { role: "listbox", id, class: "menu suggestions", "aria-label": "Suggestions" }, ...rows);
}
