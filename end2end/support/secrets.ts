// What must never be seen where it does not belong. Each worker writes down what it has planted and which addresses the
// browser asked for; tests/privacy.spec.ts looks for the one in the other, and in logs, metrics and messages.

import { appendFileSync, existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { runFolder } from "./environment.ts";

export interface Planted {
  kind: "bot token" | "name" | "username" | "telegram id" | "phone" | "init data" | "jwt" | "refresh token" | "text";
  value: string;
}

const PLANTED = "planted.jsonl";
const ADDRESSES = "addresses.txt";

/** Remembers a string that must not be found. */
export function plant(folder: string, kind: Planted["kind"], value: string): void {
  // Shorter ones would be found by chance.
  if (value.length < 6) throw new Error(`a ${kind} of ${value.length} characters can't be searched for`);
  appendFileSync(join(folder, PLANTED), `${JSON.stringify({ kind, value })}\n`);
}

/** Remembers init data by the parts that give it away, encoded or not. */
export function plantInitData(folder: string, initData: string): void {
  const fields = new URLSearchParams(initData);
  for (const name of ["hash", "signature"]) {
    const value = fields.get(name);
    if (value) plant(folder, "init data", value);
  }
}

/** Remembers an address that the browser has asked for. */
export function noteAddress(folder: string, address: string): void {
  appendFileSync(join(folder, ADDRESSES), `${address}\n`);
}

/** The folders of all workers of this run. */
export function workerFolders(): string[] {
  return readdirSync(runFolder()).map((name) => join(runFolder(), name));
}

function lines(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}

export function planted(folder: string): Planted[] {
  return lines(join(folder, PLANTED)).map((line) => JSON.parse(line) as Planted);
}

export function addresses(folder: string): string[] {
  return lines(join(folder, ADDRESSES));
}
