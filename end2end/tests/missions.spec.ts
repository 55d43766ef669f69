// Missions: from what a player does on the platform to a reward that the platform is told to book, once.

import { randomUUID } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";

import type { MiniApp } from "../pages/mini-app.ts";
import { expect, test as base } from "../support/fixtures.ts";
import type { Person } from "../support/person.ts";
import type { Mission } from "../support/platform.ts";
import type { Stack } from "../support/stack.ts";
import type { ThemeName } from "../support/themes.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const MISSIONS = "/app/missions";
/** No client is around the page: its main button is the page's own. */
const BARE = { platform: "unknown" };
const DAY_MS = 86_400_000;

/** A player with missions of their own: what they do counts for no other test's. */
class Game {
  readonly name = randomUUID().slice(0, 8);
  readonly account = `player-${this.name}`;
  private readonly missions: Mission[] = [];

  constructor(
    private readonly stack: Stack,
    readonly person: Person,
  ) {}

  async begin(): Promise<this> {
    const alias = `Player ${this.name}`;
    await this.stack.platform.players([{ platform_user_id: this.account, alias, telegram_user_id: this.person.id }]);
    return this;
  }

  id(word: string): string {
    return `${word}-${this.name}`;
  }

  /** A mission that counts what the player does, by a word of the test. */
  async has(word: string, more: Partial<Mission>): Promise<void> {
    const mission: Mission = {
      mission_id: this.id(word),
      title: { en: `${word} ${this.name}` },
      kind: "one_off",
      rule: { event: `bet.${this.name}`, target: 2 },
      ...(more.kind === "achievement" ? {} : { reward: { code: "free_spins", amount: "20" } }),
      ...more,
    };
    this.missions.push(mission);
    await this.stack.platform.missions(mission);
  }

  /** The missions are over: the list of the next test is the demo platform's. */
  async end(): Promise<void> {
    const ends_at = new Date(Date.now() - 1_000).toISOString();
    await this.stack.platform.missions(...this.missions.map((mission) => ({ ...mission, ends_at })));
  }

  /** What the player does, so many days ago. */
  async bets(times = 1, daysAgo = 0): Promise<void> {
    const time = new Date(Date.now() - daysAgo * DAY_MS);
    const activity = { platform_user_id: this.account, activity: `bet.${this.name}`, time };
    await this.stack.platform.activities(...Array.from({ length: times }, () => activity));
  }

  /** The rule of `has`, with another target. */
  rule(target?: number): Record<string, unknown> {
    return { event: `bet.${this.name}`, ...(target === undefined ? {} : { target }) };
  }

  /** What the platform is told to book for the player. */
  get booked(): unknown[] {
    return this.stack.told.rewardsOf(this.account).map(({ source_id }) => source_id);
  }
}

const test = base.extend<{ game: Game }>({
  game: async ({ stack, stranger }, use) => {
    const game = await new Game(stack, stranger).begin();
    await use(game);
    await game.end();
  },
});

