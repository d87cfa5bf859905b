// The page's HTTP contract with the sandbox: JSON both ways, and one stream of events.

const SILENT = { ok: false, text: "The sandbox doesn't answer. Is it still running?" };

async function get(path, params) {
  const reply = await fetch(`${path}?${new URLSearchParams(params)}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`, { cause: reply.status });
  return reply.json();
}

/** Posts and answers with the reply's JSON: always {ok, …}; what went wrong is in `text`, for the person. */
async function post(path, body) {
  try {
    const reply = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    const answer = await reply.json();
    return reply.ok ? answer : { ok: false, text: `The sandbox refused that (${reply.status}).`, ...answer };
  } catch {
    return SILENT;
  }
}

const FIRST = "ana"; // the person somebody starts as who asked for nobody, or for a stranger

/** The state for a person. */
export async function fetchState(as) {
  if (!as) return get("/page/state", { as: FIRST });
  return get("/page/state", { as }).catch((problem) => {
    if (problem.cause === 404) return get("/page/state", { as: FIRST });
    throw problem;
  });
}

export const fetchMessages = async (as, channel) => (await get("/page/messages", { as, channel })).messages;
export const fetchThread = async (as, channel, ts) => (await get("/page/thread", { as, channel, ts })).messages;
export const say = (body) => post("/page/say", body);
export const act = (body) => post("/page/act", body);
export const suggest = (body) => post("/page/suggest", body);
export const fetchHome = async (as) => (await get("/page/home", { as })).view;
export const openHome = (body) => post("/page/home", body);
export const startShortcut = (body) => post("/page/shortcut", body);
export const submitView = (body) => post("/page/view/submit", body);
export const closeView = (body) => post("/page/view/close", body);

const RETRY_MS = 1500;

/**
 * Listens to what happens for a person, for ever. `onevent(event)` gets each event; `onlink(up, again)` is told when the
 * stream opens (again: after a gap, so things may have been missed) and when it breaks. Returns a function that stops it.
 */
export function listen(as, { onevent, onlink }) {
  let source;
  let broken = false;
  let timer;
  const connect = () => {
    source = new EventSource(`/page/events?${new URLSearchParams({ as })}`);
    source.onopen = () => {
      onlink(true, broken);
      broken = false;
    };
    source.onmessage = ({ data }) => onevent(JSON.parse(data));
    source.onerror = () => {
      broken = true;
      onlink(false, true);
      source.close();
      timer = setTimeout(connect, RETRY_MS);
    };
  };
  connect();
  return () => {
    clearTimeout(timer);
    source.close();
  };
}
