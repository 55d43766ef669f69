// The whole way: a person writes to the bot, taps a button, and sees herself climb a live board.

import type { Frame, Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { BOT_USERNAME, TOURNAMENTS } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const SCREENS = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 860 },
};

/** The id of the tournament on top of the lobby. */
async function busiest(get: <T>(path: string) => Promise<T>): Promise<string> {
  const { tournaments } = await get<{ tournaments: { tournament_id: string }[] }>("/v1/tournaments");
  return tournaments[0]!.tournament_id;
}

/** The frame of the app, for what only a frame can tell. */
function frameOf(page: Page): Frame {
  const frame = page.frames().find((each) => new URL(each.url()).pathname.startsWith("/app"));
  if (!frame) throw new Error("the app is not open");
  return frame;
}

for (const [name, viewport] of Object.entries(SCREENS)) {
  test.describe(`on a ${name}`, () => {
    test.use({ viewport });

    test("a button in the chat opens the board, and a score moves the own row without a reload", async ({
      desk,
      newBrowser,
      page,
      person,
      stack,
    }) => {
      const id = await busiest((path) => stack.get(path));
      await desk.open();
      await desk.become(person);
      await desk.start.click();
      await expect(desk.answers.first()).toContainText("Podium");
      await desk.inlineButton("Open Podium").click();

      await expect(desk.app.board).toBeVisible();
      await expect(desk.app.rows).toHaveCount(10);
      await desk.app.expectSignedIn(person.firstName);
      const loaded = await frameOf(page).evaluate(() => performance.timeOrigin);

      // Somebody who has only the link watches the same board.
      const viewer = await (await newBrowser({ viewport: SCREENS.desktop })).newPage();
      await viewer.goto(`${stack.url}/app/t/${id}`);
      const viewersRows = viewer.getByTestId("board").getByTestId("board-row");
      await expect(viewersRows.first()).toBeVisible();

      await person.scores(id, 1);
      await expect(desk.app.meRow).toBeVisible();
      await expect(desk.app.meRow.locator(".row__rank")).not.toHaveText("1");
      const alias = await desk.app.meRow.locator(".row__alias").innerText();
      expect(alias).not.toContain(person.firstName);
      await expect(viewersRows.first()).not.toContainText(alias);

      const [leader] = await stack.leaders(id, 1);
      await person.scores(id, leader!.score + 1000);
      await desk.app.expectRank(1);
      await expect(desk.app.rows.first()).toContainText(alias);
      await expect(desk.app.ownRow).toHaveAttribute("data-rank", "1");
      await expect(viewersRows.first()).toContainText(alias);

      expect(await frameOf(page).evaluate(() => performance.timeOrigin), "the app was loaded anew").toBe(loaded);
    });

    test("native buttons act, and the back button follows the router", async ({ desk, person, stack }) => {
      await person.scores(await busiest((path) => stack.get(path)), 1);
      await desk.open();
      await desk.become(person);
      await desk.press("open-app");
      await desk.app.expectSignedIn(person.firstName);
      await expect(desk.native("back")).toBeHidden();
      await expect(desk.native("secondary")).toBeHidden();
      await expect(desk.app.standIns).toHaveCount(0);

      // The lobby's main button leads to the board on top.
      await expect(desk.native("main")).toHaveText("Watch live");
      await desk.native("main").click();
      await expect(desk.native("back")).toBeVisible();
      await expect(desk.native("secondary")).toHaveText("Share");
      await expect(desk.app.tabs).toHaveCount(0);

      // There it leads to the own row, far down, and then back to the leaders.
      await expect(desk.native("main")).toHaveText("Show my place");
      const own = desk.app.root.locator(".row--me").first();
      await expect(own).not.toBeInViewport();
      await desk.native("main").click();
      await expect(own).toBeInViewport();
      await expect(desk.native("main")).toHaveText("Show the leaders");
      await desk.native("main").click();
      await expect(desk.app.rows.first()).toBeInViewport();

      await desk.native("back").click();
      await expect(desk.app.heading).toHaveText("Tournaments");
      await expect(desk.native("back")).toBeHidden();
      await expect(desk.native("secondary")).toBeHidden();

      await desk.native("settings").click();
      await expect(desk.app.heading).toHaveText("Settings");
      await desk.native("back").click();
      await expect(desk.app.heading).toHaveText("Tournaments");
    });
  });
}

