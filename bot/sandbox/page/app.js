// The page: where the person is, what the sandbox tells, and what the parts show of it.
import { messageActs, modalActs, runShortcut, viewEnv } from "./acts.js";
import { fetchMessages, fetchState, fetchThread, listen, openHome, say } from "./api.js";
import { Composer } from "./composer.js";
import { toast } from "./dom.js";
import { Feed } from "./feed.js";
import { drawChannelHead, drawThreadHead, repliesRule, welcome } from "./heads.js";
import { hasHome, Home } from "./home.js";
import { Modals } from "./modals.js";
import { readRoute, writeRoute } from "./route.js";
import { drawSidebar } from "./sidebar.js";
import { otherTheme } from "./themes.js";
import { channelName, channelOf, learn, workspace } from "./workspace.js";

const $ = (id) => document.getElementById(id);
const here = readRoute();
let linked = true;
let stopListening = () => {};
let heardHere = null; // where messages came while somebody was reading

const acts = messageActs(here);
const modals = new Modals(modalActs(here));
const home = new Home({ bar: $("tabs"), host: $("home"), here, env: viewEnv(here) });

const channelFeed = new Feed({
  scroller: $("channel-scroller"), host: $("channel-feed"), byDay: true,
  acts: { ...acts, openThread: (ts, typing) => openThread(ts, typing) },
  extra: (messages) => ({ before: messages.length ? [] : welcomeNodes() }),
});
const threadFeed = new Feed({ scroller: $("thread-scroller"), host: $("thread-feed"), byDay: false, acts, extra: repliesRule() });

const shortcut = (id) => runShortcut(here, id);
const composer = new Composer({ id: "composer", send: (text) => speak(text), shortcut });
const threadComposer = new Composer({ id: "thread-composer", send: (text) => speak(text, here.thread), shortcut });
$("channel-foot").append(composer.node);
$("thread-foot").append(threadComposer.node);
threadComposer.node.classList.add("in-thread");

let welcomed = null;
function welcomeNodes() {
  const channel = channelOf(here.channel);
  if (!channel || channelFeed.early) return [];
  if (welcomed?.dataset.for !== channel.id) {
    welcomed = welcome(channel, (text) => speak(text));
    welcomed.dataset.for = channel.id;
  }
  return [welcomed];
}

/** Sends what somebody typed; a refusal comes back as a line that only they see. */
async function speak(text, threadTs = null) {
  const channel = here.channel;
  const answer = await say({ as: here.as, channel, text, ...(threadTs ? { thread_ts: threadTs } : {}) });
  if (answer.ok || channel !== here.channel) return answer.ok;
  const ts = (Date.now() / 1000).toFixed(6);
  const line = { ts, channel, user: "USLACKBOT", text: answer.text ?? answer.error, ephemeral: true, bot: false, edited: false };
  (threadTs ? threadFeed : channelFeed).put(line);
  (threadTs ? threadFeed : channelFeed).follower.toEnd();
  return false;
}

