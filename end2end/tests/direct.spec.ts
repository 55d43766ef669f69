// The app opened as clients open it, with launch parameters that the server's own code has not signed.

import { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import { TOURNAMENTS } from "../support/stack.ts";
import { THEMES, computed, type ThemeName } from "../support/themes.ts";

/** A shift below this is not seen. */
const SHIFT_MAX = 0.02;

test("the board stands in the HTML, before any script", async ({ newBrowser, stack }) => {
  const leaders = await stack.leaders(TOURNAMENTS.best, 3);
  const page = await (await newBrowser({ javaScriptEnabled: false })).newPage();
  const answer = await page.goto(`${stack.url}/app/t/${TOURNAMENTS.best}`);
  const html = (await answer?.text()) ?? "";
  for (const leader of leaders) expect(html).toContain(leader.alias);
  const app = new MiniApp(page);
  await expect(app.rows.first()).toBeInViewport();
  await expect(app.rows.first()).toContainText(leaders[0]!.alias);
  await expect(app.heading).toHaveText("Galaxy Sprint");

  await page.goto(`${stack.url}/app`);
  await expect(app.rows).toHaveCount(10);
  await expect(app.rows.nth(4)).toBeInViewport();
});

for (const theme of ["light", "dark"] as ThemeName[]) {
  test(`the first paint has the ${theme} background, before the code has come`, async ({
    context,
    page,
    person,
  }) => {
    // The browser itself prefers the other one.
    await page.emulateMedia({ colorScheme: theme === "dark" ? "light" : "dark" });
    let letPass = () => {};
    const gate = new Promise<void>((done) => (letPass = done));
    await context.route(/\/pkg\/|telegram-web-app\.js/, async (route) => {
      await gate;
      await route.continue();
    });
    await page.addInitScript(() => {
      document.addEventListener("DOMContentLoaded", () => {
        const styles = [document.documentElement, document.body].map((element) => getComputedStyle(element));
        Object.assign(window, { firstBackgrounds: styles.map((style) => style.backgroundColor) });
      });
    });
    await page.goto(person.launchUrl({ theme }), { waitUntil: "domcontentloaded" });
    const wanted = computed(THEMES[theme]["secondary_bg_color"]!);
    const seen = await page.evaluate(() => (window as unknown as { firstBackgrounds: string[] }).firstBackgrounds);
    expect(seen).toEqual([wanted, wanted]);
    await expect(page.locator("html")).toHaveAttribute("data-scheme", theme);
    await expect(new MiniApp(page).rows.first()).toBeVisible();
    letPass();
    await new MiniApp(page).expectSignedIn(person.firstName);
    await expect(page.locator("body")).toHaveCSS("background-color", wanted);
  });
}

for (const [first, then] of [
  ["dark", "light"],
  ["light", "dark"],
] as [ThemeName, ThemeName][]) {
  test(`a launch in ${then} wins over the ${first} one that the tab has seen before`, async ({ openApp, page, person }) => {
    const expectTheme = async (theme: ThemeName) => {
      await expect(page.locator("html")).toHaveAttribute("data-scheme", theme);
      await expect(page.locator("body")).toHaveCSS("background-color", computed(THEMES[theme]["secondary_bg_color"]!));
    };
    // Telegram's script has run, and so has what the page does with what it says.
    const scriptHasRun = () => page.waitForFunction(() => document.documentElement.style.getPropertyValue("--tg-color-scheme"));
    await openApp(person, { theme: first });
    await scriptHasRun();
    await expectTheme(first);

    await page.goto("about:blank");
    const app = await openApp(person, { theme: then });
    await app.expectSignedIn(person.firstName);
    await scriptHasRun();
    await expect(app.tabs).toBeVisible();
    await expectTheme(then);

    // A theme that has changed since the launch survives a reload, from the first paint on.
    await page.evaluate((theme_params) => {
      const { Telegram } = window as unknown as {
        Telegram: { WebView: { receiveEvent: (name: string, data: object) => void } };
      };
      Telegram.WebView.receiveEvent("theme_changed", { theme_params });
    }, THEMES[first]);
    await expectTheme(first);
    await page.reload({ waitUntil: "domcontentloaded" });
    await expectTheme(first);
    await scriptHasRun();
    await expectTheme(first);
  });
}

test("nothing shifts while the page comes alive", async ({ openApp, page, person, stack }) => {
  await person.scores(TOURNAMENTS.best, 1);
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  const total = () =>
    page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((sum, shift) => sum + shift, 0));

  for (const path of ["/app", `/app/t/${TOURNAMENTS.best}`]) {
    await page.goto("about:blank");
    const app = await openApp(person, { path });
    if (path === "/app") await app.expectSignedIn(person.firstName);
    else await expect(app.meRow).toBeVisible();
    expect(await total(), `shift on ${path}`).toBeLessThan(SHIFT_MAX);
  }
  // A change of the board slides rows; it shifts nothing either.
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, leader!.score + 10);
  await new MiniApp(page).expectRank(1);
  expect(await total(), "shift when the own row climbs").toBeLessThan(SHIFT_MAX);
});

test("only a player without a score is told so", async ({ newPerson, openApp, page, person }) => {
  await page.addInitScript(() => {
    Object.assign(window, { wasTold: false });
    new MutationObserver(() => {
      if (document.querySelector(".me--none")) Object.assign(window, { wasTold: true });
    }).observe(document, { childList: true, subtree: true });
  });
  await person.scores(TOURNAMENTS.best, 1);
  const path = `/app/t/${TOURNAMENTS.best}`;
  const app = await openApp(person, { path });
  await expect(app.meRow).toBeVisible();
  expect(await page.evaluate(() => (window as unknown as { wasTold: boolean }).wasTold)).toBe(false);

  await page.goto("about:blank");
  await openApp(await newPerson(), { path });
  await expect(app.root.getByText("No score yet")).toBeVisible();
  await expect(app.meRow).toHaveCount(0);
});

test("a reload stays signed in, with no init data in the address", async ({ openApp, page, person }) => {
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  expect(page.url()).not.toContain("tgWebAppData");
  await page.reload();
  await app.expectSignedIn(person.firstName);
  expect(page.url()).not.toContain("tgWebAppData");
  // What is not secret stays, so that the look survives as well.
  expect(page.url()).toContain("tgWebAppThemeParams");
});

test("a link with startapp opens its tournament", async ({ openApp, page, person, stack }) => {
  const startParameter = `t_${TOURNAMENTS.ascending}`;
  const app = await openApp(person, { startParameter });
  await expect(app.heading).toHaveText("Fastest Lap");
  await expect(page).toHaveURL(new RegExp(`^${stack.url}/app/t/${TOURNAMENTS.ascending}#`));
  await expect(app.meRow.or(app.root.getByText("No score yet"))).toBeVisible();

  // Clients put it into the query as well; then the server renders that tournament at once.
  const html = await (await page.request.get(`${stack.url}/app?tgWebAppStartParam=${startParameter}`)).text();
  expect(html).toContain("Fastest Lap</h1>");
});

test("the browser's back button goes through the app's pages", async ({ openApp, page, person }) => {
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  await app.tournament("Fastest Lap").click();
  await expect(app.heading).toHaveText("Fastest Lap");
  await page.goBack();
  await expect(app.heading).toHaveText("Tournaments");
  await page.goForward();
  await expect(app.heading).toHaveText("Fastest Lap");
  await expect(page).toHaveURL(new RegExp(`/app/t/${TOURNAMENTS.ascending}`));
});
