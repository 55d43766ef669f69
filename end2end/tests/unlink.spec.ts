// Unlinking ends what belongs to the account at once: also what was queued and has not left yet.

import { expect, test } from "../support/fixtures.ts";
import type { Person } from "../support/person.ts";
import { until } from "../support/service.ts";
import type { Stack } from "../support/stack.ts";

const WAIT_MS = 15_000;
const FLOOD = 429;

/** What the bot has written to somebody. */
async function read(stack: Stack, person: Person): Promise<string[]> {
  const { messages } = await stack.telegram.chat(person.id);
  return messages.filter(({ from }) => from === "bot").map(({ text }) => text);
}

test("a message that waits when the link ends never arrives", async ({ newPerson, openApp, stack }) => {
  const [leaver, other] = [await newPerson({ isStranger: true }), await newPerson({ isStranger: true })];
  for (const person of [leaver, other]) {
    await stack.telegram.sendMessage(person.id, "/start");
    await until("the greeting", WAIT_MS, async () => (await read(stack, person)).length > 0);
  }
  const [left, kept] = [await stack.platform.link(leaver), await stack.platform.link(other)];

  // Telegram asks the bot to wait, again and again: what is sent meanwhile is queued for later.
  await stack.telegram.break({ next_429: 1000, retry_after: 2 });
  await stack.platform.notify(left, "Your deposit of 4711 has arrived");
  await until("the first try", WAIT_MS, async () =>
    (await stack.telegram.calls()).some(({ payload, status }) => payload["chat_id"] === leaver.id && status === FLOOD),
  );
  await stack.platform.notify(kept, "Your deposit of 4712 has arrived");

  const app = await openApp(leaver, { path: "/app/settings", platform: "unknown" });
  await app.root.getByRole("button", { name: "Unlink the account" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Unlink the account" }).click();
  await expect(app.root.getByText("Not linked", { exact: true })).toBeVisible();
  expect(await read(stack, leaver)).not.toContain("Your deposit of 4711 has arrived");

  // What was queued after it for somebody else arrives, and so does an answer in the same chat; it does not.
  await stack.telegram.calm();
  await until("the other one's message", WAIT_MS, async () =>
    (await read(stack, other)).includes("Your deposit of 4712 has arrived"),
  );
  const before = (await read(stack, leaver)).length;
  await stack.telegram.sendMessage(leaver.id, "/link");
  await until("the answer", WAIT_MS, async () => (await read(stack, leaver)).length > before);
  expect(await read(stack, leaver)).not.toContain("Your deposit of 4711 has arrived");
});
