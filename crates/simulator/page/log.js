// The list of what passed between the app and its host, newest first.

const ENTRIES_MAX = 200;

export const entries = [];
const listeners = new Set();

export function onLog(listener) {
  listeners.add(listener);
}

/** `direction`: `<` from the app, `>` to the app, `!` refused. */
export function log(direction, name, data) {
  const text = data === undefined || data === "" ? "" : JSON.stringify(data);
  entries.unshift({ direction, name, text: text.length > 200 ? `${text.slice(0, 200)}…` : text });
  entries.length = Math.min(entries.length, ENTRIES_MAX);
  for (const listener of listeners) listener();
}
