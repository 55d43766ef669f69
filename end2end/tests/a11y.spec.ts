// Everybody can use it: axe finds nothing, the keyboard reaches everything, stillness is respected.

import { randomUUID } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import type { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import type { LaunchParameters } from "../support/person.ts";
import { TOURNAMENTS } from "../support/stack.ts";
import type { ThemeName } from "../support/themes.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

/** Violations in a form that can be read in a failure. */
async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}\n  ${node.target.join(" ")}\n  ${node.any[0]?.message ?? node.all[0]?.message ?? ""}`),
  );
}

for (const theme of ["light", "dark"] as ThemeName[]) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme, contextOptions: { reducedMotion: "reduce" } });

    for (const path of ["/", "/kit"]) {
      test(`axe finds nothing on ${path}`, async ({ page, stack }) => {
        await page.goto(stack.url + path);
        await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
        expect(await violations(page)).toEqual([]);
      });
    }

    test("axe finds nothing on /app as a guest in a browser sees it", async ({ page, stack }) => {
      await page.goto(`${stack.url}/app`);
      await expect(page.getByTestId("sign-in-needed")).toBeVisible();
      expect(await violations(page)).toEqual([]);
    });

    for (const path of ["/app", `/app/t/${TOURNAMENTS.best}`, "/app/profile"]) {
      for (const platform of ["android", "ios"]) {
        test(`axe finds nothing on ${path} for a player on ${platform}`, async ({ openApp, page, person }) => {
          await person.scores(TOURNAMENTS.best, 1);
          const app = await openApp(person, { path, platform, theme });
          if (path.startsWith("/app/t/")) await expect(app.meRow).toBeVisible();
          else await app.expectSignedIn(person.firstName);
          expect(await violations(page)).toEqual([]);
        });
      }
    }

    test("axe finds nothing on a long board, while more of it loads, and when it can't be had", async ({
      openApp,
      page,
      person,
      newCrowd,
      watch,
    }) => {
      watch.expect(FAILED_REQUEST);
      const id = await newCrowd(160);
      await person.scores(id, 15);
      const app = await openApp(person, { path: `/app/t/${id}`, theme });
      await app.expectRank(160);
      await expect(app.root.getByText("Around you")).toBeVisible();
      expect(await violations(page), "with the rows around the own one").toEqual([]);

      await app.more.click();
      await expect(app.rows).toHaveCount(100);
      expect(await violations(page), "with more rows").toEqual([]);

      const gates: (() => Promise<void>)[] = [];
      await page.route("**/board?*", (route) => void gates.push(() => route.fulfill({ status: 503 })));
      await app.more.click();
      await expect(app.root.getByRole("status", { name: "Loading…" })).toBeVisible();
      expect(await violations(page), "while more rows load").toEqual([]);
      await expect.poll(() => gates.length).toBe(1);
      await gates[0]!();
      await expect(app.root.getByText("taking a short break")).toBeVisible();
      expect(await violations(page), "with a failure").toEqual([]);
    });

    const states: [string, string, LaunchParameters, RegExp][] = [
      ["before the start", `/app/t/${TOURNAMENTS.upcoming}`, {}, /Scores count from the start/],
      ["after the end", `/app/t/${TOURNAMENTS.finished}`, {}, /You did not take part/],
      ["where nothing is", "/app/t/no-such-cup", {}, /There is no such tournament/],
      ["where one is a guest", "/app/profile", { initData: null }, /Watching as a guest/],
    ];
    for (const [state, path, launch, text] of states) {
      test(`axe finds nothing ${state}`, async ({ openApp, page, person, watch }) => {
        watch.expect(FAILED_REQUEST);
        const app = await openApp(person, { path, theme, ...launch });
        await expect(app.root.getByText(text).filter({ visible: true }).first()).toBeVisible();
        expect(await violations(page)).toEqual([]);
      });
    }

    test("axe finds nothing on a page that has grown old, and without a network", async ({
      context,
      openApp,
      page,
      person,
      watch,
    }) => {
      watch.expect(FAILED_REQUEST);
      const app = await openApp(person, { initData: person.initData({ ageSeconds: 660 }), theme });
      await expect(app.notice("stale")).toBeVisible();
      expect(await violations(page), "stale").toEqual([]);
      await context.setOffline(true);
      await expect(app.notice("offline")).toBeVisible();
      expect(await violations(page), "offline").toEqual([]);
      await context.setOffline(false);
    });
  });
}

/** What has the focus, by the text that a screen reader would say, and whether it shows. */
async function focused(page: Page): Promise<{ name: string; shows: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLElement;
    const style = getComputedStyle(element);
    const outline = style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 1;
    return {
      name: element === document.body ? "" : (element.getAttribute("aria-label") ?? element.innerText).trim(),
      shows: outline || style.boxShadow !== "none",
    };
  });
}

test("the keyboard reaches every link in its order, and shows where it is", async ({ openApp, page, person }) => {
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  const links = await page.getByRole("link").or(page.getByRole("button")).filter({ visible: true }).allInnerTexts();
  expect(links.length).toBeGreaterThan(5);
  // Countdowns go on while the keyboard walks.
  const still = (text: string) => text.trim().replace(/\d+:\d\d:\d\d/, "00:00:00");
  for (const link of links) {
    await page.keyboard.press("Tab");
    const { name, shows } = await focused(page);
    expect(still(name)).toBe(still(link));
    expect(shows, `the focus on "${name}" is seen`).toBe(true);
  }
});

test("a tournament opens by the keyboard, and its heading has the focus, also once the board has come", async ({
  openApp,
  page,
  person,
}) => {
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  let letPass = () => {};
  const gate = new Promise<void>((done) => (letPass = done));
  await page.route("**/fn/tournaments/page", async (route) => {
    await gate;
    await route.continue();
  });
  await app.tournament("Fastest Lap").focus();
  await page.keyboard.press("Enter");
  await expect(app.heading).toHaveText("Fastest Lap");
  await expect(app.heading).toBeFocused();
  await expect(app.rows).toHaveCount(0);
  letPass();
  await expect(app.rows.first()).toBeVisible();
  await expect(app.heading).toBeFocused();
});

test("who joins by the keyboard goes on from the card, and who looks for their place stays on the button", async ({
  newCrowd,
  openApp,
  page,
  person,
  stack,
}) => {
  const joined = `keys-${randomUUID().slice(0, 8)}`;
  await stack.platform.tournament({ tournament_id: joined, join: { required: true } });
  let app = await openApp(person, { path: `/app/t/${joined}`, platform: "unknown" });
  await app.standIns.getByRole("button", { name: "Join" }).focus();
  await page.keyboard.press("Enter");
  await expect(app.root.getByTestId("my-state")).toHaveText("You’re in");
  await expect(app.standIns.getByRole("button", { name: "Join" })).toHaveCount(0);
  await expect(app.root.getByTestId("my-state")).toBeFocused();

  const crowd = await newCrowd(20);
  await person.scores(crowd, 1);
  app = await openApp(person, { path: `/app/t/${crowd}`, platform: "unknown" });
  await app.standIns.getByRole("button", { name: "Show my place" }).focus();
  await page.keyboard.press("Enter");
  const back = app.standIns.getByRole("button", { name: "Show the leaders" });
  await expect(back).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(app.standIns.getByRole("button", { name: "Show my place" })).toBeFocused();
  // The next thing to do is offered in the same place: a better score changes nothing about who has the focus.
  await person.scores(crowd, 2);
  await expect(app.meRow).toContainText("2");
  await expect(app.standIns.getByRole("button", { name: "Show my place" })).toBeFocused();
});

/** How the page scrolls to the own place. */
async function scrolls(page: Page, app: MiniApp): Promise<unknown> {
  await page.evaluate(() => {
    Element.prototype.scrollIntoView = function (options) {
      Object.assign(window, { scrolled: (options as ScrollIntoViewOptions).behavior });
    };
  });
  await app.standIns.getByRole("button", { name: "Show my place" }).click();
  return page.evaluate(() => (window as unknown as { scrolled?: string }).scrolled);
}

test("without a wish for stillness the page glides to the own place", async ({ newCrowd, openApp, page, person }) => {
  const crowd = await newCrowd(20);
  await person.scores(crowd, 1);
  const app = await openApp(person, { path: `/app/t/${crowd}`, platform: "unknown" });
  expect(await scrolls(page, app)).toBe("smooth");
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("the page jumps to the own place", async ({ newCrowd, openApp, page, person }) => {
    const crowd = await newCrowd(20);
    await person.scores(crowd, 1);
    const app = await openApp(person, { path: `/app/t/${crowd}`, platform: "unknown" });
    expect(await scrolls(page, app)).toBe("auto");
  });

  test("nothing moves, not even when the board does", async ({ openApp, page, person, stack }) => {
    const moving = () =>
      page.evaluate(() =>
        document
          .getAnimations()
          .filter((animation) => animation.playState === "running" && animation.effect?.getComputedTiming().duration !== 0)
          .map((animation) => (animation.effect as KeyframeEffect).target?.className),
      );
    await page.addInitScript(() => {
      const animate = Element.prototype.animate;
      Object.assign(window, { started: 0 });
      Element.prototype.animate = function (...parameters) {
        (window as unknown as { started: number }).started += 1;
        return animate.apply(this, parameters);
      };
    });
    await person.scores(TOURNAMENTS.best, 1);
    const app = await openApp(person, { path: `/app/t/${TOURNAMENTS.best}` });
    await expect(app.meRow).toBeVisible();
    const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
    await person.scores(TOURNAMENTS.best, leader!.score + 10);
    await app.expectRank(1);
    expect(await moving()).toEqual([]);
    expect(await page.evaluate(() => (window as unknown as { started: number }).started)).toBe(0);
  });
});

test("without that wish rows slide to their new place", async ({ openApp, page, person, stack }) => {
  await page.addInitScript(() => {
    const animate = Element.prototype.animate;
    Object.assign(window, { started: 0 });
    Element.prototype.animate = function (...parameters) {
      (window as unknown as { started: number }).started += 1;
      return animate.apply(this, parameters);
    };
  });
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, leader!.score - 1);
  const app = await openApp(person, { path: `/app/t/${TOURNAMENTS.best}` });
  await app.expectRank(2);
  await person.scores(TOURNAMENTS.best, leader!.score + 10);
  await app.expectRank(1);
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { started: number }).started))
    .toBeGreaterThanOrEqual(2);
});
