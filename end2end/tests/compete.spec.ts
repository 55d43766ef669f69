// Taking part: joining, prizes, being told, the end, the own history; what a player is told in each state; and that the
// board stands still while all that comes.

import { randomUUID } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";

import { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Platform, Tournament } from "../support/platform.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const HOUR_MS = 3_600_000;
/** A client that draws nothing of its own: the page stands in for its buttons and its questions. */
const PLAIN = "unknown";
const from = (ms: number) => new Date(Date.now() + ms).toISOString();
const cash = { code: "cash", amount: "50", currency: "EUR", title: { en: "50 EUR", it: "50 euro" } };

/** What the player's card says. */
class Card {
  readonly state: Locator;
  readonly note: Locator;
  readonly bell: Locator;
  readonly claim: Locator;

  constructor(readonly app: MiniApp) {
    this.state = app.root.getByTestId("my-state");
    this.note = app.root.getByTestId("my-note");
    this.bell = app.root.getByTestId("notify");
    this.claim = app.root.getByTestId("claim");
  }

  get root(): Locator {
    return this.app.root.getByTestId("my-card");
  }

  get said(): Locator {
    return this.app.root.getByTestId("said");
  }

  panel(name: string): Locator {
    return this.app.root.getByRole("group", { name: "What to see" }).getByRole("button", { name, exact: true });
  }
}

/** Makes a tournament that has a name of its own, and is over when nothing else is said. */
async function make(platform: Platform, data: Partial<Tournament> = {}): Promise<string> {
  const tournament_id = `compete-${randomUUID().slice(0, 8)}`;
  await platform.tournament({ tournament_id, title: { en: "Night Race" }, ...data });
  return tournament_id;
}

/** The platform moves the end to a minute ago: late scores are no longer taken, and the ranks become final. */
function stop(platform: Platform, tournament_id: string, data: Partial<Tournament> = {}): Promise<void> {
  const times = { starts_at: from(-HOUR_MS), ends_at: from(-70_000) };
  return platform.tournament({ tournament_id, title: { en: "Night Race" }, ...data, ...times });
}

/** The app is minimized and seen again, as far as the page can tell. */
async function lookAway(page: Page): Promise<void> {
  for (const value of [true, false]) {
    await page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, value: hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, value);
  }
}

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

test("two players join, climb, are overtaken, and the winner claims what was won", async ({
  newBrowser,
  newPerson,
  openApp,
  stack,
}) => {
  test.setTimeout(90_000);
  const rules: Partial<Tournament> = {
    join: { required: true },
    prizes: [{ from: 1, to: 1, what: cash }],
    rewards: "claim",
    finish_notice: "everyone",
  };
  const id = await make(stack.platform, rules);
  const people = [await newPerson(), await newPerson()] as const;
  const cards: Card[] = [];
  const pages: Page[] = [];
  for (const person of people) {
    // Somebody whom the platform knows, before they have played anything.
    await stack.platform.players([
      { platform_user_id: person.platformUserId, alias: `Racer ${person.id % 1000}`, telegram_user_id: person.id },
    ]);
    await stack.telegram.sendMessage(person.id, "/start");
    await expect.poll(async () => (await stack.telegram.chat(person.id)).messages.length).toBeGreaterThan(1);
    const page = await (await newBrowser()).newPage();
    const app = await openApp(person, { path: `/app/t/${id}`, platform: PLAIN }, page);
    pages.push(page);
    cards.push(new Card(app));
  }
  const [ann, ben] = people;
  const [anns, bens] = cards as [Card, Card];
  for (const card of cards) {
    await expect(card.state).toHaveText("Join to compete");
    await card.app.standIns.getByRole("button", { name: "Join" }).click();
    await expect(card.state).toHaveText("You’re in");
    await expect(card.app.standIns.getByRole("button", { name: "Join" })).toHaveCount(0);
    await card.bell.click();
    await card.app.root.getByRole("dialog").getByRole("button", { name: "Yes, write to me" }).click();
    await expect(card.said).toContainText("told in the chat");
    await expect(card.bell).toHaveAttribute("aria-pressed", "true");
  }

  await ann.scores(id, 10);
  await anns.app.expectRank(1);
  await expect(anns.note).toContainText("Place 1");
  await ben.scores(id, 20);
  await bens.app.expectRank(1);
  await anns.app.expectRank(2);
  await expect(anns.note).toContainText("11 to place 1");
  await expect(anns.root.getByTestId("spark")).toHaveAttribute("aria-label", /1 at first, 1 at best, 2 now/);

  await stop(stack.platform, id, rules);
  for (const page of pages) await lookAway(page);
  await expect(bens.state).toHaveText("Final place: 1", { timeout: 30_000 });
  await expect(anns.state).toHaveText("Final place: 2", { timeout: 30_000 });
  await expect(anns.note).toContainText("No prize this time");
  await expect(anns.claim).toHaveCount(0);
  // Both are told in the chat.
  for (const person of people) {
    await expect
      .poll(async () => JSON.stringify((await stack.telegram.chat(person.id)).messages), { timeout: 20_000 })
      .toContain("is over");
  }

  await bens.claim.click();
  await expect(bens.claim).toHaveCount(0);
  await expect(bens.note).toContainText("It is yours: 50 EUR");
  await pages[1]!.reload();
  await expect(bens.note).toContainText("It is yours: 50 EUR");

  // The result can be looked at again, and its proof copied.
  await bens.panel("Rules").click();
  await expect(bens.app.root.getByTestId("result-hash")).toHaveText(/^[0-9a-f]{8}…[0-9a-f]{8}$/);
  await openApp(ben, { path: "/app/history" }, pages[1]!);
  const past = bens.app.root.getByTestId("past");
  await expect(past).toContainText("Night Race");
  await expect(past).toContainText("Place 1 of 2");
  await expect(past).toContainText("50 EUR");
  expect(await violations(pages[1]!)).toEqual([]);
});