const cards = (app: MiniApp) => app.root.getByTestId("mission");
const card = (app: MiniApp, word: string) => cards(app).filter({ has: app.root.getByRole("heading", { name: word }) });
const ring = (card: Locator) => card.getByRole("img");
const claim = (card: Locator) => card.getByRole("button", { name: /^Claim/ });

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.target.join(" ")}`));
}

test("what is done on the platform moves the ring; a claim is booked once and stays", async ({ game, openApp, page }) => {
  await game.has("daily", { kind: "daily" });
  const app = await openApp(game.person, { path: MISSIONS });
  const daily = card(app, game.name);
  await expect(app.heading).toHaveText("Missions");
  await expect(app.tabs.getByRole("link", { name: "Missions" })).toHaveAttribute("aria-current", "page");
  await expect(ring(daily)).toHaveAccessibleName("0 of 2");
  await expect(daily).toContainText("20\u00a0free spins");
  await expect(daily).toContainText(/\d\d:\d\d:\d\d left/);
  await expect(claim(daily)).toHaveCount(0);

  await page.evaluate(() => Object.assign(window, { isTheSamePage: true }));
  await game.bets();
  await expect(ring(daily)).toHaveAccessibleName("1 of 2");
  await expect(app.root.getByTestId("told")).toHaveText(`daily ${game.name}: 1 of 2`);
  await game.bets();
  await expect(claim(daily)).toBeVisible();
  await expect(app.root.getByTestId("told")).toContainText("The reward can be claimed");

  // The answer is kept back: what is pressed is done at once all the same.
  let letPass = () => {};
  const gate = new Promise<void>((done) => (letPass = done));
  await page.route("**/claim", async (route) => {
    await gate;
    await route.continue();
  });
  await claim(daily).click();
  await expect(daily).toContainText("Claimed");
  await expect(claim(daily)).toHaveCount(0);
  expect(game.booked).toEqual([]);
  const answer = page.waitForResponse("**/claim");
  letPass();
  expect((await answer).status()).toBe(200);
  await expect(daily).toContainText(/Again in \d\d:\d\d:\d\d/);
  await expect.poll(() => game.booked).toHaveLength(1);
  expect(await page.evaluate(() => "isTheSamePage" in window), "all of it without a reload").toBe(true);

  await page.reload();
  await expect(daily).toContainText("Claimed");
  await app.root.getByRole("link", { name: "Rewards" }).click();
  await expect(app.root.getByTestId("reward")).toContainText(["20\u00a0free spins"]);
  await expect(app.root.getByTestId("reward")).toContainText(["Claimed"]);
  expect(game.booked, "one reward, booked once").toHaveLength(1);
});

test("a claim that is refused is taken back and says why", async ({ game, openApp, page, watch }) => {
  watch.expect(FAILED_REQUEST);
  await game.has("refused", {});
  await game.bets(2);
  const app = await openApp(game.person, { path: MISSIONS });
  const refused = card(app, game.name);
  await page.route("**/claim", (route) =>
    route.fulfill({ status: 409, contentType: "application/problem+json", body: '{"code":"reward_revoked"}' }),
  );
  await claim(refused).click();
  await expect(refused.getByRole("alert")).toBeVisible();
  await expect(claim(refused)).toBeVisible();
  await page.unroute("**/claim");
  await claim(refused).click();
  await expect(refused).toContainText("Claimed");
  await expect(refused.getByRole("alert")).toHaveCount(0);
  await expect.poll(() => game.booked).toHaveLength(1);
});

test("a claim without a network is taken back, and works when it is there again", async ({ context, game, openApp, watch }) => {
  watch.expect(FAILED_REQUEST);
  await game.has("offline", {});
  await game.bets(2);
  const app = await openApp(game.person, { path: MISSIONS });
  const mission = card(app, game.name);
  await expect(claim(mission)).toBeVisible();
  await context.setOffline(true);
  await claim(mission).click();
  await expect(mission.getByRole("alert")).toContainText("No connection");
  await expect(app.notice("offline")).toBeVisible();
  await context.setOffline(false);
  await claim(mission).click();
  await expect(mission).toContainText("Claimed");
  await expect.poll(() => game.booked).toHaveLength(1);
});

test("a claim that has arrived without its answer is claimed, and nothing says otherwise", async ({
  game,
  openApp,
  page,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  await game.has("lost", {});
  await game.bets(2);
  const app = await openApp(game.person, { path: MISSIONS });
  const mission = card(app, game.name);
  await expect(claim(mission)).toBeVisible();
  let letPass = () => {};
  const gate = new Promise<void>((done) => (letPass = done));
  // The list is kept back as well until the page has said that it heard nothing.
  await page.route(/\/v1\/missions(\?|$)/, async (route) => {
    const response = await route.fetch();
    await gate;
    await route.fulfill({ response });
  });
  await page.route("**/claim", async (route) => {
    await route.fetch();
    await route.abort("connectionfailed");
  });
  await claim(mission).click();
  await expect(mission.getByRole("alert")).toContainText("No connection");
  letPass();
  await expect(mission).toContainText("Claimed");
  await expect(mission.getByRole("alert")).toHaveCount(0);
  await expect.poll(() => game.booked).toHaveLength(1);
  // The next question waits for its answer already.
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

test("a streak bears a missed day by a freeze", async ({ game, openApp }) => {
  await game.has("streak", { kind: "streak", rule: game.rule(1), days: 5, freezes: 2 });
  await game.bets(1, 3);
  await game.bets(1, 1);
  const app = await openApp(game.person, { path: MISSIONS });
  const streak = card(app, game.name);
  await expect(ring(streak)).toHaveAccessibleName("2 of 5 days");
  await expect(streak).toContainText("1 freeze left");
  await expect(streak).toContainText("Not yet today");
  await game.bets();
  await expect(ring(streak)).toHaveAccessibleName("3 of 5 days");
  await expect(streak).toContainText("Today counts");
});

test("a locked mission names what comes first, and opens when that is done", async ({ game, openApp }) => {
  await game.has("first", {});
  await game.has("second", { after: [game.id("first")], rule: game.rule(3) });
  const app = await openApp(game.person, { path: MISSIONS });
  const second = card(app, `second ${game.name}`);
  await expect(second).toContainText(`First: first ${game.name}`);
  // It stands behind what it waits for.
  const titles = await cards(app).getByRole("heading").allInnerTexts();
  expect(titles.indexOf(`second ${game.name}`)).toBe(titles.indexOf(`first ${game.name}`) + 1);
  await game.bets(2);
  await expect(second).not.toContainText("First:");
  await game.bets();
  await expect(ring(second)).toHaveAccessibleName("1 of 3");
});

test("an achievement goes on to its next tier", async ({ game, openApp }) => {
  const tiers = [1, 3].map((target) => ({ target, reward: { code: "badge", title: { en: `Badge ${target}` } } }));
  await game.has("tiers", { kind: "achievement", rule: game.rule(), tiers });
  const app = await openApp(game.person, { path: MISSIONS });
  const achievement = card(app, game.name);
  await expect(achievement.getByRole("listitem")).toContainText(["1: Badge 1 next", "3: Badge 3"]);
  await game.bets();
  await expect(achievement).toContainText("Badge 1");
  await claim(achievement).click();
  await expect(ring(achievement)).toHaveAccessibleName("1 of 3");
  await expect(achievement.getByRole("listitem")).toContainText(["1: Badge 1 reached", "3: Badge 3 next"]);
  await expect(achievement).toContainText("Badge 3");
  await expect.poll(() => game.booked).toHaveLength(1);
});

test("two that wait are claimed by one press", async ({ game, openApp }) => {
  await game.has("one", {});
  await game.has("other", { kind: "weekly" });
  await game.bets(2);
  const app = await openApp(game.person, { path: MISSIONS, ...BARE });
  await app.standIns.getByRole("button", { name: "Claim all (2)" }).click();
  await expect(cards(app).filter({ hasText: game.name }).filter({ hasText: "Claimed" })).toHaveCount(2);
  await expect(app.standIns).toHaveCount(0);
  await expect.poll(() => game.booked).toHaveLength(2);
});

test("the keyboard claims, and stays with the mission", async ({ game, openApp, page }) => {
  await game.has("keys", {});
  await game.bets(2);
  const app = await openApp(game.person, { path: MISSIONS });
  const mission = card(app, game.name);
  await claim(mission).focus();
  await page.keyboard.press("Enter");
  await expect(mission.getByRole("heading")).toBeFocused();
  await expect(app.root.getByTestId("told")).toHaveText("Claimed: 20\u00a0free spins");
});

test("a link opens the missions, and a one-time one a single mission", async ({ game, newBrowser, openApp, page, stack }) => {
  const app = await openApp(game.person, { startParameter: "p_missions" });
  await expect(app.heading).toHaveText("Missions");
  expect(new URL(page.url()).pathname).toBe(MISSIONS);

  for (const word of ["a", "b", "c", "d", "wanted"]) await game.has(word, {});
  const { token } = await stack.platform.token({ action: "open_mission", mission_id: game.id("wanted") });
  const elsewhere = await (await newBrowser()).newPage();
  const other = await openApp(game.person, { startParameter: token }, elsewhere);
  const wanted = card(other, `wanted ${game.name}`);
  await expect(wanted).toBeInViewport();
  await expect(wanted).toHaveClass(/mission--marked/);
  await expect(wanted.getByRole("heading")).toBeFocused();
  expect(new URL(elsewhere.url()).pathname).toBe(`${MISSIONS}/${game.id("wanted")}`);
});

test("a mission that is not there is said to be gone", async ({ game, openApp }) => {
  const app = await openApp(game.person, { path: `${MISSIONS}/no-such-mission` });
  await expect(app.root.locator(".said")).toBeVisible();
  await expect(cards(app).first()).toBeVisible();
});

test("who has no account reads how to get one, and nothing is celebrated", async ({ openApp, page, stranger }) => {
  const app = await openApp(stranger, { path: MISSIONS });
  const notice = app.root.getByTestId("not-linked");
  await expect(notice).toContainText("Link your account to take part");
  await notice.getByRole("link").click();
  await expect(app.heading).toHaveText("Settings");
  expect(new URL(page.url()).pathname).toBe("/app/settings");
});

test("a guest is told the way in", async ({ openApp, stranger }) => {
  const app = await openApp(stranger, { path: MISSIONS, initData: null });
  await expect(app.notice("sign-in-needed")).toBeVisible();
  await expect(cards(app)).toHaveCount(0);
});

test("nothing there, and nothing to be had, are said; the way on works", async ({ game, openApp, page, watch }) => {
  watch.expect(FAILED_REQUEST);
  await game.has("late", {});
  await page.route(/\/v1\/missions/, (route) => route.abort("connectionfailed"));
  const app = await openApp(game.person, { path: MISSIONS });
  const retry = app.root.getByRole("button", { name: "Try again" });
  await expect(retry).toBeVisible();
  await page.unroute(/\/v1\/missions/);
  await retry.click();
  await expect(card(app, game.name)).toBeVisible();

  await page.route(/\/v1\/missions/, (route) => route.fulfill({ json: { version: 0, missions: [] } }));
  await page.reload();
  await expect(app.root.getByText("No missions yet")).toBeVisible();
});

test("what was won is listed page by page", async ({ game, openApp, page }) => {
  for (const word of ["one", "two", "three"]) await game.has(word, { rule: game.rule(1) });
  await game.bets();
  const app = await openApp(game.person, { path: MISSIONS, ...BARE });
  await app.standIns.getByRole("button", { name: "Claim all (3)" }).click();
  await expect.poll(() => game.booked).toHaveLength(3);
  // Small pages, so that three rewards are more than one.
  await page.route(/\/v1\/rewards\?/, (route) => route.continue({ url: route.request().url().replace("limit=30", "limit=2") }));
  await app.tabs.getByRole("link", { name: "Profile" }).click();
  await app.root.getByRole("link", { name: "Rewards" }).click();
  await expect(app.root.getByTestId("reward")).toHaveCount(2);
  await app.root.getByRole("button", { name: "Show more" }).click();
  await expect(app.root.getByTestId("reward")).toHaveCount(3);
  await expect(app.root.getByRole("button", { name: "Show more" })).toHaveCount(0);
});

test("two presses on the way on bring the history once", async ({ game, openApp, page, watch }) => {
  watch.expect(FAILED_REQUEST);
  await game.has("twice", {});
  await game.bets(2);
  const url = /\/v1\/rewards\?/;
  await page.route(url, (route) => route.abort("connectionfailed"));
  const app = await openApp(game.person, { path: "/app/rewards" });
  const retry = app.root.getByRole("button", { name: "Try again" });
  await expect(retry).toBeVisible();
  await page.unroute(url);
  const gates: (() => Promise<void>)[] = [];
  await page.route(url, (route) => void gates.push(() => route.continue()));
  await retry.click();
  await retry.click();
  await expect.poll(() => gates.length).toBe(2);
  for (const pass of gates) {
    const answer = page.waitForResponse(url);
    await pass();
    await (await answer).finished();
  }
  // Claiming draws the list anew, behind both answers.
  await app.root.getByTestId("reward").getByRole("button", { name: /^Claim/ }).first().click();
  await expect(app.root.getByTestId("reward")).toContainText(["Claimed"]);
  await expect(app.root.getByTestId("reward")).toHaveCount(1);
});

test("a reward can be claimed from the history too", async ({ game, openApp }) => {
  await game.has("waiting", {});
  await game.bets(2);
  const app = await openApp(game.person, { path: "/app/rewards" });
  await app.root.getByTestId("reward").getByRole("button", { name: /^Claim/ }).click();
  await expect(app.root.getByTestId("reward")).toContainText("Claimed");
  await expect.poll(() => game.booked).toHaveLength(1);
});

test("nothing shifts while the missions come, move on and are claimed", async ({ game, openApp, page }) => {
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { value: number; hadRecentInput: boolean })[]) {
        if (!entry.hadRecentInput) shifts.push(entry.value);
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await game.has("still", { kind: "daily", rule: game.rule(5) });
  const app = await openApp(game.person, { path: MISSIONS });
  const still = card(app, game.name);
  await expect(ring(still)).toHaveAccessibleName("0 of 5");
  await game.bets(3);
  await expect(ring(still)).toHaveAccessibleName("3 of 5");
  const sum = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts.reduce((a, b) => a + b, 0));
  expect(sum).toBeLessThan(0.02);
});

test.describe("with reduced motion", () => {
  test.use({ contextOptions: { reducedMotion: "reduce" } });

  test("a claim is celebrated without anything that moves", async ({ game, openApp, page }) => {
    await game.has("calm", {});
    await game.bets(2);
    const app = await openApp(game.person, { path: MISSIONS });
    await page.evaluate(() => {
      const moved: string[] = [];
      Object.assign(window, { moved });
      for (const kind of ["animationstart", "transitionrun"]) document.addEventListener(kind, () => moved.push(kind));
    });
    await claim(card(app, game.name)).click();
    await expect(card(app, game.name)).toContainText("Claimed");
    await expect.poll(() => game.booked).toHaveLength(1);
    expect(await page.evaluate(() => (window as unknown as { moved: string[] }).moved)).toEqual([]);
  });
});

test("without that wish the ring turns and a claim is celebrated", async ({ game, openApp, page }) => {
  await game.has("lively", {});
  const app = await openApp(game.person, { path: MISSIONS });
  await expect(ring(card(app, game.name))).toHaveAccessibleName("0 of 2");
  await page.evaluate(() => {
    const moved: string[] = [];
    Object.assign(window, { moved });
    for (const kind of ["animationstart", "transitionrun"]) document.addEventListener(kind, () => moved.push(kind));
  });
  const moved = () => page.evaluate(() => (window as unknown as { moved: string[] }).moved);
  await game.bets(2);
  await expect.poll(moved).toContain("transitionrun");
  await claim(card(app, game.name)).click();
  await expect.poll(moved).toContain("animationstart");
});

/** A page with a mission in every state. */
async function everyState(game: Game): Promise<void> {
  await game.has("begun", { kind: "daily", rule: game.rule(5) });
  await game.has("done", { kind: "weekly" });
  await game.has("claimed", { rule: game.rule(1) });
  await game.has("locked", { after: [game.id("begun")] });
  await game.has("streak", { kind: "streak", rule: game.rule(1), days: 5, freezes: 2 });
  const tiers = [1, 250].map((target) => ({ target, reward: { code: "badge" } }));
  await game.has("tiers", { kind: "achievement", rule: game.rule(), tiers });
  await game.bets(2);
}

for (const theme of ["light", "dark"] as ThemeName[]) {
  for (const platform of ["ios", "android"]) {
    test(`axe finds nothing on missions and rewards, ${theme}, ${platform}`, async ({ game, openApp, page, watch }) => {
      watch.expect(FAILED_REQUEST);
      await everyState(game);
      const app = await openApp(game.person, { path: MISSIONS, theme, platform });
      const done = card(app, `done ${game.name}`);
      await claim(card(app, `claimed ${game.name}`)).click();
      await page.route("**/claim", (route) => route.fulfill({ status: 503 }));
      await claim(done).click();
      await expect(done.getByRole("alert")).toBeVisible();
      expect(await violations(page), "missions").toEqual([]);
      await app.root.getByRole("link", { name: "Rewards" }).click();
      await expect(app.root.getByTestId("reward").first()).toBeVisible();
      expect(await violations(page), "rewards").toEqual([]);
    });
  }
}

for (const language of ["en", "ru", "fr", "it"]) {
  test.describe(`on a narrow phone in ${language}`, () => {
    test.use({ viewport: { width: 320, height: 568 } });

    test("nothing stands out of the page, and what can be pressed is large enough", async ({ newPerson, openApp, page, stack }) => {
      const person = await newPerson({ language, isStranger: true });
      const game = await new Game(stack, person).begin();
      await everyState(game);
      for (const path of [MISSIONS, "/app/rewards"]) {
        const app = await openApp(person, { path, platform: "ios" });
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        await expect(app.root.locator(".mission__claim").first()).toBeVisible();
        const [width, heights] = await page.evaluate(() => [
          document.documentElement.scrollWidth,
          [...document.querySelectorAll(".mission__claim")].map((button) => button.getBoundingClientRect().height),
        ] as const);
        expect(width, path).toBeLessThanOrEqual(320);
        expect(Math.min(...heights), path).toBeGreaterThanOrEqual(44);
        await page.goto("about:blank");
      }
      await game.end();
    });
  });
}
