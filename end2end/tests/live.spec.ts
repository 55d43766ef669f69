// The board moves for everybody who watches it, and finds its way back when the stream is cut.

import { MiniApp } from "../pages/mini-app.ts";
import { takeClock } from "../support/clock.ts";
import { expect, test } from "../support/fixtures.ts";
import { TOURNAMENTS } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const PATH = `/app/t/${TOURNAMENTS.best}`;

test("two browsers see the same change at once", async ({ newBrowser, newPerson, openApp, stack }) => {
  const [ann, ben] = [await newPerson(), await newPerson()];
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await ann.scores(TOURNAMENTS.best, leader!.score + 10);
  const apps = [];
  for (const person of [ann, ben]) {
    const page = await (await newBrowser()).newPage();
    apps.push(await openApp(person, { path: PATH }, page));
  }
  const [anns, bens] = apps as [MiniApp, MiniApp];
  await anns.expectRank(1);
  await ben.scores(TOURNAMENTS.best, leader!.score + 20);
  await bens.expectRank(1);
  await anns.expectRank(2);
  const [annsAlias, bensAlias] = [
    await anns.meRow.locator(".row__alias").innerText(),
    await bens.meRow.locator(".row__alias").innerText(),
  ];
  for (const app of apps) {
    await expect(app.rows.nth(0)).toContainText(bensAlias);
    await expect(app.rows.nth(1)).toContainText(annsAlias);
  }
  await expect(anns.meRow).toContainText("11 to place 1");
});

test("a stream that never opens is replaced by polling", async ({ openApp, page, person, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  await takeClock(page);
  await page.route("**/live", (route) => route.fulfill({ status: 503 }));
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, 1);
  const app = await openApp(person, { path: PATH });
  await expect(app.meRow).toBeVisible();
  await person.scores(TOURNAMENTS.best, leader!.score + 10);
  // The pauses between attempts pass in no time.
  await expect(async () => {
    await page.clock.fastForward("00:05");
    await expect(app.meRow).toHaveAttribute("data-rank", "1", { timeout: 200 });
  }).toPass();
});

test("after a cut connection the board catches up", async ({ context, openApp, person, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, 1);
  const app = await openApp(person, { path: PATH });
  await expect(app.meRow).toBeVisible();
  await context.setOffline(true);
  await expect(app.notice("offline")).toBeVisible();
  await person.scores(TOURNAMENTS.best, leader!.score + 10);
  await context.setOffline(false);
  await app.expectRank(1);
  await expect(app.notice("offline")).toHaveCount(0);
});

test("after a restart of the server the board catches up, and the session goes on", async ({
  openApp,
  person,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, 1);
  const app = await openApp(person, { path: PATH });
  await expect(app.meRow).toBeVisible();
  await stack.restartPodium();
  await person.scores(TOURNAMENTS.best, leader!.score + 10);
  await expect(app.meRow).toHaveAttribute("data-rank", "1", { timeout: 20_000 });
  await expect(app.notice("stale")).toHaveCount(0);
});

test("an app that is minimized holds no stream, and has caught up when it is back", async ({
  desk,
  page,
  person,
  stack,
}) => {
  await page.setViewportSize({ width: 1280, height: 860 });
  const viewers = () => stack.metric("sse_clients");
  await expect.poll(viewers).toBe(0);
  await person.scores(TOURNAMENTS.best, 1);
  await desk.open();
  await desk.become(person);
  await desk.press("open-app");
  await desk.app.expectSignedIn(person.firstName);
  await desk.app.tournament("Galaxy Sprint").click();
  await expect(desk.app.meRow).toBeVisible();
  await expect.poll(viewers).toBe(1);

  await desk.press("minimize-app");
  await expect.poll(viewers).toBe(0);
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, leader!.score + 10);

  await desk.press("restore-app");
  await desk.app.expectRank(1);
  await expect.poll(viewers).toBe(1);
});

test("a page in the background holds no stream", async ({ openApp, page, person, stack }) => {
  const viewers = () => stack.metric("sse_clients");
  await expect.poll(viewers).toBe(0);
  const app = await openApp(person, { path: PATH });
  await expect.poll(viewers).toBe(1);
  const setHidden = (hidden: boolean) =>
    page.evaluate((value) => {
      // Headless browsers have no background.
      Object.defineProperty(document, "hidden", { configurable: true, value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await setHidden(true);
  await expect.poll(viewers).toBe(0);
  await setHidden(false);
  await expect.poll(viewers).toBe(1);
  await expect(app.rows.first()).toBeVisible();
});
