// Times, in the browser's own zone and a 24-hour clock. A ts is Slack's: seconds since 1970 as a string.

export const dateOf = (ts) => new Date(Number(ts) * 1000);

const format = (options) => {
  const made = new Intl.DateTimeFormat("en-US", { hourCycle: "h23", ...options });
  return (date) => made.format(date);
};

const clock = format({ hour: "2-digit", minute: "2-digit" });
const clockWithSeconds = format({ hour: "2-digit", minute: "2-digit", second: "2-digit" });
const monthDay = format({ month: "long", day: "numeric" });
const shortDate = format({ month: "short", day: "numeric", year: "numeric" });
const weekday = format({ weekday: "long" });
const full = format({ dateStyle: "full", timeStyle: "medium" });

const two = (number) => String(number).padStart(2, "0");
const midnight = (date) => new Date(date.getFullYear(), date.getMonth(), date.getDate());
const daysFromToday = (date) => Math.round((midnight(date) - midnight(new Date())) / 86_400_000);

function ordinal(day) {
  if (day % 100 >= 11 && day % 100 <= 13) return `${day}th`;
  return `${day}${["th", "st", "nd", "rd"][day % 10] ?? "th"}`;
}

function spoken(date) {
  return { "-1": "yesterday", 0: "today", 1: "tomorrow" }[daysFromToday(date)] ?? null;
}

function ago(date) {
  const seconds = Math.round((Date.now() - date.getTime()) / 1000);
  const units = [["day", 86_400], ["hour", 3600], ["minute", 60]];
  const [unit, size] = units.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  const count = Math.floor(Math.abs(seconds) / size);
  if (unit === "second") return seconds >= 0 ? "just now" : "in a moment";
  const words = `${count} ${unit}${count === 1 ? "" : "s"}`;
  return seconds >= 0 ? `${words} ago` : `in ${words}`;
}

const longDay = (date) => `${format({ month: "long" })(date)} ${ordinal(date.getDate())}, ${date.getFullYear()}`;

const tokens = {
  date_num: (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`,
  date_slash: (date) => `${two(date.getMonth() + 1)}/${two(date.getDate())}/${date.getFullYear()}`,
  date: longDay,
  date_short: shortDate,
  date_long: (date) => `${weekday(date)}, ${longDay(date)}`,
  date_pretty: (date) => spoken(date) ?? longDay(date),
  date_short_pretty: (date) => spoken(date) ?? shortDate(date),
  date_long_pretty: (date) => spoken(date) ?? tokens.date_long(date),
  day_divider_pretty: (date) => spoken(date) ?? `${weekday(date)}, ${monthDay(date)}`,
  time: clock,
  time_secs: clockWithSeconds,
  ago,
};

/** Slack's date template ("{date_short} at {time}") filled in for a ts; unknown tokens stay as they are. */
export function fillDate(template, ts) {
  const date = dateOf(ts);
  return template.replace(/\{(\w+)\}/g, (whole, name) => (tokens[name] ? tokens[name](date) : whole));
}

export const timeOf = (ts) => clock(dateOf(ts));
export const wholeDate = (ts) => full(dateOf(ts));
export const dayKey = (ts) => tokens.date_num(dateOf(ts));

/** A day's divider: "Today", "Yesterday", "Tuesday, November 17". */
export function dayName(ts) {
  const words = tokens.day_divider_pretty(dateOf(ts));
  return words[0].toUpperCase() + words.slice(1);
}

export const isToday = (ts) => daysFromToday(dateOf(ts)) === 0;

/** When the last reply came: the time today, else the day as well. */
export function lately(ts) {
  return isToday(ts) ? timeOf(ts) : `${shortDate(dateOf(ts)).replace(/, \d+$/, "")}, ${timeOf(ts)}`;
}

/** An element that shows a filled-in template, and keeps "{ago}" true as time goes. */
export function timeElement(template, ts) {
  const node = document.createElement("time");
  node.dateTime = dateOf(ts).toISOString();
  node.title = wholeDate(ts);
  node.textContent = fillDate(template, ts);
  if (template.includes("{ago}")) Object.assign(node.dataset, { ago: template, ts });
  return node;
}

setInterval(() => {
  for (const node of document.querySelectorAll("time[data-ago]")) node.textContent = fillDate(node.dataset.ago, node.dataset.ts);
}, 20_000);
