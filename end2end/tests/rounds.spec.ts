// What a tournament can have beside a start and an end: entering again, rounds that begin anew, a picture, a word before
// the start, and players who hide.

import { randomUUID } from "node:crypto";

import type { Page } from "@playwright/test";

import type { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Person } from "../support/person.ts";
import type { Platform, Tournament } from "../support/platform.ts";

/** A client that draws nothing of its own: the page stands in for its buttons. */
const PLAIN = "unknown";
const MINUTE_MS = 60_000;
const from = (ms: number) => new Date(Date.now() + ms).toISOString();

async function make(platform: Platform, data: Partial<Tournament> = {}): Promise<string> {
  const tournament_id = data.tournament_id ?? `rounds-${randomUUID().slice(0, 8)}`;
  await platform.tournament({ title: { en: "Night Race" }, ...data, tournament_id });
  return tournament_id;
}

/** Somebody whom the platform knows, by a public name. */
async function introduce(platform: Platform, person: Person, alias: string): Promise<void> {
  await platform.players([{ platform_user_id: person.platformUserId, alias, telegram_user_id: person.id }]);
}

const state = (app: MiniApp) => app.root.getByTestId("my-state");
const note = (app: MiniApp) => app.root.getByTestId("my-note");
const panel = (app: MiniApp, name: string) =>
  app.root.getByRole("group", { name: "What to see" }).getByRole("button", { name, exact: true });

test("who has used all attempts enters again for fresh ones, as often as the rules allow", async ({ openApp, person, stack }) => {
  const id = await make(stack.platform, { join: { required: true, entries_max: 2 }, attempts_max: 1 });
  await introduce(stack.platform, person, "Racer");
  const app = await openApp(person, { path: `/app/t/${id}`, platform: PLAIN });
  const button = (name: string) => app.standIns.getByRole("button", { name });
  const score = (score: number) =>
    stack.platform.scores([{ tournament_id: id, platform_user_id: person.platformUserId, score }]);
  await button("Join").click();
  await expect(state(app)).toHaveText("You’re in");
  await expect(note(app)).toContainText("attempts left: 1 of 1");

  await score(10);
  await expect(note(app)).toContainText("attempts left: 0 of 1");
  await expect(score(11)).rejects.toThrow("attempts_used");
  await button("Enter again").click();
  await expect(note(app)).toContainText("attempts left: 1 of 2");
  await expect(button("Enter again")).toHaveCount(0);
  await score(12);
  await expect(note(app)).toContainText("attempts left: 0 of 2");
  await app.expectRank(1);
  await expect(app.ownRow).toContainText("12");
  // Twice is as often as one may.
  await expect(button("Enter again")).toHaveCount(0);
  await expect(score(13)).rejects.toThrow("attempts_used");
});

test("a round that is over can be read, and the next one begins with an empty board", async ({ openApp, page, stack, stranger: person }) => {
  test.setTimeout(180_000);
  // Cron knows minutes: the reset is the next full one that leaves time to look around before.
  const reset = new Date(Math.floor((Date.now() + 15_000) / MINUTE_MS) * MINUTE_MS + MINUTE_MS);
  const id = await make(stack.platform, {
    starts_at: from(-20 * MINUTE_MS),
    ends_at: from(30 * 60 * MINUTE_MS),
    reset: { cron: `${reset.getUTCMinutes()} * * * *`, zone: "UTC" },
  });
  await introduce(stack.platform, person, "Racer");
  const score = (score: number) =>
    stack.platform.scores([{ tournament_id: id, platform_user_id: person.platformUserId, score }]);
  await score(70);
  const app = await openApp(person, { path: `/app/t/${id}`, platform: PLAIN });
  await app.expectRank(1);
  await panel(app, "Past").click();
  await expect(app.root.getByText("No round is over yet.")).toBeVisible();
  await panel(app, "Board").click();

  // The first round ends; what was reached in it stands in its results, with a proof.
  const results = () => fetch(`${stack.url}/v1/tournaments/${id}/results?period=0`).then(({ status }) => status);
  await expect.poll(results, { timeout: 120_000 }).toBe(200);
  await page.reload();
  await expect(app.rows).toHaveCount(0);
  await expect(state(app)).toHaveText("Free to enter");
  await panel(app, "Past").click();
  await app.root.getByTestId("period").first().click();
  const row = app.root.getByTestId("result-row");
  await expect(row).toHaveCount(1);
  await expect(row).toContainText("Racer");
  await expect(row).toContainText("70");
  await expect(row).toHaveClass(/row--me/);
  await expect(app.root.getByTestId("result-hash")).toBeVisible();

  // The new round is played as the first one was.
  await score(30);
  await panel(app, "Board").click();
  await app.expectRank(1);
  await expect(app.ownRow).toContainText("30");
});

