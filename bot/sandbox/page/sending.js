// How an element's action leaves the page: confirmed where the element asks for that, and shown as under way.
import { ask } from "./dialogs.js";

const SPIN_MS = 280; // a spinner that flashes by is worse than none

const stamp = () => (Date.now() / 1000).toFixed(6);

/** Whether the person agrees to what the element does, where it asks for that. */
export const agreed = async (element) => !element.confirm || ask(element.confirm);

/** Sends an element's action as Slack would put it; where elements are only read, nothing happens. `when` is what sent a text. */
export const emit = (element, env, value, when) =>
  env.emit?.({ type: element.type, action_id: element.action_id, block_id: env.blockId, ...value, action_ts: stamp() }, when);

/** Sends an element's action, after the confirmation it may ask for. Resolves to false where the person said no. */
export async function send(element, env, value, when) {
  if (!env.emit) return true;
  if (!(await agreed(element))) return false;
  await emit(element, env, value, when);
  return true;
}

/** Runs `work` while `button` shows that it is busy; it can't be clicked twice meanwhile. */
export async function busy(button, work) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  await Promise.allSettled([work(), new Promise((resolve) => setTimeout(resolve, SPIN_MS))]);
  button.removeAttribute("aria-busy");
}
