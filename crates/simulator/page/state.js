// Who is chosen and what their chat holds. The simulator is the truth; this is its latest copy.

import { get } from "./api.js";

const listeners = new Set();

export const state = {
  bot: null,
  users: [],
  chosen: null,
  chat: null,
  /** Links that friends sent, by person: they exist in this page alone. */
  shared: new Map(),

  user() {
    return this.users.find((user) => user.id === this.chosen) ?? null;
  },
};

export function onState(listener) {
  listeners.add(listener);
}

export function changed() {
  for (const listener of listeners) listener();
}

export async function choose(id) {
  state.chosen = id;
  state.chat = null;
  await refresh();
}

let running = false;
let again = false;

/** Asks the simulator for everything that is shown; calls that come meanwhile become one more round. */
export async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  try {
    do {
      again = false;
      state.bot ??= await get("bot");
      state.users = (await get("users")).users;
      const chosen = state.chosen;
      const chat = chosen === null ? null : await get(`chats/${chosen}`).catch(() => null);
      if (chosen === state.chosen) state.chat = chat;
      else again = true;
      changed();
    } while (again);
  } finally {
    running = false;
  }
}
