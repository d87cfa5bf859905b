// Where the options of select menus come from: given, asked for from the app, or the workspace's people and channels.
import { plainText } from "./mrkdwn.js";
import { channelName, workspace } from "./workspace.js";

/** An option's words. */
export const words = (option) => plainText(option.text);

const holds = (typed) => (option) => `${words(option)} ${plainText(option.description)}`.toLowerCase().includes(typed.trim().toLowerCase());
const named = (value, text) => ({ value, text: { type: "plain_text", text } });
const asOption = (channel) => named(channel.id, channel.kind === "im" ? channelName(channel) : `#${channelName(channel)}`);

/** The option an id stands for, wherever it is known. */
export function optionOf(id) {
  const person = workspace.people.find((each) => each.id === id);
  const channel = workspace.channels.find((each) => each.id === id);
  return person ? named(id, person.name) : channel ? asOption(channel) : named(id, id);
}

function wanted({ filter = {} }) {
  const { include, exclude_bot_users: noBots } = filter;
  return ({ kind }) => (!include || include.includes(kind)) && !(noBots && kind === "im");
}

/** Asks the app; what is typed has to be long enough first. */
const external = (element, env) => async (typed) => {
  const least = element.min_query_length ?? 3;
  if (typed.length < least) return { groups: [], note: `Type at least ${least} ${least === 1 ? "character" : "characters"} to search.` };
  const { options, option_groups: groups, error } = await env.suggest(element, env.blockId, typed);
  if (error) return { groups: [], note: "The app didn't answer. Type again to retry." };
  return { groups: (groups ?? [{ options: options ?? [] }]).map((group) => ({ label: plainText(group.label), options: group.options })) };
};

const given = (element) => async (typed) => {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  const kept = groups.map((group) => ({ label: plainText(group.label), options: group.options.filter(holds(typed)) }));
  return { groups: kept.filter((group) => group.options.length) };
};

const all = (list) => async (typed) => ({ groups: [{ options: list().filter(holds(typed)) }] });

/** By the kind of menu: element and env in, and out comes what finds {groups: [{label, options}], note?} for words typed. */
export const sources = {
  static: given,
  external,
  users: () => all(() => workspace.people.map(({ id, name, handle }) => ({ ...named(id, name), description: { type: "plain_text", text: `@${handle}` } }))),
  channels: () => all(() => workspace.channels.filter(({ kind }) => kind === "public").map(asOption)),
  conversations: (element) => all(() => workspace.channels.filter(wanted(element)).map(asOption)),
};
