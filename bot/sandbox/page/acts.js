// What people do in messages and views, on its way to the sandbox. `here` says as whom.
import { act, closeView, startShortcut, submitView, suggest } from "./api.js";
import { toast } from "./dom.js";
import { collectState } from "./elements.js";

const SILENCE = "That didn't work.";

/** What a message's elements do; see Row. */
export const messageActs = (here) => ({
  async emit(message, node, action, when) {
    const answer = await act({ as: here.as, channel: message.channel, message_ts: message.ts, action, when, state: { values: collectState(node) } });
    if (!answer.ok) toast(answer.text ?? SILENCE);
  },
  suggest: (message, element, blockId, value) =>
    suggest({ as: here.as, channel: message.channel, message_ts: message.ts, action_id: element.action_id, block_id: blockId, value }),
});

/** What the elements of a view do. `shown` is where it is shown: {view, body, during(work), say(words)}. */
export const viewEnv = (here) => (shown) => ({
  async emit(action, when) {
    const told = { as: here.as, view_id: shown.view.id, action, when, state: { values: collectState(shown.body) } };
    shown.say(null);
    const answer = await shown.during(act(told));
    if (!answer.ok) shown.say(answer.text ?? SILENCE);
  },
  suggest: (element, blockId, value) => suggest({ as: here.as, view_id: shown.view.id, action_id: element.action_id, block_id: blockId, value }),
});

/** What modals ask of the sandbox; see Modals. */
export const modalActs = (here) => ({
  env: viewEnv(here),
  submit: (view, values) => submitView({ as: here.as, view_id: view.id, state: { values } }),
  close: (view, all) => closeView({ as: here.as, view_id: view.id, all }),
});

/** Starts one of the app's shortcuts. */
export async function runShortcut(here, id) {
  const answer = await startShortcut({ as: here.as, callback_id: id });
  if (!answer.ok) toast(answer.text ?? SILENCE);
}
