// Boards in the chat: the list, the board that keeps itself up to date, inline mode, sharing by a prepared message.

import type { Frame, Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { BOT_USERNAME, TOURNAMENTS } from "../support/stack.ts";

/** A board is changed at most once in half a minute. */
const EDIT_MS = 40_000;

/** The app's frame. */
function frameOf(page: Page): Frame {
  const frame = page.frames().find((each) => new URL(each.url()).pathname.startsWith("/app"));
  if (!frame) throw new Error("the app is not open");
  return frame;
}

for (const [name, viewport] of Object.entries({ phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 860 } })) {
  test.describe(`on a ${name}`, () => {
    test.use({ viewport });

    test("/tournaments lists what runs and comes, with ways to boards and rules", async ({ desk, page, person }) => {
      await person.scores(TOURNAMENTS.best, 1);
      await desk.open();
      await desk.become(person);
      await desk.send("/tournaments");
      await expect(desk.answers).toHaveCount(2);
      const list = desk.answers.first();
      await expect(list).toContainText("Galaxy Sprint");
      await expect(list).toContainText("Winter Derby");
      await expect(list).not.toContainText("Autumn Cup");
      await expect(list).toContainText(/Your place: \d+ · 1/);
      await list.getByTestId("inline-button").filter({ hasText: "Rules" }).first().click();
      await expect(page.getByTestId("popup")).toContainText("/rules");
      await desk.press("popup-cancel");
      await list.getByTestId("inline-button").filter({ hasText: "Fastest Lap" }).click();
      await expect(desk.app.heading).toHaveText("Fastest Lap");
    });

    test("a board is found behind the bot's name, sent, and brought up to date by its button", async ({ desk, person, stack }) => {
      await desk.open();
      await desk.become(person);
      await desk.send("/start");
      await expect(desk.answers).toHaveCount(1);
      await desk.composer.fill(`@${BOT_USERNAME} marathon`);
      await expect(desk.found).toHaveCount(1);
      await expect(desk.found).toContainText("Coin Marathon");
      await desk.found.click();
      const sent = desk.messages.last();
      await expect(sent).toContainText(`via @${BOT_USERNAME}`);
      await expect(sent).toContainText("🥇");
      const [leader] = await stack.leaders(TOURNAMENTS.sum, 1);
      await person.scores(TOURNAMENTS.sum, leader!.score + 1_000);
      const [first] = await stack.leaders(TOURNAMENTS.sum, 1);
      await sent.getByTestId("inline-button").filter({ hasText: "Update" }).click();
      await expect(sent).toContainText(`🥇 ${first!.alias}`);
      // The bot answers no message that it has written itself.
      await expect(desk.answers).toHaveCount(1);
      await sent.getByTestId("inline-button").filter({ hasText: "Open leaderboard" }).click();
      await expect(desk.app.heading).toHaveText("Coin Marathon");
    });
  });
}

test("a board in the chat follows the board by itself", async ({ desk, newPerson, person, stack }) => {
  test.setTimeout(120_000);
  const other = await newPerson();
  await desk.open();
  await desk.become(person);
  await desk.send(`/start t_${TOURNAMENTS.ascending}`);
  const board = desk.answers.first();
  await expect(board).toContainText("keeps itself up to date");
  await expect(board).toContainText("🥇");
  const [leader] = await stack.leaders(TOURNAMENTS.ascending, 1);
  await other.scores(TOURNAMENTS.ascending, leader!.score - 1);
  const [first] = await stack.leaders(TOURNAMENTS.ascending, 1);
  expect(first!.alias).not.toBe(leader!.alias);
  await expect(board).toContainText(`🥇 ${first!.alias}`, { timeout: EDIT_MS });
  await expect(board).toContainText("edited");
  await expect(desk.answers, "no message was added").toHaveCount(1);

  // Another board for the same tournament takes over, and the first one says so.
  await desk.send(`/start t_${TOURNAMENTS.ascending}`);
  await expect(desk.answers).toHaveCount(2);
  await expect(board).toContainText("no longer updated");
  await expect(desk.answers.last()).toContainText("keeps itself up to date");
});

test("nothing that fits is said, with a way to the list", async ({ desk, person, page }) => {
  await desk.open();
  await desk.become(person);
  await desk.send("/start");
  await expect(desk.answers).toHaveCount(1);
  await desk.composer.fill(`@${BOT_USERNAME} no such thing`);
  await expect(desk.found).toHaveCount(0);
  await page.getByTestId("inline-switch").click();
  await expect(desk.answers).toHaveCount(3);
  await expect(desk.answers.nth(1)).toContainText("Winter Derby");
});

test("the app shares a board by a message that Telegram keeps ready", async ({ desk, page, person }) => {
  const shared = await person.share(TOURNAMENTS.best);
  expect(shared.link).toBe(`https://t.me/${BOT_USERNAME}?startapp=t_${TOURNAMENTS.best}`);
  await desk.open();
  await desk.become(person);
  await desk.press("open-app");
  await desk.app.expectSignedIn(person.firstName);
  const isSent = frameOf(page).evaluate(
    (id) =>
      new Promise((resolve) => {
        type Shares = { Telegram: { WebApp: { shareMessage: (id: string, done: (isSent: boolean) => void) => void } } };
        (window as unknown as Shares).Telegram.WebApp.shareMessage(id, resolve);
      }),
    shared.prepared_message_id!,
  );
  await page.getByTestId("popup").getByRole("button", { name: "Share" }).click();
  expect(await isSent).toBe(true);
  await desk.press("close-app");
  const sent = desk.messages.last();
  await expect(sent).toContainText("Galaxy Sprint");
  await sent.getByTestId("inline-button").filter({ hasText: "Open leaderboard" }).click();
  await expect(desk.app.heading).toHaveText("Galaxy Sprint");
});

for (const theme of ["light", "dark"] as const) {
  test(`the keyboard's app joins a tournament, ${theme}`, async ({ desk, person }) => {
    await desk.open();
    if (theme === "dark") await desk.press("theme-switch");
    await desk.become(person);
    await desk.send("/start");
    await expect(desk.answers).toHaveCount(1);
    await desk.send("/join");
    await expect(desk.answers).toHaveCount(2);
    await desk.replyButton("Join a tournament").click();
    const app = desk.frame.contentFrame();
    await expect(app.getByRole("heading", { name: "Join a tournament" })).toBeVisible();
    await expect(app.locator("#join")).toHaveAttribute("data-ready", "true");
    await app.getByTestId("join-tournament").filter({ hasText: "Galaxy Sprint" }).click();
    // Sending closes the app, and the chat says what came of it.
    await expect(desk.frame).toHaveCount(0);
    await expect(desk.answers).toHaveCount(3);
    await expect(desk.answers.last()).toContainText("You are in: Galaxy Sprint");
  });
}

test("outside Telegram the page to join leads to the boards", async ({ page, stack }) => {
  await page.goto(`${stack.url}/app/join?lang=it`);
  await expect(page.getByRole("heading", { name: "Partecipa a un torneo" })).toBeVisible();
  await expect(page.getByTestId("join-outside")).toBeVisible();
  await page.locator('[data-id="galaxy-sprint"]').click();
  await expect(page).toHaveURL(/\/app\/t\/galaxy-sprint/);
});