test("when an operator moves the end, the open page's heading and the player's card count on it together", async ({ openApp, person, stack }) => {
  test.setTimeout(120_000);
  const starts_at = from(-MINUTE_MS);
  const id = await make(stack.platform, { starts_at, ends_at: from(15_000) });
  await introduce(stack.platform, person, "Racer");
  const app = await openApp(person, { path: `/app/t/${id}`, platform: PLAIN });
  const heading = app.root.locator("header.head");
  await expect(state(app)).toHaveText("Free to enter");
  await expect(heading).toContainText("Ends in 00:00:");

  // Nothing tells the page; at the end that it knows it asks, and there is more time.
  const ends_at = from(35_000);
  await make(stack.platform, { tournament_id: id, starts_at, ends_at });
  await expect.poll(() => Date.parse(ends_at) - Date.now(), { timeout: 40_000 }).toBeLessThan(12_000);
  await expect(state(app)).toHaveText("Free to enter");
  await expect(heading).toContainText("Ends in 00:00:");

  // Then it is over, and no result stands before the ranks do.
  await expect(note(app)).toHaveText("The final ranks are being settled.", { timeout: 30_000 });
  await expect(heading).toContainText("Result being settled");
  await expect(heading).not.toContainText("The result stands");
});

test("a tournament's picture has its room before it is there", async ({ context, openApp, page, person, stack }) => {
  const cover = "https://pictures.example/cup.svg";
  let show = () => {};
  const gate = new Promise<void>((done) => (show = done));
  await context.route(cover, async (route) => {
    await gate;
    const body = '<svg xmlns="http://www.w3.org/2000/svg" width="1280" height="720"><rect width="1280" height="720" fill="teal"/></svg>';
    await route.fulfill({ contentType: "image/svg+xml", body });
  });
  await page.addInitScript(() => {
    const shifts: number[] = ((window as unknown as { shifts: number[] }).shifts = []);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  const id = await make(stack.platform, { cover, rules_text: { en: "Play fair." } });
  const app = await openApp(person, { path: `/app/t/${id}`, platform: PLAIN });
  await panel(app, "Rules").click();
  const text = app.root.getByText("Play fair.");
  await expect(text).toBeVisible();
  const picture = app.root.locator("img.cover");
  await picture.scrollIntoViewIfNeeded();
  const where = async () => (await text.boundingBox())!.y;
  const before = await where();
  // From here on nothing moves any more.
  await page.evaluate(() => ((window as unknown as { shifts: number[] }).shifts.length = 0));
  show();
  await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(0);
  expect(await where()).toBe(before);
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.01);
  // A picture says nothing that the title does not.
  await expect(picture).toHaveAttribute("alt", "");
});

test("who hides behind a made-up name is shown by it at once to those who watch, and comes back", async ({
  newBrowser,
  newPerson,
  openApp,
  stack,
}) => {
  const [ann, ben] = [await newPerson({ isStranger: true }), await newPerson({ isStranger: true })];
  const id = await make(stack.platform);
  const alias = `Ann ${id.slice(-4)}`;
  await introduce(stack.platform, ann, alias);
  await introduce(stack.platform, ben, `Ben ${id.slice(-4)}`);
  await stack.platform.scores([
    { tournament_id: id, platform_user_id: ann.platformUserId, score: 20 },
    { tournament_id: id, platform_user_id: ben.platformUserId, score: 10 },
  ]);
  const open = async (person: Person): Promise<[MiniApp, Page]> => {
    const page = await (await newBrowser()).newPage();
    return [await openApp(person, { path: `/app/t/${id}` }, page), page];
  };
  const [[bens, bensPage], [anns, annsPage], [elsewhere]] = [await open(ben), await open(ann), await open(ann)];
  await expect(bens.row(alias)).toHaveAttribute("data-rank", "1");
  const player = () => bens.rows.first().evaluate((row) => row.outerHTML);
  const loaded = await bensPage.evaluate(() => performance.timeOrigin);
  const before = await player();
  await elsewhere.expectRank(1);

  const annsLoaded = await annsPage.evaluate(() => performance.timeOrigin);
  await anns.expectRank(1);
  // As the client's own settings button does, which this page has not.
  await annsPage.evaluate(() => {
    const link = Object.assign(document.createElement("a"), { href: "/app/settings" });
    document.body.append(link);
    link.click();
    link.remove();
  });
  const hides = anns.root.getByRole("switch", { name: "Hide my name on boards" });
  const shown = anns.root.getByTestId("alias");
  await expect(hides).toHaveAttribute("aria-checked", "false");
  await expect(shown).toHaveText(alias);
  const box = () => hides.boundingBox();
  const place = await box();
  await hides.press("Space");
  await expect(hides).toHaveAttribute("aria-checked", "true");
  await expect(shown).toHaveText(/^[A-Z][a-z]+ [A-Z][a-z]+ \d{1,4}$/);
  await expect(hides).toBeFocused();
  expect(await box(), "nothing moves").toEqual(place);
  const madeUp = await shown.innerText();
  expect(madeUp).not.toBe(alias);
  await expect(bens.row(madeUp)).toHaveAttribute("data-rank", "1");
  await expect(bens.root.getByText(alias)).toHaveCount(0);
  // Nothing in the page still says who that is.
  expect(await player()).not.toBe(before);
  expect(await bensPage.locator("#podium").innerHTML()).not.toContain(alias);
  expect(JSON.stringify(await stack.leaders(id))).not.toContain(alias);
  // The player finds the own row by the new name: where they have hidden, and on the page that was open elsewhere.
  await annsPage.goBack();
  for (const own of [anns, elsewhere]) {
    await own.expectRank(1);
    await expect(own.ownRow).toContainText(madeUp);
    await expect(own.root.getByText(alias)).toHaveCount(0);
  }
  expect(await annsPage.evaluate(() => performance.timeOrigin), "the player's page was loaded anew").toBe(annsLoaded);

  await annsPage.goForward();
  await expect(shown).toHaveText(madeUp);
  await hides.click();
  await expect(hides).toHaveAttribute("aria-checked", "false");
  await expect(shown).toHaveText(alias);
  await expect(bens.row(alias)).toHaveAttribute("data-rank", "1");
  await expect(bens.root.getByText(madeUp)).toHaveCount(0);
  expect(await bensPage.evaluate(() => performance.timeOrigin), "the viewer's page was loaded anew").toBe(loaded);
});

test("who asked to hear of it is told in the chat five minutes before the start, and nobody else is", async ({
  newPerson,
  openApp,
  person,
  stack,
}) => {
  const other = await newPerson();
  const title = `Early ${randomUUID().slice(0, 6)}`;
  // Five minutes before the start are a few seconds from now.
  const id = await make(stack.platform, { title: { en: title }, starts_at: from(5 * MINUTE_MS + 20_000), ends_at: from(60 * MINUTE_MS) });
  for (const one of [person, other]) {
    await introduce(stack.platform, one, "Racer");
    await stack.telegram.sendMessage(one.id, "/start");
    await expect.poll(async () => (await stack.telegram.chat(one.id)).messages.length).toBeGreaterThan(1);
  }
  const app = await openApp(person, { path: `/app/t/${id}`, platform: PLAIN });
  const bell = app.root.getByTestId("notify");
  await bell.click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Yes, write to me" }).click();
  await expect(app.root.getByTestId("said")).toContainText("told in the chat");
  await expect(bell).toHaveAttribute("aria-pressed", "true");
  const said = async (one: Person) =>
    (await stack.telegram.chat(one.id)).messages.filter(({ text }) => text.includes(`${title} starts in`)).length;
  await expect.poll(() => said(person), { timeout: 40_000 }).toBe(1);
  expect(await said(other)).toBe(0);
});

test("a player of a league sees the board of their own cohort, live", async ({
  newBrowser,
  newPerson,
  openApp,
  stack,
}) => {
  const id = await make(stack.platform, {
    reset: { cron: "0 0 * * MON", zone: "UTC" },
    starts_at: from(-MINUTE_MS),
    ends_at: from(60 * 24 * 60 * MINUTE_MS),
    cohorts: {
      size: 2,
      tiers: [
        { title: { en: "Bronze" }, promote: 1, demote: 0 },
        { title: { en: "Silver" }, promote: 0, demote: 1 },
      ],
    },
  });
  // Two fill the first cohort; who comes third plays in the next one.
  const players = [await newPerson({ isStranger: true }), await newPerson({ isStranger: true }), await newPerson({ isStranger: true })];
  const names = ["Ann", "Ben", "Cleo"].map((name) => `${name} ${id.slice(-4)}`);
  for (const [index, person] of players.entries()) {
    await introduce(stack.platform, person, names[index]!);
    await stack.platform.scores([{ tournament_id: id, platform_user_id: person.platformUserId, score: 100 - index }]);
  }
  const open = async (person: Person) => openApp(person, { path: `/app/t/${id}` }, await (await newBrowser()).newPage());
  const anns = await open(players[0]!);
  await anns.expectRank(1);
  await expect(anns.row(names[1]!)).toHaveAttribute("data-rank", "2");
  await expect(anns.root.getByText(names[2]!)).toHaveCount(0);
  await expect(note(anns)).toContainText("Bronze");

  const cleos = await open(players[2]!);
  await cleos.expectRank(1);
  await expect(cleos.rows).toHaveCount(1);
  await expect(cleos.ownRow).toContainText(names[2]!);
  await expect(cleos.root.getByText(names[0]!)).toHaveCount(0);

  // Both boards live: each sees what happens in their own cohort.
  await stack.platform.scores([{ tournament_id: id, platform_user_id: players[1]!.platformUserId, score: 500 }]);
  await anns.expectRank(2);
  await stack.platform.scores([{ tournament_id: id, platform_user_id: players[2]!.platformUserId, score: 700 }]);
  await expect(cleos.ownRow).toContainText("700");
  await expect(anns.root.getByText(names[2]!)).toHaveCount(0);
});
