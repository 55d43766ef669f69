// What the tests are told from outside. `cargo xtask test` sets all of it; the defaults are what a checkout holds after
// `cargo xtask build` and `cargo build`.

import { existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** A file or folder that has to be there. */
function place(name: string, fallback: string): string {
  const path = process.env[name] ?? join(ROOT, fallback);
  if (!existsSync(path)) throw new Error(`there is no ${path}: run this by \`cargo xtask test --only e2e\``);
  return path;
}

/** The server. */
export const podiumProgram = () => place("PODIUM_E2E_PODIUM", "target/debug/podium");

/** Telegram on a desk. */
export const simulatorProgram = () => place("PODIUM_E2E_SIMULATOR", "target/debug/simulator");

/** Telegram's official script. */
export const telegramScript = () =>
  place("PODIUM_E2E_SCRIPT", "crates/simulator/node_modules/@twa-dev/sdk/src/telegram-web-apps.js");

/** The built site. */
export const site = () => place("PODIUM_E2E_SITE", "target/site");

/** The browser. */
export function chromium(): string {
  const path = process.env.PODIUM_E2E_CHROMIUM;
  if (path) return path;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const found = folders.map((folder) => join(folder, "chromium")).find((candidate) => existsSync(candidate));
  return found ?? "/usr/bin/chromium";
}

/** Where pictures for the README go, when they are wanted: tests that run for their own sake leave the tree alone. */
export const pictures = (): string | null => (process.env.PODIUM_E2E_PICTURES ? join(ROOT, "docs/images") : null);

/** The folder of this run: logs, databases, and what must not be found in them. */
export function runFolder(): string {
  const folder = process.env.PODIUM_E2E_RUN;
  if (!folder) throw new Error("the global setup has not run");
  return folder;
}
