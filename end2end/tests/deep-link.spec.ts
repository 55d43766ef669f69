// A web site connects its user through Telegram, learns of it, and writes to them.

import type { Page } from "@playwright/test";

import { ExampleSite } from "../support/example-site.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Person } from "../support/person.ts";
import { until } from "../support/service.ts";
import type { Message } from "../support/simulator.ts";
import { BOT_USERNAME, type Stack } from "../support/stack.ts";

const ANSWER_MS = 10_000;

/** The person writes; the bot's next answer. */
async function ask(stack: Stack, person: Person, text: string): Promise<Message> {
  const answers = async () =>
    (await stack.telegram.chat(person.id)).messages.filter((message) => message.from === "bot");
  const before = (await answers()).length;
  await stack.telegram.sendMessage(person.id, text);
  await until("the bot's answer", ANSWER_MS, async () => (await answers()).length > before);
  return (await answers()).at(-1)!;
}

/** The site's link into Telegram, and the key in it. */
async function connect(page: Page, site: ExampleSite): Promise<string> {
  await page.goto(site.url);
  await page.getByRole("button", { name: "Connect Telegram" }).click();
  const link = page.getByRole("link", { name: "Open Telegram" });
  await expect(link).toHaveAttribute("href", new RegExp(`^https://t.me/${BOT_USERNAME}\\?start=[\\w-]{22}$`));
  const url = new URL((await link.getAttribute("href"))!);
  return url.searchParams.get("start")!;
}

test("a site's user comes to the chat, the site learns it, and its message arrives", async ({
  page,
  stranger: person,
  stack,
}) => {
  const site = await ExampleSite.start(stack);
  try {
    const key = await connect(page, site);
    await expect(page.getByRole("status")).toHaveText("Waiting for you in Telegram…");
    const answer = await ask(stack, person, `/start ${key}`);
    expect(answer.text).toContain("a***@mail.example");
    await expect(page.getByRole("status")).toHaveText("Connected");

    await page.getByRole("button", { name: "Send me a message" }).click();
    await expect(page.getByRole("status")).toHaveText("Sent");
    await until("the site's message", ANSWER_MS, async () =>
      (await stack.telegram.chat(person.id)).messages.some((message) => message.text.startsWith("Hello from the site")),
    );
    // The key was good once.
    expect((await ask(stack, person, `/start ${key}`)).text).toContain("used already");
  } finally {
    await site.stop();
  }
});

test("an unknown and a missing key are answered, and the site goes on waiting", async ({ page, stranger: person, stack }) => {
  const site = await ExampleSite.start(stack);
  try {
    await connect(page, site);
    const plain = await ask(stack, person, "/start");
    const unknown = await ask(stack, person, `/start ${"A".repeat(22)}`);
    expect(unknown.text).toContain("not known");
    expect(plain.text).not.toBe(unknown.text);
    await expect(page.getByRole("status")).toHaveText("Waiting for you in Telegram…");
  } finally {
    await site.stop();
  }
});

test("somebody who is linked elsewhere is asked first", async ({ page, stranger: person, stack }) => {
  const first = await ExampleSite.start(stack);
  const other = await ExampleSite.start(stack);
  try {
    await ask(stack, person, `/start ${await connect(page, first)}`);
    await expect(page.getByRole("status")).toHaveText("Connected");
    const question = await ask(stack, person, `/start ${await connect(page, other)}`);
    await expect(page.getByRole("status")).toHaveText("Waiting for you in Telegram…");
    const markup = question.reply_markup as { inline_keyboard: { callback_data: string }[][] };
    await stack.telegram.press(person.id, question.message_id, markup.inline_keyboard[0]![0]!.callback_data);
    await expect(page.getByRole("status")).toHaveText("Connected");
  } finally {
    await first.stop();
    await other.stop();
  }
});
