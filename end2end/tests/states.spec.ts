// What the page says when sign-in or the network is in trouble. The board is public: it stays, whatever happens.

import { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import { BOT_USERNAME, TOURNAMENTS } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const BOT_LINK = `https://t.me/${BOT_USERNAME}?startapp`;

test("a browser without Telegram sees the board and a way in", async ({ page, stack }) => {
  await page.goto(`${stack.url}/app`);
  const app = new MiniApp(page);
  await expect(app.notice("sign-in-needed").getByRole("link")).toHaveAttribute("href", BOT_LINK);
  await expect(app.rows).toHaveCount(10);
  await expect(app.meRow).toHaveCount(0);

  // The way in leads to where the player is.
  await app.tournament("Fastest Lap").click();
  await expect(app.notice("sign-in-needed").getByRole("link")).toHaveAttribute(
    "href",
    `${BOT_LINK}=t_${TOURNAMENTS.ascending}`,
  );
});

test("an app opened from a keyboard button, which gets no init data, shows the board and a way in", async ({
  page,
  person,
  stack,
}) => {
  await page.goto(await stack.telegram.launchUrl(person.id, { kind: "keyboard" }));
  const app = new MiniApp(page);
  await expect(app.notice("sign-in-needed").getByRole("link")).toBeVisible();
  await expect(app.rows).toHaveCount(10);
});

test("init data that was tampered with is told from none", async ({ openApp, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const initData = person.initData().replace(String(person.id), String(person.id + 1));
  const app = await openApp(person, { initData });
  await expect(app.notice("sign-in-failed")).toContainText("could not be verified");
  await expect(app.notice("sign-in-failed").getByRole("link")).toHaveAttribute("href", BOT_LINK);
  await expect(app.rows).toHaveCount(10);
  await expect(app.playerName).toHaveCount(0);
});

test("init data from the future is not believed", async ({ openApp, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person, { initData: person.initData({ ageSeconds: -660 }) });
  await expect(app.notice("sign-in-failed")).toBeVisible();
  await expect(app.rows).toHaveCount(10);
});

test("init data that is eleven minutes old offers to open the app afresh", async ({ openApp, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person, { initData: person.initData({ ageSeconds: 660 }) });
  await expect(app.notice("stale").getByRole("link")).toHaveAttribute("href", BOT_LINK);
  await expect(app.rows).toHaveCount(10);
});

test.describe("inside Telegram", () => {
  test.use({ viewport: { width: 1280, height: 860 } });

  test("one tap heals a stale launch, on the same page", async ({ desk, person, watch }) => {
    watch.expect(FAILED_REQUEST);
    await desk.open();
    await desk.become(person);
    await desk.set("launch-data", "stale");
    await desk.press("open-app");
    await expect(desk.app.notice("stale")).toBeVisible();
    await desk.app.tournament("Fastest Lap").click();
    await expect(desk.app.heading).toHaveText("Fastest Lap");

    await desk.set("launch-data", "fresh");
    await desk.app.notice("stale").getByRole("link").click();
    await expect(desk.app.notice("stale")).toHaveCount(0);
    await expect(desk.app.heading).toHaveText("Fastest Lap");
    await desk.native("settings").click();
    await expect(desk.app.heading).toHaveText("Settings");
    await expect(desk.app.root.getByText("Mini App · this device")).toBeVisible();
  });

  test("a client of version 6.0 gets buttons on the page for those that it does not have", async ({ desk, person }) => {
    await desk.open();
    await desk.become(person);
    await desk.set("version", "6.0");
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    // The main button is as old as Mini Apps.
    await expect(desk.native("main")).toHaveText("Watch live");
    await desk.native("main").click();
    await expect(desk.app.standIns.getByRole("button")).toHaveText(["Share"]);
    await expect(desk.native("secondary")).toBeHidden();
    await expect(desk.native("back")).toBeHidden();
    await desk.app.root.getByRole("button", { name: "Back" }).click();
    await expect(desk.app.heading).toHaveText("Tournaments");
  });

  test("without Telegram's script the page stands on its own", async ({ desk, person, stack, watch }) => {
    watch.expect(FAILED_REQUEST);
    await desk.open();
    await desk.become(person);
    await desk.press("script-switch");
    await expect(desk.page.getByTestId("script-switch")).toBeChecked();
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await desk.app.standIns.getByRole("button", { name: "Watch live" }).click();
    await expect(desk.app.standIns.getByRole("button", { name: "Share" })).toBeVisible();
    await desk.app.root.getByRole("button", { name: "Back" }).click();
    await expect(desk.app.heading).toHaveText("Tournaments");
    await expect(desk.native("main")).toBeHidden();
    await person.scores(TOURNAMENTS.best, 1);
    await desk.app.tournament("Galaxy Sprint").click();
    await expect(desk.app.meRow).toBeVisible();
    await stack.telegram.calm();
  });
});

test("a server that can't be reached is told, and one tap signs in once it can", async ({
  context,
  openApp,
  person,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  await context.route(/\/(v1|fn)\//, (route) => route.abort("connectionfailed"));
  const app = await openApp(person);
  await expect(app.notice("sign-in-failed")).toContainText("No connection");
  await expect(app.notice("offline")).toBeVisible();
  await expect(app.rows).toHaveCount(10);

  await context.unroute(/\/(v1|fn)\//);
  await app.notice("sign-in-failed").getByRole("button").click();
  await app.expectSignedIn(person.firstName);
  await expect(app.notice("offline")).toHaveCount(0);
  await expect(app.notice("sign-in-failed")).toHaveCount(0);
});

test("a phone without a network keeps what it knows and says so", async ({ context, openApp, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  await context.setOffline(true);
  await expect(app.notice("offline")).toBeVisible();
  await expect(app.rows).toHaveCount(10);
  // What is not known can't be had now; there is a way on.
  await app.tournament("Fastest Lap").click();
  await expect(app.heading).toHaveText(/Fastest Lap|This did not load/);
  await expect(app.root.getByRole("button", { name: "Try again" })).toBeVisible();

  await context.setOffline(false);
  await app.root.getByRole("button", { name: "Try again" }).click();
  await expect(app.rows.first()).toBeVisible();
  await expect(app.notice("offline")).toHaveCount(0);
});

test("a tournament that does not exist is a page with a way on", async ({ page, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const answer = await page.goto(person.launchUrl({ path: "/app/t/no-such-cup" }));
  expect(answer?.status()).toBe(404);
  const app = new MiniApp(page);
  await expect(app.heading).toHaveText("There is no such tournament");
  await app.root.getByRole("link", { name: "All tournaments" }).click();
  await expect(app.heading).toHaveText("Tournaments");
  await app.expectSignedIn(person.firstName);
});

test("an address that leads nowhere is a page with a way on", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  for (const path of ["/nowhere", "/app/nowhere", "/app/t"]) {
    const answer = await page.goto(stack.url + path);
    expect(answer?.status(), path).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("There is nothing here");
    await expect(page.getByRole("main").getByRole("link")).toBeVisible();
  }
});

test("tournaments that have not begun and that are over say so", async ({ openApp, page, person }) => {
  const app = await openApp(person, { path: `/app/t/${TOURNAMENTS.upcoming}` });
  await expect(app.heading).toHaveText("Winter Derby");
  await expect(app.board).toContainText("Scores count from the start");
  await expect(app.root.getByText(/^Starts in/)).toBeVisible();

  await page.goto("about:blank");
  await openApp(person, { path: `/app/t/${TOURNAMENTS.finished}` });
  await expect(app.heading).toHaveText("Autumn Cup");
  await expect(app.rows.first()).toBeVisible();
  await expect(app.root.getByText("The result stands")).toBeVisible();
});