test.describe("in the simulated Telegram", () => {
  test.use({ viewport: SCREENS.desktop });

  test("a tournament is shared by a message that the bot has prepared, or not when the player thinks better of it", async ({
    desk,
    page,
    person,
  }) => {
    await desk.open();
    await desk.become(person);
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await desk.app.tournament("Fastest Lap").click();
    await expect(desk.app.heading).toHaveText("Fastest Lap");
    const popup = page.getByTestId("popup");

    await desk.native("secondary").click();
    await expect(popup).toContainText("Share this message?");
    await popup.getByRole("button", { name: "Cancel" }).click();
    await expect(popup).toHaveCount(0);
    // No link instead: who said no has been asked.
    await expect(page.getByTestId("share-sheet")).toHaveCount(0);
    await expect(desk.messages).toHaveCount(0);
    await expect(desk.native("secondary")).toHaveText("Share");

    await desk.native("secondary").click();
    await popup.getByRole("button", { name: "Share" }).click();
    await desk.press("close-app");
    const sent = desk.messages.last();
    await expect(sent).toContainText("Fastest Lap");
    await sent.getByTestId("inline-button").filter({ hasText: "Open leaderboard" }).click();
    await expect(desk.app.heading).toHaveText("Fastest Lap");
  });

  test("a prepared message that can't be sent is replaced by the link", async ({ desk, page, person, watch }) => {
    watch.expect(FAILED_REQUEST);
    await desk.open();
    await desk.become(person);
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await desk.app.tournament("Fastest Lap").click();
    await expect(desk.app.heading).toHaveText("Fastest Lap");
    // The client finds the message too old.
    await page.route(/\/prepared\//, (route) => route.fulfill({ status: 410, body: "" }));
    const sheet = page.getByTestId("share-sheet");
    for (const time of ["first", "second"]) {
      await desk.native("secondary").click();
      await page.getByTestId("popup").getByRole("button", { name: "Share" }).click();
      await expect(sheet, time).toContainText(`startapp=t_${TOURNAMENTS.ascending}`);
      await expect(sheet, time).toHaveCount(1);
      await page.keyboard.press("Escape");
      await expect(sheet, time).toHaveCount(0);
    }
  });

  test("the player's own climb is felt and seen, each time", async ({ desk, page, person, stack }) => {
    const id = TOURNAMENTS.best;
    await page.addInitScript(() => {
      const tints: string[] = [];
      Object.assign(window, { tints });
      const animate = Element.prototype.animate;
      Element.prototype.animate = function (keyframes, options) {
        // The row in the board above is tinted too.
        const isTint = JSON.stringify(keyframes).includes("backgroundColor");
        if (isTint && this.className.includes("me__")) tints.push(this.className);
        return animate.call(this, keyframes, options);
      };
    });
    const tints = () => frameOf(page).evaluate(() => (window as unknown as { tints: string[] }).tints);
    const felt = desk.page.locator(".log li", { hasText: "haptic_feedback" }).filter({ hasText: "impact" });
    const [leader] = await stack.leaders(id, 1);
    await person.scores(id, 1);
    await desk.open();
    await desk.become(person);
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await desk.app.tournament("Galaxy Sprint").click();
    await expect(desk.app.meRow).toBeVisible();
    const before = await felt.count();
    await person.scores(id, leader!.score - 1);
    await expect(desk.app.meRow).not.toHaveAttribute("data-rank", "1");
    await expect(felt).toHaveCount(before + 1);
    await expect.poll(tints).toEqual(["me__flash"]);
    await person.scores(id, leader!.score + 1000);
    await desk.app.expectRank(1);
    await expect(felt).toHaveCount(before + 2);
    await expect.poll(tints).toEqual(["me__flash", "me__flash"]);
  });

  test("a client without prepared messages shares the link, and a friend lands on it", async ({ desk, person }) => {
    await desk.open();
    await desk.become(person);
    await desk.set("version", "7.10");
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await desk.app.tournament("Fastest Lap").click();
    await expect(desk.app.heading).toHaveText("Fastest Lap");

    await desk.native("secondary").click();
    const sheet = desk.page.getByTestId("share-sheet");
    await expect(sheet).toContainText(`https://t.me/${BOT_USERNAME}?startapp=t_${TOURNAMENTS.ascending}`);
    await expect(sheet).toContainText("Fastest Lap");

    const friendId = 1_000_000_004;
    await desk.press(`popup-${friendId}`);
    await desk.press("popup-yes");
    const shared = desk.page.getByTestId("shared-message");
    await expect(shared).toContainText("Fastest Lap");
    await shared.getByRole("link").or(shared.getByRole("button")).first().click();
    // Dario's Telegram speaks Italian.
    await expect(desk.app.heading).toHaveText("Giro più veloce");
  });

  test("the app follows a change of the theme", async ({ desk, page, person }) => {
    const background = () =>
      frameOf(page).evaluate(() => getComputedStyle(document.body).backgroundColor);
    const scheme = () => frameOf(page).evaluate(() => document.documentElement.dataset.scheme);
    await desk.open();
    await desk.become(person);
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await expect.poll(scheme).toBe("light");
    const light = await background();
    await desk.press("theme-switch");
    await expect.poll(scheme).toBe("dark");
    await expect.poll(background).not.toBe(light);
    await desk.press("theme-switch");
    await expect.poll(scheme).toBe("light");
    await expect.poll(background).toBe(light);
  });

  test("a person whose Telegram speaks French reads French", async ({ desk, newPerson }) => {
    const person = await newPerson({ language: "fr" });
    await desk.open();
    await desk.become(person);
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await expect(desk.app.heading).toHaveText("Tournois");
    await expect(desk.app.root.locator("html")).toHaveAttribute("lang", "fr");
    await expect(desk.app.tournament("Tour le plus rapide")).toBeVisible();
  });
});