function draw() {
  const channel = channelOf(here.channel);
  drawSidebar($("sidebar"), { current: here.channel, linked, goTo: (id) => goTo(id), onperson: (id) => attempt(becomes(id)), ontheme: switchTheme });
  drawChannelHead($("channel-head"), channel, (text) => composer.fill(text));
  const unread = workspace.channels.reduce((sum, each) => sum + (each.id === here.channel ? 0 : each.unread), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${channelName(channel)} · ${workspace.workspace.name} sandbox`;
}

/** Where somebody starts who asked for no channel: where the app is. */
const firstChannel = () => workspace.channels.find((channel) => channel.kind === "public" && channel.bot_in) ?? workspace.channels[0];

async function refreshState() {
  learn(await fetchState(here.as));
  here.as = workspace.me;
  if (!channelOf(here.channel)) here.channel = firstChannel()?.id ?? null;
  Object.assign(channelOf(here.channel) ?? {}, { unread: 0 }); // it is being read
  draw();
  composer.changed();
}

/** Waits for something that may fail because the sandbox is gone, and then says so. */
async function attempt(work) {
  try {
    await work;
  } catch (problem) {
    toast("The sandbox doesn't answer. Is it still running?");
    console.warn(problem);
  }
}

/** Marks what was read here as it came: the sandbox counts a message as read once it was asked for. */
function leave() {
  if (heardHere) attempt(fetchMessages(heardHere.as, heardHere.channel));
  heardHere = null;
}

/** Opens a channel, at its end. */
async function goTo(channelId, { step = true, thread = null, tab = null } = {}) {
  leave();
  const channel = channelOf(channelId);
  Object.assign(here, { channel: channelId, thread, tab: hasHome(channel) ? tab : null });
  workspace.here = channelId;
  writeRoute(here, step);
  if (!channel) return;
  channel.unread = 0;
  draw();
  drawTab(channel);
  showThreadPane(Boolean(thread));
  channelFeed.clear();
  const name = channel.kind === "im" ? channelName(channel) : `#${channelName(channel)}`;
  composer.moveTo(channelId, `Message ${name}`);
  const shown = attempt(channelFeed.load(fetchMessages(here.as, channelId)));
  if (thread) await openThread(thread, false);
  else if (!here.tab) composer.focus();
  await shown;
}

/** Shows the tab that is open: the messages, or in the app's direct message its Home. */
function drawTab(channel) {
  home.drawTabs(channel, pickTab);
  $("channel-scroller").hidden = $("channel-foot").hidden = here.tab === "home";
  if (here.tab) attempt(home.load());
}

function pickTab(name) {
  here.tab = name === "home" ? name : null;
  if (here.tab && here.thread) closeThread();
  if (!here.tab) attempt(openHome({ as: here.as, tab: "messages" }));
  writeRoute(here, true);
  drawTab(channelOf(here.channel));
}

function showThreadPane(open) {
  $("thread").hidden = !open;
  $("app").classList.toggle("with-thread", open);
}

async function openThread(ts, typing = true) {
  const again = here.thread === ts && !$("thread").hidden && threadFeed.messages.has(ts);
  here.thread = ts;
  writeRoute(here, false);
  showThreadPane(true);
  drawThreadHead($("thread-head"), channelOf(here.channel), closeThread);
  threadComposer.moveTo(`${here.channel} ${ts}`, "Reply…");
  if (typing) threadComposer.focus();
  if (again) return;
  threadFeed.clear();
  await loadThread();
}

/** Shows the thread's messages; a thread that is gone is closed. */
async function loadThread(how) {
  try {
    await threadFeed.load(fetchThread(here.as, here.channel, here.thread), how);
  } catch {
    toast("This thread can't be shown.");
    closeThread();
  }
}

function closeThread() {
  here.thread = null;
  writeRoute(here, false);
  showThreadPane(false);
  composer.focus();
}

const inThread = ({ thread_ts: thread, ts }) => Boolean(thread) && thread !== ts;

function heard(message) {
  if (message.channel !== here.channel) return inThread(message) || countUnread(message.channel);
  if (here.thread && (message.thread_ts === here.thread || message.ts === here.thread)) threadFeed.put(message);
  heardHere = { as: here.as, channel: here.channel };
  if (!inThread(message)) channelFeed.put(message);
}

function countUnread(channelId) {
  const channel = channelOf(channelId);
  if (!channel) return attempt(refreshState());
  channel.unread += 1;
  draw();
}

const events = {
  message: ({ message }) => heard(message),
  changed: ({ message }) => message.channel === here.channel && heard(message),
  deleted({ channel, ts }) {
    if (channel !== here.channel) return;
    channelFeed.remove(ts);
    threadFeed.remove(ts);
  },
  bot({ type, ...news }) {
    Object.assign(workspace.bot, news);
    draw();
  },
  channels: () => attempt(refreshState()),
  view: (event) => modals.show(event),
  home: ({ view }) => home.put(view),
};

/** After a gap in the stream everything shown is asked for again, in place. */
async function catchUp() {
  await refreshState();
  await Promise.all([
    channelFeed.load(fetchMessages(here.as, here.channel), { keepPlace: true }),
    here.thread && loadThread({ keepPlace: true }),
    here.tab && home.load(),
  ]);
}

/** Listens for this person; resolves once the stream is open or has failed. What is fetched after that misses nothing. */
function follow() {
  stopListening();
  return new Promise((settled) => {
    stopListening = listen(here.as, {
      onevent: (event) => events[event.type]?.(event),
      onlink(up, again) {
        linked = up;
        draw();
        settled();
        if (up && again) attempt(catchUp());
      },
    });
  });
}

/** Learns what another person sees, and follows what happens for them. */
async function startAfresh() {
  modals.clear();
  home.forget();
  await refreshState();
  await follow();
}

/** Acts as another person from now on; they may not see this channel. */
async function becomes(person) {
  leave();
  here.as = person;
  await startAfresh();
  await goTo(here.channel, { tab: here.tab });
}

function switchTheme() {
  here.theme = otherTheme();
  writeRoute(here, false);
}

addEventListener("popstate", async () => {
  const before = here.as;
  Object.assign(here, readRoute());
  if (here.as !== before) await startAfresh();
  await goTo(here.channel, { step: false, thread: here.thread, tab: here.tab });
});

document.addEventListener("click", (event) => {
  const mention = event.target.closest("a[data-channel]");
  if (!mention || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  goTo(mention.dataset.channel);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && here.thread && !document.querySelector("dialog[open]")) closeThread();
});

async function start() {
  try {
    await refreshState();
  } catch {
    linked = false;
    draw();
    setTimeout(start, 1500);
    return;
  }
  await follow();
  await goTo(here.channel, { step: false, thread: here.thread, tab: here.tab });
}

start();
