// A month to choose a day from, by mouse or keys. Days are ISO dates: "2026-10-31".
import { h, iconButton } from "./dom.js";
import { closePopover, openPopover, settlePopover } from "./popover.js";

const two = (number) => String(number).padStart(2, "0");
const iso = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const dayOf = (words) => new Date(`${words}T12:00:00`);
const moved = (date, days) => new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, 12);

/** The same day of another month, or that month's last. */
function movedMonths(date, months) {
  const last = new Date(date.getFullYear(), date.getMonth() + months + 1, 0).getDate();
  return new Date(date.getFullYear(), date.getMonth() + months, Math.min(date.getDate(), last), 12);
}

const named = (options) => (date) => new Intl.DateTimeFormat("en-US", options).format(date);
const monthName = named({ month: "long", year: "numeric" });
const wholeDay = named({ dateStyle: "full" });
const WEEK = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/** Today, as the browser's zone has it. */
export const today = () => iso(new Date());

/** A day so many days from today. */
export const daysFromNow = (days) => iso(moved(new Date(), days));

/** A day's name beside its date: "Sat, Oct 31". */
export const dayWords = (words) => named({ weekday: "short", month: "short", day: "numeric" })(dayOf(words));

function keyed(date, key) {
  const weekday = (date.getDay() + 6) % 7;
  const next = {
    ArrowLeft: () => moved(date, -1), ArrowRight: () => moved(date, 1), ArrowUp: () => moved(date, -7), ArrowDown: () => moved(date, 7),
    Home: () => moved(date, -weekday), End: () => moved(date, 6 - weekday), PageUp: () => movedMonths(date, -1), PageDown: () => movedMonths(date, 1),
  }[key];
  return next?.() ?? null;
}

/** Opens a calendar beside `anchor` at the day `chosen` (or today); `onpick(day)` gets what somebody picks. */
export function openCalendar(anchor, chosen, onpick) {
  let at = dayOf(chosen ?? today());
  const grid = h("div", { class: "month", role: "grid" });
  const title = h("strong", { "aria-live": "polite" });
  const pick = (day) => {
    closePopover();
    onpick(day);
  };
  const dayButton = (date, month) => {
    const day = iso(date);
    const classes = ["day-cell", date.getMonth() === month ? "" : "outside", day === today() ? "today" : ""].join(" ");
    return h("button", {
      type: "button", role: "gridcell", class: classes, "aria-label": wholeDay(date), "aria-selected": String(day === chosen), tabindex: day === iso(at) ? "0" : "-1",
      onclick: () => pick(day),
    }, String(date.getDate()));
  };
  const draw = (focus) => {
    title.textContent = monthName(at);
    const first = new Date(at.getFullYear(), at.getMonth(), 1, 12);
    const start = moved(first, -((first.getDay() + 6) % 7));
    const days = Array.from({ length: 42 }, (_, index) => dayButton(moved(start, index), at.getMonth()));
    grid.replaceChildren(...WEEK.map((name) => h("span", { class: "week-name", "aria-hidden": "true" }, name)), ...days);
    if (focus) grid.querySelector("[tabindex='0']").focus();
  };
  const turn = (months) => () => {
    at = movedMonths(at, months);
    draw(false);
  };
  grid.addEventListener("keydown", (event) => {
    const next = keyed(at, event.key);
    if (!next) return;
    event.preventDefault();
    at = next;
    draw(true);
  });
  const head = h("div", { class: "month-head" }, iconButton("left", "The month before", turn(-1)), title, iconButton("right", "The month after", turn(1)));
  const foot = h("div", { class: "month-foot" }, h("button", { type: "button", class: "text-button", onclick: () => pick(today()) }, "Today"));
  const box = h("div", { class: "menu calendar", role: "dialog", "aria-label": "Calendar" }, head, grid, foot);
  if (!openPopover(anchor, box)) return;
  draw(true);
  settlePopover();
}
