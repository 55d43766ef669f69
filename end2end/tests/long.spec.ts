// Boards with more players than the first page shows: the rows below, the own place far down, and what is left of it
// when the tournament is over.

import type { Page } from "@playwright/test";

import type { MiniApp } from "../pages/mini-app.ts";
import { takeClock } from "../support/clock.ts";
import { expect, test } from "../support/fixtures.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const PLAYERS = 130;

/** The places that the board shows, in the order of what is seen. */
async function places(app: MiniApp): Promise<number[]> {
  return app.rows.evaluateAll((rows) => rows.map((row) => Number((row as HTMLElement).dataset["rank"])));
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

async function aliases(page: Page): Promise<string[]> {
  return page.locator("[data-testid=board] .row__alias").allInnerTexts();
}

test("more rows come a page at a time, until there are no more", async ({ openApp, page, person, newCrowd, stack }) => {
  const id = await newCrowd(PLAYERS);
  const path = `/app/t/${id}`;
  const app = await openApp(person, { path });
  await expect(app.root.getByText("No score yet")).toBeVisible();
  await expect(app.rows).toHaveCount(50);
  await app.more.click();
  await expect(app.rows).toHaveCount(100);
  await app.more.click();
  await expect(app.rows).toHaveCount(PLAYERS);
  await expect(app.more).toHaveCount(0);
  expect(await places(app)).toEqual(upTo(PLAYERS));
  expect(await aliases(page)).toEqual(upTo(PLAYERS).map((number) => `Crowd ${number}`));
  expect((await stack.leaders(id, 100)).map((entry) => entry.alias)).toEqual((await aliases(page)).slice(0, 100));
});

test("rows have their place while they load, and the board says when they can't be had", async ({
  openApp,
  page,
  person,
  newCrowd,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const path = `/app/t/${await newCrowd(PLAYERS)}`;
  const app = await openApp(person, { path });
  await app.expectSignedIn(person.firstName);
  await page.route("**/board?*", (route) => route.fulfill({ status: 503 }));
  await app.more.click();
  await expect(app.root.getByRole("status").filter({ hasText: "taking a short break" })).toBeVisible();
  await expect(app.more).toBeVisible();
  await expect(app.rows).toHaveCount(50);

  let letPass = () => {};
  const gate = new Promise<void>((done) => (letPass = done));
  await page.unroute("**/board?*");
  await page.route("**/board?*", async (route) => {
    await gate;
    await route.continue();
  });
  await app.more.click();
  await expect(app.root.getByRole("status", { name: "Loading…" })).toBeVisible();
  await expect(app.root.getByRole("status").filter({ hasText: "taking a short break" })).toHaveCount(0);
  const where = async () => (await app.more.evaluate((button) => (button as HTMLElement).offsetTop));
  const kept = await where();
  letPass();
  await expect(app.rows).toHaveCount(100);
  expect(await where(), "the button stays where it was while the rows loaded").toBe(kept);
});

test("the keyboard goes on from the first new row, and a screen reader hears how far the board is shown", async ({
  openApp,
  page,
  person,
  newCrowd,
}) => {
  const path = `/app/t/${await newCrowd(PLAYERS)}`;
  const app = await openApp(person, { path });
  await app.expectSignedIn(person.firstName);
  await app.more.focus();
  await page.keyboard.press("Enter");
  await expect(app.rows.nth(50)).toBeFocused();
  await expect(app.root.getByRole("status").filter({ hasText: "100 of 130 places are shown" })).toBeAttached();
  await page.keyboard.press("Tab");
  await expect(app.more).toBeFocused();
});

test("the board stays right below the live rows when players climb and fall", async ({ openApp, person, newCrowd }) => {
  const id = await newCrowd(PLAYERS);
  const path = `/app/t/${id}`;
  await person.scores(id, 505);
  const app = await openApp(person, { path });
  await app.expectRank(81);
  await expect(app.root.getByText("Around you")).toBeVisible();
  await app.more.click();
  await expect(app.rows).toHaveCount(100);
  // The own row stands on the board now, once.
  await expect(app.ownRow).toHaveAttribute("data-rank", "81");
  await expect(app.root.getByText("Around you")).toHaveCount(0);
  await expect(app.meRow).toContainText("6 to place 80");

  // Below the live rows: no frame tells, the page asks.
  await person.scores(id, 605);
  await app.expectRank(71);
  await expect(app.ownRow).toHaveAttribute("data-rank", "71");
  // Into them: the last of them goes below.
  await person.scores(id, 1306);
  await app.expectRank(1);
  await expect(app.row("Crowd 50")).toHaveAttribute("data-rank", "51");
  await expect.poll(() => places(app)).toEqual(upTo(100));
  await expect(app.ownRow).toHaveCount(1);
});

test("on equal scores the hint names the point that is missing", async ({ openApp, person, newCrowd }) => {
  const id = await newCrowd(PLAYERS);
  const path = `/app/t/${id}`;
  await person.scores(id, (PLAYERS - 2) * 10);
  const app = await openApp(person, { path });
  // Level with place 3, who was there first.
  await app.expectRank(4);
  await expect(app.meRow).toContainText("1 to place 3");
});

test("a tournament that is over shows the own place, however far down", async ({ newPerson, openApp, page, person, newCrowd, stack }) => {
  const id = await newCrowd(PLAYERS);
  const path = `/app/t/${id}`;
  await person.scores(id, 505);
  await stack.platform.end(id);
  const app = await openApp(person, { path });
  await app.expectRank(81);
  await expect(app.meRow).toContainText("Your place: 81 of 131");
  await expect(app.root.getByText("Around you")).toBeVisible();
  await app.more.click();
  await expect(app.ownRow).toHaveAttribute("data-rank", "81");

  // Who was not there is told so, and not to play.
  await page.goto("about:blank");
  await openApp(await newPerson(), { path });
  await expect(app.root.getByText("You did not take part")).toBeVisible();
});

test("the own place on a settled board is asked for until it is there", async ({ openApp, page, person, newCrowd, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = await newCrowd(PLAYERS);
  const path = `/app/t/${id}`;
  await person.scores(id, 505);
  await stack.platform.end(id);
  let asked = 0;
  await page.route("**/fn/boards/page", (route) => ((asked += 1) === 1 ? route.fulfill({ status: 503 }) : route.continue()));
  await takeClock(page);
  const app = await openApp(person, { path });
  await expect.poll(() => asked).toBe(1);
  // The pause passes in no time.
  await expect(async () => {
    await page.clock.fastForward("00:10");
    await expect(app.meRow).toHaveAttribute("data-rank", "81", { timeout: 200 });
  }).toPass();
});
