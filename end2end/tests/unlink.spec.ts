// Unlinking ends what belongs to the account at once: also what was queued and has not left yet.

import { expect, test } from "../support/fixtures.ts";
import { Person } from "../support/person.ts";
import { until } from "../support/service.ts";
import { Stack } from "../support/stack.ts";

const WAIT_MS = 20_000;
const FLOOD = 429;
const LEFT = "Your deposit of 4711 has arrived";
const KEPT = "Your deposit of 4712 has arrived";

/** What the bot has written to somebody. */
async function read(stack: Stack, person: Person): Promise<string[]> {
  const { messages } = await stack.telegram.chat(person.id);
  return messages.filter(({ from }) => from === "bot").map(({ text }) => text);
}

/** How many messages are queued, as the server has last counted them. */
const queued = (stack: Stack) => stack.metric('queue_depth{queue="outbox",state="waiting"}');

test("a message that waits when the link ends never arrives", async ({ openApp }, info) => {
  test.setTimeout(90_000);
  // A server of its own: nobody else's messages are in the queue.
  const stack = await Stack.start(`unlink-${info.workerIndex}-${info.repeatEachIndex}`);
  try {
    const leaver = await Person.create(stack, { isStranger: true });
    const other = await Person.create(stack, { isStranger: true });
    for (const person of [leaver, other]) {
      await stack.telegram.sendMessage(person.id, "/start");
      await until("the greeting", WAIT_MS, async () => (await read(stack, person)).length > 0);
    }
    const [left, kept] = [await stack.platform.link(leaver), await stack.platform.link(other)];
    const app = await openApp(leaver, { path: "/app/settings", platform: "unknown" });
    await expect(app.root.getByText("Linked", { exact: true })).toBeVisible();

    // Telegram asks the bot to wait, again and again: what is sent meanwhile is queued for later.
    await stack.telegram.break({ next_429: 1000, retry_after: 2 });
    await stack.platform.notify(left, LEFT);
    await stack.platform.notify(kept, KEPT);
    await until("a refused try", WAIT_MS, async () =>
      (await stack.telegram.calls()).some(({ payload, status }) => payload["text"] === LEFT && status === FLOOD),
    );
    await until("the queue to be counted", WAIT_MS, async () => (await queued(stack)) >= 2);

    await app.root.getByRole("button", { name: "Unlink the account" }).click();
    await app.root.getByRole("dialog").getByRole("button", { name: "Unlink the account" }).click();
    await expect(app.root.getByText("Not linked", { exact: true })).toBeVisible();

    // Once nothing waits any more, the other one's message has come, and this one never will.
    await stack.telegram.calm();
    await until("an empty queue", WAIT_MS, async () => (await queued(stack)) === 0);
    await until("the other one's message", WAIT_MS, async () => (await read(stack, other)).includes(KEPT));
    expect(await read(stack, leaver)).not.toContain(LEFT);
  } finally {
    await stack.stop();
  }
});
