// The control API of the simulator. Every call has a timeout; a refusal is told in a note.

import { toast } from "./dom.js";

const TIMEOUT_MS = 15_000;

async function call(path, options) {
  const response = await fetch(`/_sim/${path}`, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body = await response.json();
  if (!response.ok) {
    toast(body.error ?? `The simulator answered ${response.status}`);
    throw new Error(body.error ?? `status ${response.status}`);
  }
  return body;
}

export const get = (path) => call(path, {});

export const post = (path, body = {}) =>
  call(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Calls back on every change, and once at the start and after every broken connection. */
export function onChange(callback) {
  const events = new EventSource("/_sim/events");
  events.addEventListener("changed", callback);
  events.addEventListener("open", callback);
}
