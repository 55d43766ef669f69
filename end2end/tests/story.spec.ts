// The whole story of a tournament, as two players live it in two browsers at once: join, climb, overtaken, notified,
// finished, claimed. The simulator is their Telegram; scores and the end come as signed events of the platform.

import { randomUUID } from "node:crypto";

import type { Frame, Locator, Page } from "@playwright/test";

import { Desk } from "../pages/desk.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Person } from "../support/person.ts";
import type { Tournament } from "../support/platform.ts";

/** A chat and the app beside it. */
const SCREEN = { width: 1280, height: 860 };
/** Boards are looked at every half minute for those who have fallen: a fall takes two looks. */
const LOOK_MS = 45_000;
/** How long the platform lets it go on once both have scored: two looks, and a page asks every minute when the end is. */
const LAST_MS = 100_000;
/** Until the end, the seconds in which late scores are taken, and the final ranks. */
const SETTLED_MS = LAST_MS + 30_000;

/** One player: a browser, the chat in it, the app beside that. */
class Seat {
  readonly state: Locator;
  readonly note: Locator;
  readonly bell: Locator;
  readonly claim: Locator;

  constructor(
    readonly person: Person,
    readonly page: Page,
    readonly desk: Desk,
    /** The public name, which the others see. */
    readonly alias: string,
  ) {
    const { root } = desk.app;
    this.state = root.getByTestId("my-state");
    this.note = root.getByTestId("my-note");
    this.bell = root.getByTestId("notify");
    this.claim = root.getByTestId("claim");
  }

  get app() {
    return this.desk.app;
  }

  /** What the bot has written. */
  said(text: string): Locator {
    return this.desk.answers.filter({ hasText: text });
  }

  get frame(): Frame {
    const frame = this.page.frames().find((each) => new URL(each.url()).pathname.startsWith("/app"));
    if (!frame) throw new Error("the app is not open");
    return frame;
  }
}

