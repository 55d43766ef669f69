// After everything else has run: nothing of any person or account stands where it does not belong.
//
// Every test plants people with names like no other word. Here they, their tokens and their launch data are searched
// for in every message of the bot, every address that a browser asked the server for, every line of the server's logs
// and every metric.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "../support/fixtures.ts";
import { addresses, plant, planted, workerFolders, type Planted } from "../support/secrets.ts";
import type { Call } from "../support/simulator.ts";
import { TOURNAMENTS } from "../support/stack.ts";

/** Where a message goes to, which Telegram must be told, and nobody reads. */
const RECIPIENT = new Set(["chat_id", "user_id"]);

/** All texts in a call of the Bot API, but for whom it is meant. */
function texts(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value === "number") return [String(value)];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, part]) => (RECIPIENT.has(name) ? [] : [name, ...texts(part)]));
}

/** The planted strings that stand in a text, as they are and percent-encoded. A finding names the kind, not the string. */
function findings(where: string, text: string, secrets: Planted[]): string[] {
  return secrets
    .filter(({ value }) => text.includes(value) || text.includes(encodeURIComponent(value)))
    .map(({ kind }) => `a ${kind} in ${where}`);
}

/** What a worker has written down. */
function read(folder: string, name: string): string {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

test("no name, number, token or launch data is in a message, an address, a log line or a metric", async ({
  desk,
  newPerson,
  openApp,
  page,
  person,
  stack,
}) => {
  // A last round in this worker, with all that can be got wrong, so that this test means something on its own.
  const secretText = "my card is 4929 1840 5517 3306";
  plant(stack.folder, "text", secretText);
  await desk.open();
  await desk.become(person);
  for (const text of ["/start", secretText, "/stats", "/status", `/start ${person.username}`]) {
    const before = await desk.answers.count();
    await desk.send(text);
    await expect(desk.answers).toHaveCount(before + 1, { timeout: 15_000 });
  }
  await stack.telegram.shareContact(person.id, person.phone);
  await person.scores(TOURNAMENTS.best, 1);
  const other = await newPerson();
  const app = await openApp(other, { path: "/app/profile" });
  await app.expectSignedIn(other.firstName);
  await page.reload();
  await app.expectSignedIn(other.firstName);
  for (const initData of ["", "hash=0", other.initData().replace(other.firstName, "Somebody")]) {
    await page.request.post(`${stack.url}/v1/tg/exchange`, { data: { init_data: initData } });
  }
  const metrics = await stack.metrics();
  const calls = await stack.telegram.calls();

  const found: string[] = [];
  const seen = { secrets: 0, calls: 0, addresses: 0, lines: 0, metrics: 0 };
  for (const folder of workerFolders()) {
    const secrets = planted(folder);
    const isOwn = folder === stack.folder;
    const sent: Call[] = isOwn ? calls : (JSON.parse(read(folder, "calls.json") || "[]") as Call[]);
    for (const call of sent) found.push(...findings(`a call of ${call.method}`, texts(call.payload).join("\n"), secrets));
    const asked = addresses(folder).filter((address) => !isTelegrams(address));
    for (const address of asked) found.push(...findings(`the address ${new URL(address).pathname}`, address, secrets));
    const log = read(folder, "podium.log").split("\n").filter(Boolean);
    for (const line of log) found.push(...findings(`a log line of ${targetOf(line)}`, line, secrets));
    const exported = isOwn ? metrics : read(folder, "metrics.txt");
    for (const line of exported.split("\n")) found.push(...findings("a metric", line, secrets));
    seen.secrets += secrets.length;
    seen.calls += sent.filter((call) => call.method.toLowerCase() === "sendmessage").length;
    seen.addresses += asked.length;
    seen.lines += log.length;
    seen.metrics += exported.length;
  }
  expect([...new Set(found)]).toEqual([]);

  // Nothing is found where nothing is looked at.
  expect(seen.secrets).toBeGreaterThan(10);
  expect(seen.calls).toBeGreaterThanOrEqual(5);
  expect(seen.addresses).toBeGreaterThan(5);
  expect(seen.lines).toBeGreaterThan(20);
  expect(seen.metrics).toBeGreaterThan(1000);
  const kinds = new Set(workerFolders().flatMap((folder) => planted(folder).map(({ kind }) => kind)));
  expect([...kinds].sort()).toEqual(
    ["bot token", "init data", "jwt", "name", "phone", "refresh token", "telegram id", "text", "username"].sort(),
  );
});

test("the search finds what is there", () => {
  const secrets: Planted[] = [
    { kind: "name", value: "Quenbyabc" },
    { kind: "bot token", value: "1:a/b" },
  ];
  expect(findings("a metric", 'users{name="Quenbyabc"} 1', secrets)).toEqual(["a name in a metric"]);
  expect(findings("an address", "/x?token=1%3Aa%2Fb", secrets)).toEqual(["a bot token in an address"]);
  expect(texts({ chat_id: 7, text: "Hi", reply_markup: { rows: [["Quenbyabc"]] } })).toContain("Quenbyabc");
  expect(texts({ chat_id: "7777777777" })).toEqual([]);
});

/** The simulated Telegram's own addresses name people, as the real one's do. */
function isTelegrams(address: string): boolean {
  return new URL(address).pathname.startsWith("/_sim/");
}

/** Who wrote a line, so that a finding can be followed up without printing the line. */
function targetOf(line: string): string {
  try {
    return String((JSON.parse(line) as { target?: string }).target);
  } catch {
    return "nobody known";
  }
}
