// Days and times: typed, or picked from a calendar or a list. Values are Slack's: "2026-10-31", "09:30", seconds since 1970.
import { dayWords, daysFromNow, openCalendar } from "./calendar.js";
import { h, iconButton } from "./dom.js";
import { plainText } from "./mrkdwn.js";
import { openMenu } from "./popover.js";
import { send } from "./sending.js";

const two = (number) => String(number).padStart(2, "0");
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NAMED_DAYS = { yesterday: -1, today: 0, tomorrow: 1 };

function asDay(year, month, day) {
  const date = new Date(year, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? `${year}-${two(month)}-${two(day)}` : null;
}

/** The ISO date that somebody typed: 2026-10-31, 31 Oct 2026, Oct 31, today; or null. */
export function readDay(typed) {
  const words = typed.trim().toLowerCase();
  if (words in NAMED_DAYS) return daysFromNow(NAMED_DAYS[words]);
  const plain = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(words);
  if (plain) return asDay(...plain.slice(1).map(Number));
  const name = /[a-z]{3,}/.exec(words)?.[0].slice(0, 3);
  const [day, year = new Date().getFullYear()] = (words.match(/\d+/g) ?? []).map(Number);
  return MONTHS.includes(name) && day ? asDay(year, MONTHS.indexOf(name) + 1, day) : null;
}

/** The time that somebody typed: 9:30, 0930, 9, 9.30 pm; or null. */
export function readTime(typed) {
  const found = /^(\d{1,2})(?:[:.h]?(\d{2}))?\s*(am|pm)?$/.exec(typed.trim().toLowerCase());
  if (!found) return null;
  const half = found[3];
  const hour = half ? (Number(found[1]) % 12) + (half === "pm" ? 12 : 0) : Number(found[1]);
  const minute = Number(found[2] ?? 0);
  return hour < 24 && minute < 60 && (!half || Number(found[1]) <= 12) ? `${two(hour)}:${two(minute)}` : null;
}

const HALF_HOURS = Array.from({ length: 48 }, (_, at) => `${two(Math.floor(at / 2))}:${at % 2 ? "30" : "00"}`);

function openTimes(anchor, chosen, onpick) {
  const near = HALF_HOURS.findLast((each) => each <= (chosen ?? "09:00"));
  openMenu(anchor, HALF_HOURS.map((time) => ({ label: time, current: time === near, onpick: () => onpick(time) })));
}

const DAY = { parse: readDay, note: dayWords, mark: "calendar", opens: "Open the calendar", help: openCalendar, shape: "YYYY-MM-DD", wrong: "That isn't a date. Type it as 2026-10-31, or open the calendar." };
const TIME = { parse: readTime, note: () => "", mark: "clock", opens: "Open the list of times", help: openTimes, shape: "HH:MM", wrong: "That isn't a time. Type it as 09:30." };

/** A field for a day or a time with a button that helps. `onset` is called when its value became another one. */
function part(kind, initial, placeholder, onset) {
  let value = initial ?? null;
  let told = value;
  const control = h("input", { class: "field", type: "text", autocomplete: "off", spellcheck: "false", placeholder: placeholder || kind.shape });
  const note = h("small", { class: "field-note", "aria-hidden": "true" });
  const draw = () => note.replaceChildren(value ? kind.note(value) : "");
  const settle = () => {
    if (value) control.value = value;
    draw();
    if (value === told) return;
    told = value;
    onset();
  };
  const pick = (picked) => {
    value = picked;
    settle();
    control.focus();
  };
  const help = iconButton(kind.mark, kind.opens, () => kind.help(node, value, pick), { "aria-haspopup": "dialog", "aria-expanded": "false" });
  const node = h("span", { class: `dated with-${kind.mark}` }, control, note, help);
  control.value = value ?? "";
  control.addEventListener("input", () => {
    value = kind.parse(control.value);
    draw();
  });
  control.addEventListener("change", settle);
  control.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    help.click();
  });
  draw();
  const wrong = () => (control.value.trim() && !value ? kind.wrong : null);
  return { node, control, get: () => value, wrong };
}

function single(kind, initial, name) {
  return (element, env) => {
    const { node, control, get, wrong } = part(kind, env.held ? env.held[name] : element[initial], plainText(element.placeholder), () => send(element, env, read()));
    const read = () => ({ [name]: get() });
    return { node, control, read, check: wrong };
  };
}

function datetime(element, env) {
  const seconds = env.held ? env.held.selected_date_time : element.initial_date_time;
  const start = seconds ? new Date(seconds * 1000) : null;
  const tell = () => read().selected_date_time && send(element, env, read());
  const day = part(DAY, start && asDay(start.getFullYear(), start.getMonth() + 1, start.getDate()), "", tell);
  const time = part(TIME, start && `${two(start.getHours())}:${two(start.getMinutes())}`, "", tell);
  const read = () => ({ selected_date_time: day.get() && time.get() ? Math.floor(new Date(`${day.get()}T${time.get()}:00`) / 1000) : null });
  const half = () => (Boolean(day.get()) !== Boolean(time.get()) ? "Give both a date and a time." : null);
  day.control.setAttribute("aria-label", "Date");
  time.control.setAttribute("aria-label", "Time");
  const node = h("span", { class: "day-and-time", role: "group" }, day.node, time.node);
  return { node, control: node, group: true, read, check: () => day.wrong() ?? time.wrong() ?? half() };
}

export const dated = {
  datepicker: single(DAY, "initial_date", "selected_date"),
  timepicker: single(TIME, "initial_time", "selected_time"),
  datetimepicker: datetime,
};
