// What the page knows of the workspace: the last /page/state, the channel that is open (`here`), and look-ups in it.

const EMPTY = { workspace: { id: "", name: "" }, me: "", people: [], bot: { user_id: "", name: "", connected: false, connections: 0 }, channels: [], commands: [], shortcuts: [], home: false };

export const workspace = { ...EMPTY };

/** Takes over a new /page/state. */
export function learn(state) {
  Object.assign(workspace, EMPTY, state);
  workspace.shortcuts = workspace.shortcuts.filter(({ type }) => type === "global");
}

const STRANGER = { color: "#7d888d", role: "", bot: false };

/** A colour for CSS; Slack itself writes colours without the #. */
const css = (color) => (/^[0-9a-f]{6}$/i.test(color) ? `#${color}` : color);

/** The person or app with this id: {id, name, handle, color, role, bot}. Somebody unknown is shown by their id. */
export function who(id) {
  const { bot, people } = workspace;
  if (id && id === bot.user_id) return { id, name: bot.name, handle: bot.name, color: "#1c8279", role: "app", bot: true };
  if (id === "USLACKBOT") return { ...STRANGER, id, name: "Slackbot", handle: "slackbot" };
  const person = people.find((each) => each.id === id);
  return person ? { ...person, color: css(person.color), bot: false } : { ...STRANGER, id, name: id ?? "someone", handle: id ?? "someone" };
}

export const channelOf = (id) => workspace.channels.find((channel) => channel.id === id);

/** How a channel is called: the other side's name for a direct message. */
export function channelName(channel) {
  if (!channel) return "";
  return channel.kind === "im" ? who(channel.with ?? workspace.bot.user_id).name : channel.name;
}

const initials = (name) => name.split(/\s+/).slice(0, 2).map((word) => word[0] ?? "").join("").toUpperCase();

/** A square picture: the app's mark, or initials on the person's colour. */
export function avatar(id, size = "") {
  const { name, color, bot } = who(id);
  if (bot) {
    const mark = document.createElement("img");
    Object.assign(mark, { src: "/static/mark.svg", alt: "", className: `avatar ${size}` });
    return mark;
  }
  const tile = document.createElement("span");
  tile.className = `avatar ${size}`;
  tile.setAttribute("aria-hidden", "true");
  tile.style.setProperty("--tint", color);
  tile.textContent = initials(name);
  return tile;
}
