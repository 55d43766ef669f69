// Takes the pictures of the README. Runs only when they are asked for: PODIUM_E2E_PICTURES=1.

import { join } from "node:path";

import type { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import { pictures } from "../support/environment.ts";
import { TOURNAMENTS } from "../support/stack.ts";

const FOLDER = pictures() ?? "";
const shot = (name: string) => ({ path: join(FOLDER, `${name}.png`), animations: "disabled" as const });

/** The player's card says how they stand, no longer that it is asking. */
const settled = async (app: MiniApp) => {
  await expect(app.root.getByTestId("my-state")).toHaveText("You’re in");
};

test.use({ deviceScaleFactor: 2 });

test("the lobby and a tournament, light and dark", async ({ newBrowser, newPerson, openApp, stack }) => {
  const person = await newPerson({ firstName: "Marisol", lastName: "Okonkwo" });
  const sums = await stack.leaders(TOURNAMENTS.sum, 10);
  await person.scores(TOURNAMENTS.sum, sums[1]!.score + 10);
  const best = await stack.leaders(TOURNAMENTS.best, 5);
  await person.scores(TOURNAMENTS.best, best[3]!.score + 4);
  // Telegram's script remembers the theme of a tab, so each picture gets a browser of its own.
  const fresh = async () => (await newBrowser({ deviceScaleFactor: 2 })).newPage();
  for (const theme of ["light", "dark"] as const) {
    const page = await fresh();
    const app = await openApp(person, { theme, platform: "ios" }, page);
    await app.expectSignedIn(person.firstName);
    await expect(app.meRow).toBeVisible();
    await expect(app.tabs).toBeVisible();
    await page.screenshot(shot(`lobby-${theme}`));
  }
  const page = await fresh();
  const app = await openApp(person, { path: `/app/t/${TOURNAMENTS.best}`, platform: "ios" }, page);
  await app.expectRank(4);
  await settled(app);
  await page.screenshot(shot("tournament"));
});

test.describe("on a desktop", () => {
  test.use({ viewport: { width: 1180, height: 780 } });

  test("the chat with the app beside it", async ({ desk, newPerson, stack }) => {
    const person = await newPerson({ firstName: "Marisol", lastName: "Okonkwo" });
    const best = await stack.leaders(TOURNAMENTS.best, 5);
    await person.scores(TOURNAMENTS.best, best[3]!.score + 4);
    await desk.open();
    await desk.become(person);
    await desk.set("platform", "ios");
    await desk.start.click();
    await expect(desk.answers).toHaveCount(1);
    await desk.send("/help");
    await expect(desk.answers).toHaveCount(2);
    await desk.replyButton("Tournaments and missions").click();
    await expect(desk.answers).toHaveCount(4);
    await desk.inlineButton("Open leaderboard").click();
    await expect(desk.app.rows.first()).toBeVisible();
    await expect(desk.native("secondary")).toBeVisible();
    await settled(desk.app);
    await desk.page.screenshot(shot("chat"));
  });
});
