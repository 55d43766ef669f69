// Takes the pictures of the README. Runs only when they are asked for: PODIUM_E2E_PICTURES=1.

import { join } from "node:path";

import { expect, test } from "../support/fixtures.ts";
import { pictures } from "../support/environment.ts";
import { TOURNAMENTS } from "../support/stack.ts";

const FOLDER = pictures() ?? "";
const shot = (name: string) => ({ path: join(FOLDER, `${name}.png`), animations: "disabled" as const });

test.use({ deviceScaleFactor: 2 });

test("the lobby and a tournament, light and dark", async ({ newPerson, openApp, page, stack }) => {
  const person = await newPerson({ firstName: "Marisol", lastName: "Okonkwo" });
  const entries = await stack.leaders(TOURNAMENTS.sum, 10);
  const sum = entries[1]!.score + 10;
  await person.scores(TOURNAMENTS.sum, sum);
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, leader!.score - 1);
  for (const theme of ["light", "dark"] as const) {
    await page.goto("about:blank");
    const app = await openApp(person, { theme, platform: "ios" });
    await app.expectSignedIn(person.firstName);
    await expect(app.meRow).toBeVisible();
    await expect(app.standIns.or(app.tabs).first()).toBeVisible();
    await page.screenshot(shot(`lobby-${theme}`));
  }
  await page.goto("about:blank");
  const app = await openApp(person, { path: `/app/t/${TOURNAMENTS.best}`, theme: "light", platform: "ios" });
  await app.expectRank(2);
  await page.screenshot(shot("tournament"));
});

test.describe("on a desktop", () => {
  test.use({ viewport: { width: 1180, height: 780 } });

  test("the chat with the app beside it", async ({ desk, newPerson }) => {
    const person = await newPerson({ firstName: "Marisol", lastName: "Okonkwo" });
    await person.scores(TOURNAMENTS.best, 8_000);
    await desk.open();
    await desk.become(person);
    await desk.set("platform", "ios");
    await desk.start.click();
    await expect(desk.answers).toHaveCount(1);
    await desk.replyButton("Tournaments and missions").click();
    await expect(desk.answers).toHaveCount(2);
    await desk.inlineButton("Open leaderboard").click();
    await expect(desk.app.rows.first()).toBeVisible();
    await expect(desk.native("secondary")).toBeVisible();
    await desk.page.screenshot(shot("chat"));
  });
});
