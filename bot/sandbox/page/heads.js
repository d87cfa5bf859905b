// What stands above and before the messages: the panes' heads, and the welcome in an empty channel.
import { h, icon, iconButton, redraw } from "./dom.js";
import { emojiText, mrkdwn } from "./mrkdwn.js";
import { avatar, channelName, workspace } from "./workspace.js";

function presence(channel, invite) {
  const { bot } = workspace;
  if (channel.kind === "im") return h("span", { class: "presence" }, h("span", { class: `dot ${bot.connected ? "on" : "off"}` }), bot.connected ? "online" : "offline");
  if (channel.bot_in) return h("span", { class: "presence" }, avatar(bot.user_id, "tiny"), `${bot.name} is here`);
  return h("button", { type: "button", class: "presence absent", title: `/invite @${bot.name}`, onclick: () => invite(`/invite @${bot.name}`) }, `${bot.name} isn't here: invite it`);
}

/** The channel's head: name, topic, and whether the app is in it. */
export function drawChannelHead(host, channel, invite) {
  const build = () => {
    const mark = channel.kind === "im" ? avatar(workspace.bot.user_id, "small") : icon(channel.kind === "private" ? "lock" : "hash");
    const topic = channel.topic && h("span", { class: "topic", title: channel.topic }, emojiText(channel.topic));
    return h("div", { class: "head-row" }, h("h1", {}, mark, channelName(channel)), topic, h("span", { class: "spread" }), presence(channel, invite));
  };
  redraw(host, channel ? [{ key: JSON.stringify([channel.id, channel.name, channel.topic, channel.bot_in, workspace.bot.connected]), build }] : []);
}

/** The thread's head: where it is, and how to leave it. */
export function drawThreadHead(host, channel, close) {
  const where = channel.kind === "im" ? channelName(channel) : `#${channelName(channel)}`;
  host.replaceChildren(h("div", { class: "head-row" }, h("h1", {}, "Thread"), h("span", { class: "topic" }, where), h("span", { class: "spread" }), iconButton("close", "Close the thread", close)));
}

/** What a thread's feed shows after its root: how many replies there are. */
export function repliesRule() {
  const rule = h("div", { class: "thread-rule" });
  return (messages) => {
    const replies = messages.slice(1).filter((message) => !message.ephemeral).length;
    rule.textContent = replies ? `${replies} ${replies === 1 ? "reply" : "replies"}` : "No replies yet";
    return { afterFirst: [rule] };
  };
}

const EXAMPLES = [
  ["/notebook help", "What it can do"],
  ["/notebook run weekly-kpis region=EU", "Charts, a table and a file"],
  ["/notebook run slow-train", "Takes a while: see the card change"],
  ["/notebook run broken", "How a failure looks"],
];

/** The welcome in a channel where nothing was said yet: commands to try by a click. */
export function welcome(channel, say) {
  const direct = channel.kind === "im";
  const title = direct ? `This is between you and ${channelName(channel)}` : `Welcome to #${channelName(channel)}`;
  const examples = EXAMPLES.map(([command, about]) =>
    h("button", { type: "button", class: "example", onclick: () => say(command) }, icon("play"), h("code", {}, command), h("small", {}, about)));
  return h("section", { class: "welcome" },
    avatar(workspace.bot.user_id, "large"),
    h("h2", {}, title),
    h("p", {}, ...mrkdwn("A practice workspace: stand-ins for Slack, Datalore and Deepnote on your own machine, and the real bot. Nothing leaves it, nothing can break. Try one:")),
    h("div", { class: "examples" }, ...examples));
}