test("two players join, climb, are overtaken and told, see the end, and the winner claims the prize once", async ({
  newBrowser,
  newPerson,
  stack,
}) => {
  test.setTimeout(240_000);
  const id = `story-${randomUUID().slice(0, 8)}`;
  const title = `Night Race ${id.slice(-4)}`;
  const definition: Partial<Tournament> & { tournament_id: string } = {
    tournament_id: id,
    title: { en: title },
    starts_at: new Date(Date.now() - 3_600_000).toISOString(),
    join: { required: true },
    prizes: [{ from: 1, to: 1, what: { code: "cash", amount: "50", currency: "EUR", title: { en: "50 EUR" } } }],
    rewards: "claim",
    finish_notice: "everyone",
  };
  await stack.platform.tournament(definition);

  const seat = async (name: string): Promise<Seat> => {
    // Nobody whom the demo platform names too.
    const person = await newPerson({ isStranger: true });
    const alias = `${name} ${id.slice(-4)}`;
    await stack.platform.players([{ platform_user_id: person.platformUserId, alias, telegram_user_id: person.id }]);
    const page = await (await newBrowser({ viewport: SCREEN })).newPage();
    const desk = new Desk(page, stack.telegram.url);
    await desk.open();
    await desk.become(person);
    // The chat leads into the app.
    await desk.send(`/start t_${id}`);
    await expect(desk.answers.first()).toContainText(title);
    await desk.inlineButton("Open leaderboard").first().click();
    await expect(desk.app.heading).toHaveText(title);
    return new Seat(person, page, desk, alias);
  };
  const scores = ({ person }: Seat, score: number) =>
    stack.platform.scores([{ tournament_id: id, platform_user_id: person.platformUserId, score }]);
  const [ann, ben] = await Promise.all([seat("Ann"), seat("Ben")]);
  const both = [ann, ben];

  // Join, by the client's own button. The chat confirms it.
  for (const one of both) {
    const { desk, state, bell, page } = one;
    await expect(state).toHaveText("Join to compete");
    await expect(desk.native("main")).toHaveText("Join");
    await desk.native("main").click();
    await expect(state).toHaveText("You’re in");
    await expect(desk.native("main").filter({ hasText: "Join" })).toHaveCount(0);
    await expect(one.said(`You are in: ${title}`)).toHaveCount(1);
    // And they want to hear of it: that takes a yes to messages of this kind.
    await bell.click();
    await page.getByTestId("popup").getByRole("button", { name: "Yes, write to me" }).click();
    await expect(bell).toHaveAttribute("aria-pressed", "true");
  }
  const loaded = await Promise.all(both.map((one) => one.frame.evaluate(() => performance.timeOrigin)));

  // Climb: each is seen by the other, live.
  await scores(ann, 10);
  await ann.app.expectRank(1);
  await expect(ann.note).toContainText("Place 1");
  await expect(ben.app.row(ann.alias)).toHaveAttribute("data-rank", "1");
  await scores(ben, 5);
  await ben.app.expectRank(2);
  await expect(ann.app.row(ben.alias)).toHaveAttribute("data-rank", "2");
  await expect(ben.note).toContainText("6 to place 1");

  // It is to end soon. The pages, which stay open, learn of that by themselves.
  await stack.platform.tournament({ ...definition, ends_at: new Date(Date.now() + LAST_MS).toISOString() });

  // Overtaken. Whoever looks at the boards has seen Ann on the only place that wins something by then.
  const looks = () => stack.metric('jobs_completed_total{kind="board_overtaken"}');
  const before = await looks();
  await expect.poll(looks, { timeout: LOOK_MS }).toBeGreaterThan(before);
  await scores(ben, 20);
  await ben.app.expectRank(1);
  await ann.app.expectRank(2);
  await expect(ben.app.row(ann.alias)).toHaveAttribute("data-rank", "2");
  await expect(ann.note).toContainText("11 to place 1");

  // Notified, in the chat beside the app; the one who is ahead is not.
  await expect(ann.said(`You were overtaken in ${title}`)).toHaveCount(1, { timeout: LOOK_MS });
  await expect(ben.said("You were overtaken")).toHaveCount(0);

  // Finished, before the eyes of both: the podium is final, and the chat says so too.
  for (const [one, place] of [[ben, 1], [ann, 2]] as const) {
    await expect(one.state).toHaveText(`Final place: ${place}`, { timeout: SETTLED_MS });
    await expect(one.said(`Your place: ${place} of 2.`)).toHaveCount(1, { timeout: 20_000 });
    await expect(one.app.row(ben.alias)).toHaveAttribute("data-rank", "1");
    await expect(one.app.row(ann.alias)).toHaveAttribute("data-rank", "2");
  }
  await expect(ann.note).toContainText("No prize this time");
  await expect(ann.claim).toHaveCount(0);
  expect(stack.told.rewardsOf(ben.person.platformUserId), "nothing is granted before it is claimed").toEqual([]);

  // Claimed, with something to see.
  await ben.frame.evaluate(() => {
    const celebrated: string[] = [];
    Object.assign(window, { celebrated });
    document.addEventListener("animationstart", (event) => celebrated.push(event.animationName));
  });
  await ben.claim.click();
  await expect(ben.claim).toHaveCount(0);
  await expect(ben.note).toContainText("It is yours: 50 EUR");
  const celebrated = () => ben.frame.evaluate(() => (window as unknown as { celebrated: string[] }).celebrated);
  await expect.poll(celebrated).toContain("sparks");
  await expect.poll(() => stack.told.rewardsOf(ben.person.platformUserId)).toHaveLength(1);
  expect(JSON.stringify(stack.told.rewardsOf(ben.person.platformUserId))).toContain('"cash"');

  // All of that happened to pages that were loaded once.
  expect(await Promise.all(both.map((one) => one.frame.evaluate(() => performance.timeOrigin)))).toEqual(loaded);

  // It stays granted, and the platform is told once.
  await ben.desk.press("close-app");
  await ben.desk.inlineButton("Open leaderboard").first().click();
  await expect(ben.note).toContainText("It is yours: 50 EUR");
  await expect(ben.claim).toHaveCount(0);
  expect(stack.told.rewardsOf(ben.person.platformUserId)).toHaveLength(1);
  expect(stack.told.rewardsOf(ann.person.platformUserId)).toEqual([]);
});