test("a join that is refused is taken back with the reason", async ({ openApp, page, person, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = await make(stack.platform, { join: { required: true } });
  let answer = () => {};
  const gate = new Promise<void>((done) => (answer = done));
  await page.route(`**/v1/tournaments/${id}/join`, async (route) => {
    await gate;
    const body = JSON.stringify({ code: "tournament_full", status: 409, title: "full" });
    await route.fulfill({ status: 409, contentType: "application/problem+json", body });
  });
  const card = new Card(await openApp(person, { path: `/app/t/${id}`, platform: PLAIN }));
  await card.app.standIns.getByRole("button", { name: "Join" }).click();
  // At once, before the server has said anything.
  await expect(card.state).toHaveText("You’re in");
  answer();
  await expect(card.state).toHaveText("Join to compete");
  await expect(card.said).toHaveText("The tournament is full.");
  await expect(card.app.standIns.getByRole("button", { name: "Join" })).toBeVisible();
});

test("an answer that was asked for before a join does not undo it", async ({ openApp, page, person, stack }) => {
  const id = await make(stack.platform, { join: { required: true } });
  const card = new Card(await openApp(person, { path: `/app/t/${id}`, platform: PLAIN }));
  const join = card.app.standIns.getByRole("button", { name: "Join" });
  await expect(join).toBeVisible();
  // What the server said before the join is kept back until everything else is done.
  let letPass = () => {};
  const gate = new Promise<void>((done) => (letPass = done));
  let asked = 0;
  const url = `**/v1/tournaments/${id}/me`;
  await page.route(url, async (route) => {
    asked += 1;
    if (asked > 1) return route.continue();
    const response = await route.fetch();
    await gate;
    await route.fulfill({ response });
  });
  await lookAway(page);
  await expect.poll(() => asked).toBe(1);
  const fresh = page.waitForResponse(url);
  await join.click();
  await fresh;
  await expect(card.state).toHaveText("You’re in");
  await card.state.evaluate((element) => {
    const said: string[] = [];
    Object.assign(window, { said });
    const note = () => said.push(element.textContent ?? "");
    new MutationObserver(note).observe(element, { characterData: true, childList: true, subtree: true });
  });
  const stale = page.waitForResponse(url);
  letPass();
  await (await stale).finished();
  // When the page has asked once more, it is done with the answer before that.
  const newer = page.waitForResponse(url);
  await lookAway(page);
  await (await newer).finished();
  await expect(card.state).toHaveText("You’re in");
  await expect(join).toHaveCount(0);
  expect(await page.evaluate(() => (window as unknown as { said: string[] }).said), "what was said instead").toEqual([]);
});

test("a tap on the bell while a join is on its way waits for its turn", async ({ openApp, page, person, stack }) => {
  const id = await make(stack.platform, { join: { required: true } });
  let answer = () => {};
  const gate = new Promise<void>((done) => (answer = done));
  await page.route(`**/v1/tournaments/${id}/join`, async (route) => {
    await gate;
    await route.continue();
  });
  const card = new Card(await openApp(person, { path: `/app/t/${id}`, platform: PLAIN }));
  await card.app.standIns.getByRole("button", { name: "Join" }).click();
  await expect(card.state).toHaveText("You’re in");
  await card.bell.click();
  answer();
  const question = card.app.root.getByRole("dialog");
  await question.getByRole("button", { name: "Yes, write to me" }).click();
  await expect(card.bell).toHaveAttribute("aria-pressed", "true");
  await expect(card.state).toHaveText("You’re in");
});

test("who may not take part is told why, and where that is mended", async ({ openApp, page, stack, stranger }) => {
  const linked = await make(stack.platform, { join: { required: true }, condition: { linked: true } });
  const card = new Card(await openApp(stranger, { path: `/app/t/${linked}` }));
  await expect(card.state).toHaveText("Not open to you yet");
  await expect(card.note).toHaveText("Link your account to take part.");
  await card.root.getByTestId("mend").click();
  await expect(card.app.heading).toHaveText("Settings");

  const known = await make(stack.platform, { join: { required: true }, condition: { kyc_at_least: "basic" } });
  await page.goto("about:blank");
  await openApp(stranger, { path: `/app/t/${known}` });
  await expect(card.note).toContainText("identity check");

  const elsewhere = await make(stack.platform, { join: { required: true }, condition: { regions: ["IT"] } });
  await page.goto("about:blank");
  await openApp(stranger, { path: `/app/t/${elsewhere}` });
  await expect(card.note).toContainText("region");
  await expect(card.app.standIns.getByRole("button", { name: "Join" })).toHaveCount(0);
});

test("every state says what it is", async ({ openApp, page, person, stack }) => {
  await stack.platform.players([
    { platform_user_id: person.platformUserId, alias: "Racer", telegram_user_id: person.id },
  ]);
  const states: [string, Partial<Tournament>, string, RegExp][] = [
    ["free", {}, "Free to enter", /first score counts/],
    ["full", { join: { required: true, size_max: 1 } }, "Join to compete", /0 of 1 places/],
    ["early", { join: { required: true, opens_at: from(HOUR_MS / 2) } }, "Joining is not open yet", /It opens on/],
    ["closed", { join: { required: true, closes_at: from(-60_000) } }, "Joining is over", /still watch/],
    ["missed", { ends_at: from(-70_000) }, "It’s over", /did not take part/],
  ];
  const card = new Card(new MiniApp(page));
  for (const [name, data, state, note] of states) {
    const id = await make(stack.platform, data);
    await page.goto("about:blank");
    await openApp(person, { path: `/app/t/${id}`, platform: PLAIN });
    await expect(card.state, name).toHaveText(state, { timeout: 20_000 });
    await expect(card.note, name).toHaveText(note, { timeout: 20_000 });
    expect(await violations(page), name).toEqual([]);
  }

  const canceled = await make(stack.platform);
  await stack.platform.cancel(canceled);
  await page.goto("about:blank");
  await openApp(person, { path: `/app/t/${canceled}` });
  await expect(card.state).toHaveText("Canceled");

  const out = await make(stack.platform, { join: { required: true } });
  await page.goto("about:blank");
  await openApp(person, { path: `/app/t/${out}`, platform: PLAIN });
  await card.app.standIns.getByRole("button", { name: "Join" }).click();
  await expect(card.state).toHaveText("You’re in");
  await expect(card.note).toContainText("No score yet");
  await stack.platform.disqualify(out, person.platformUserId);
  await lookAway(page);
  await expect(card.state).toHaveText("You’re out");
  expect(await violations(page)).toEqual([]);
});

test("prizes, rules and attempts can be read, by the keyboard too", async ({ openApp, page, person, stack }) => {
  const id = await make(stack.platform, {
    attempts_max: 3,
    prizes: [
      { from: 1, to: 1, what: cash },
      { from: 2, to: 10, what: { code: "free_spins", amount: "20" } },
    ],
    rules_text: { en: "Play fair.\nHave fun." },
  });
  const card = new Card(await openApp(person, { path: `/app/t/${id}`, platform: PLAIN }));
  await expect(card.panel("Board")).toHaveAttribute("aria-pressed", "true");
  await expect(card.panel("Past")).toHaveCount(0);
  await card.panel("Prizes").focus();
  await page.keyboard.press("Enter");
  await expect(card.app.board).toBeHidden();
  await expect(card.app.root.getByTestId("prize")).toHaveCount(2);
  await expect(card.app.root.getByTestId("prize").last()).toContainText("Places 2 to 10");
  expect(await violations(page), "prizes").toEqual([]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(card.app.root.getByText("Have fun.")).toBeVisible();
  await expect(card.app.root.getByText("3 attempts")).toBeVisible();
  expect(await violations(page), "rules").toEqual([]);
  await card.panel("Board").click();
  await expect(card.app.board).toBeVisible();
});

test("a player who does not want messages is not made to have them", async ({ openApp, person, stack }) => {
  const id = await make(stack.platform, { starts_at: from(HOUR_MS), ends_at: from(2 * HOUR_MS) });
  const card = new Card(await openApp(person, { path: `/app/t/${id}`, platform: PLAIN }));
  await card.bell.click();
  await expect(card.bell).toHaveAttribute("aria-pressed", "true");
  await card.app.root.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(card.bell).toHaveAttribute("aria-pressed", "false");
  await card.app.root.getByTestId("muted").getByRole("link", { name: "Settings" }).click();
  await expect(card.app.heading).toHaveText("Settings");
});

test("all tournaments are found by where they stand, and the joined ones are marked", async ({
  openApp,
  page,
  person,
  stack,
}) => {
  const name = `Joined ${randomUUID().slice(0, 6)}`;
  const id = await make(stack.platform, { title: { en: name }, join: { required: true }, ends_at: from(60_000) });
  const card = new Card(await openApp(person, { path: `/app/t/${id}`, platform: PLAIN }));
  // The card says so before the server does.
  const joined = page.waitForResponse(`**/v1/tournaments/${id}/join`);
  await card.app.standIns.getByRole("button", { name: "Join" }).click();
  await expect(card.state).toHaveText("You’re in");
  await joined;

  await page.goto("about:blank");
  const app = await openApp(person);
  await app.root.getByRole("link", { name: "All tournaments" }).click();
  await expect(app.heading).toHaveText("All tournaments");
  const filter = app.root.getByRole("navigation", { name: "Which tournaments" });
  await expect(filter.getByRole("link", { name: "Live" })).toHaveAttribute("aria-current", "page");
  await expect(app.root.getByRole("link", { name }).getByTestId("joined")).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await filter.getByRole("link", { name: "Upcoming" }).click();
  await expect(page).toHaveURL(/\/app\/tournaments\/upcoming/);
  await expect(app.tournament("Winter Derby")).toBeVisible();
  await filter.getByRole("link", { name: "Past" }).click();
  await expect(page).toHaveURL(/\/app\/tournaments\/past/);
  await expect(app.tournament("Autumn Cup")).toBeVisible();
  // The filters are one step in the history.
  await page.goBack();
  await expect(app.heading).toHaveText("Tournaments");
});

test("who has no results yet is shown where to get some", async ({ openApp, page, person }) => {
  const app = await openApp(person, { path: "/app/history" });
  await expect(app.root.getByText("No results yet")).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await app.root.getByRole("link", { name: "See what is live" }).click();
  await expect(app.heading).toHaveText("All tournaments");
});

for (const platform of ["ios", "android"]) {
  test(`the board stands still when the card comes, on ${platform}`, async ({ context, openApp, page, person, stack }) => {
    const id = await make(stack.platform, { join: { required: true }, prizes: [{ from: 1, to: 1, what: cash }] });
    await page.addInitScript(() => {
      const shifts: number[] = ((window as unknown as { shifts: number[] }).shifts = []);
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
      }).observe({ type: "layout-shift", buffered: true });
    });
    let release = () => {};
    const held = new Promise<void>((done) => (release = done));
    await context.route(/\/pkg\/later\.[0-9a-f]+\.wasm$/, async (route) => {
      await held;
      await route.continue();
    });
    const card = new Card(await openApp(person, { path: `/app/t/${id}`, platform }));
    await card.app.expectSignedIn(person.firstName);
    const top = () => card.app.board.evaluate((board) => board.getBoundingClientRect().top);
    const before = await top();
    release();
    await expect(card.state).toHaveText("Join to compete");
    await expect(card.panel("Prizes")).toBeVisible();
    expect(await top()).toBe(before);
    const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
    expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.01);
  });
}
