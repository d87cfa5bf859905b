// What somebody took away for themselves, for as long as this browser tab lives: messages by ts, previews by ts and id.

const KEY = "dismissed";

/** The keys of everything that was taken away. */
export const dismissed = () => new Set(JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));

/** Remembers that something was taken away. */
export const dismiss = (key) => sessionStorage.setItem(KEY, JSON.stringify([...dismissed(), key]));
