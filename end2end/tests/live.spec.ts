// The board moves for everybody who watches it, and finds its way back when the stream is cut.

import { randomUUID } from "node:crypto";

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
  let blocked = 0;
  await page.route("**/v1/live?*", (route) => {
    blocked += 1;
    return route.fulfill({ status: 503 });
  });
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
  expect(blocked, "streams that did not open").toBeGreaterThanOrEqual(3);
});

test("a stream that is cut again and again, and opens each time, is not replaced by polling", async ({
  openApp,
  page,
  person,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  await takeClock(page);
  let opened = 0;
  let polls = 0;
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith("/board")) polls += 1;
  });
  // Nothing has been missed meanwhile: whoever comes back is told nothing.
  await page.route("**/v1/live?*", (route) => {
    opened += 1;
    const empty = { status: 200, contentType: "text/event-stream", body: "retry: 50\n\n" };
    return opened <= 5 ? route.fulfill(empty) : route.continue();
  });
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, 1);
  const app = await openApp(person, { path: PATH });
  await expect(app.meRow).toBeVisible();
  await expect(async () => {
    await page.clock.fastForward("00:02");
    expect(opened).toBeGreaterThan(5);
  }).toPass();
  await person.scores(TOURNAMENTS.best, leader!.score + 10);
  await app.expectRank(1);
  expect(polls, "polls").toBe(0);
});

test("the board of a private tournament is live for who is signed in, also after the access token has run out", async ({
  openApp,
  page,
  person,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const id = `private-${randomUUID().slice(0, 8)}`;
  await stack.platform.tournament({ tournament_id: id, is_private: true });
  await person.scores(id, 1);
  let polls = 0;
  const streams: number[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname.endsWith("/board")) polls += 1;
  });
  page.on("response", (response) => {
    if (new URL(response.url()).pathname === "/v1/live") streams.push(response.status());
  });
  const app = await openApp(person, { path: `/app/t/${id}` });
  await expect(app.meRow).toBeVisible();
  await expect.poll(() => streams).toEqual([200]);
  await person.scores(id, 2_000);
  await expect(app.meRow).toContainText("2,000");
  expect(polls, "polls").toBe(0);

  // The next one begins with a token that is not taken any more.
  let refused = 0;
  await page.route("**/v1/live?*", (route) => {
    refused += 1;
    const body = JSON.stringify({ code: "token_expired", status: 401, title: "expired" });
    return refused > 1 ? route.continue() : route.fulfill({ status: 401, contentType: "application/problem+json", body });
  });
  for (const value of [true, false]) {
    await page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, value);
  }
  await expect.poll(() => streams).toEqual([200, 401, 200]);
  expect(polls, "one, which renews it").toBe(1);
  await person.scores(id, 3_000);
  await expect(app.meRow).toContainText("3,000");
});

test("how many watch a board is said beside its players, and moves nothing", async ({
  newBrowser,
  openApp,
  page,
  person,
  stack,
}) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const app = await openApp(person, { path: PATH });
  await expect(app.board).toBeVisible();
  const watching = app.root.getByTestId("watching");
  await expect(watching).toHaveText("");
  const other = await (await newBrowser()).newPage();
  await other.goto(`${stack.url}${PATH}`);
  await expect(watching).toHaveText("2 watching");
  await expect(watching).toBeInViewport({ ratio: 1 });
  await other.close();
  await expect(watching).toHaveText("");
  const sum = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0));
  expect(sum).toBeLessThan(0.02);
});

test("a screen reader is told of another place, not of others who come, and not of each step of a climb", async ({
  newPerson,
  openApp,
  page,
  person,
  stack,
}) => {
  const id = `told-${randomUUID().slice(0, 8)}`;
  await stack.platform.tournament({ tournament_id: id });
  for (const score of [40, 30, 20]) await (await newPerson()).scores(id, score);
  await person.scores(id, 10);
  const app = await openApp(person, { path: `/app/t/${id}` });
  const told = app.root.getByTestId("place-told");
  await expect(told).toHaveText("Your place: 4 of 4");
  await told.evaluate((element) => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push(element.textContent ?? "")).observe(element, {
      characterData: true,
      childList: true,
      subtree: true,
    });
  });
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said);
  for (const [count, score] of [[5, 5], [6, 4], [7, 3]] as const) {
    await (await newPerson()).scores(id, score);
    await expect(app.root.locator(".facts")).toContainText(`${count} players`);
  }
  expect(await said(), "others have come").toEqual([]);
  for (const [rank, score] of [[3, 25], [2, 35], [1, 45]] as const) {
    await person.scores(id, score);
    await app.expectRank(rank);
  }
  await expect(told).toHaveText("Your place: 1 of 7");
  expect((await said()).length, "announcements of a climb over three places").toBeLessThanOrEqual(2);
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
