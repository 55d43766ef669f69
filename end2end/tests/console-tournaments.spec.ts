// Tournaments and missions at the console: made from a template, played, run, disputed; what a role may not do; that
// everybody can use it.

import { randomUUID } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { arrive, enterAsAdmin } from "../support/console.ts";
import { expect, test } from "../support/fixtures.ts";
import type { Stack } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const newId = () => `desk-${randomUUID().slice(0, 8)}`;

/** A time as a field of a form in UTC holds it. */
const field = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 19);

/** Two players of the platform, who have no Telegram. */
async function rivals(stack: Stack, id: string): Promise<[string, string]> {
  await stack.platform.players([
    { platform_user_id: `${id}-1`, alias: `Ada ${id}` },
    { platform_user_id: `${id}-2`, alias: `Bob ${id}` },
  ]);
  return [`${id}-1`, `${id}-2`];
}

/** Makes a tournament from the template of a weekly league, without its league, that runs already. */
async function make(page: Page, stack: Stack, id: string): Promise<void> {
  await page.goto(`${stack.url}/console/tournaments`);
  await page.getByLabel("Begin with").selectOption("weekly_league");
  await page.getByRole("button", { name: "New tournament" }).click();
  await page.getByLabel("Id", { exact: true }).fill(id);
  await page.getByLabel("Title (en)").fill(`League ${id}`);
  await page.getByLabel("Starts", { exact: true }).fill(field(-1));
  await page.getByLabel("Ends", { exact: true }).fill(field(24 * 30));
  await page.getByLabel("Players of a cohort").fill("");
  await page.getByLabel("Leagues").fill("");
}

/** The button that says what will be done, and then does it. */
async function sure(page: Page, name: string): Promise<void> {
  await page.locator("summary", { hasText: name }).click();
  await page.locator("details[open]").getByRole("button", { name }).click();
}

test("a tournament is made from a template, published, played, stopped and has results", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  test.slow();
  const id = newId();
  await enterAsAdmin(page, stack);
  await make(page, stack, id);

  // What is wrong stands beside its field, and nothing is lost.
  await page.getByLabel("Id", { exact: true }).fill("two words");
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.locator('[data-wrong="tournament_id"]')).toBeVisible();
  await page.getByLabel("Id", { exact: true }).fill(id);

  await page.getByRole("button", { name: "Preview" }).click();
  await expect(page.getByTestId("schedule").locator('[data-step="reset"]').first()).toBeVisible();
  await page.getByRole("button", { name: "Save as a draft" }).click();
  await expect(page.getByRole("status")).toContainText("Saved");
  expect((await fetch(`${stack.url}/v1/tournaments/${id}/periods`)).status).toBe(404);

  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("button", { name: "Publish" }).click();
  await expect(page.getByRole("status")).toContainText("Published");
  const [ada, bob] = await rivals(stack, id);
  await stack.platform.scores([
    { tournament_id: id, platform_user_id: ada, score: 40 },
    { tournament_id: id, platform_user_id: bob, score: 70 },
  ]);
  await page.reload();
  await expect(page.getByTestId("ranks").locator("tbody tr").first()).toContainText(`Bob ${id}`);

  // A stop says whom it concerns before it is done.
  await page.locator("summary", { hasText: "Stop now" }).click();
  await expect(page.locator("details[open]")).toContainText("Players: 2.");
  await page.locator("details[open]").getByRole("button", { name: "Stop now" }).click();
  await expect(page.getByRole("status")).toContainText("Stopped");
  await expect(async () => {
    await page.reload();
    await expect(page.getByTestId("hash")).toHaveText(/^[0-9a-f]{64}$/, { timeout: 1_000 });
  }).toPass({ timeout: 45_000 });
  await expect(page.locator('[data-state="finished"]')).toBeVisible();
});

test("what is previewed is in the viewer's time zone, and the clocks' change stands in it", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = newId();
  await enterAsAdmin(page, stack);
  // In Rome the clocks go back in the night to 27 October 2030: eight in the evening stays eight, and is an hour later
  // in UTC from then on.
  const preview = async (zone: string, starts: string, ends: string) => {
    await page.goto(`${stack.url}/console/tournaments/new?template=weekly_league&zone=${zone}`);
    await page.getByLabel("Id", { exact: true }).fill(id);
    await page.getByLabel("Title (en)").fill(`League ${id}`);
    await page.getByLabel("Starts", { exact: true }).fill(starts);
    await page.getByLabel("Ends", { exact: true }).fill(ends);
    await page.getByLabel("New period").fill("0 20 * * SUN");
    await page.getByLabel("in the time zone").fill("Europe/Rome");
    await page.getByRole("button", { name: "Preview" }).click();
    const resets = page.getByTestId("schedule").locator('[data-step="reset"]');
    await expect(resets).toHaveCount(1);
    return resets;
  };
  const inRome = await preview("Europe/Rome", "2030-10-20T20:00", "2030-11-03T20:00");
  await expect(inRome).toContainText("2030-10-27");
  await expect(inRome).toContainText("20:00");
  const inUtc = await preview("UTC", "2030-10-20T18:00", "2030-11-03T19:00");
  await expect(inUtc).toContainText("2030-10-27");
  await expect(inUtc).toContainText("19:00");
});

test("a tournament is extended, frozen and thawed, and players and the platform are told", async ({
  newBrowser,
  openApp,
  page,
  person,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const id = newId();
  await stack.platform.tournament({ tournament_id: id });
  await person.scores(id, 40);
  const app = await openApp(person, { path: `/app/t/${id}` }, await (await newBrowser()).newPage());
  await expect(app.root.getByTestId("my-state")).toHaveText("You’re in");

  await enterAsAdmin(page, stack);
  await page.goto(`${stack.url}/console/tournaments/${id}`);
  await sure(page, "Freeze");
  await expect(page.getByRole("status")).toContainText("Frozen");
  await expect(stack.platform.scores([{ tournament_id: id, platform_user_id: person.platformUserId, score: 90 }])).rejects.toThrow(
    "tournament_frozen",
  );
  await (app.root as Page).reload();
  await expect(app.root.getByTestId("my-state")).toHaveText("Paused");
  expect((await stack.leaders(id, 1))[0]?.score).toBe(40);

  await sure(page, "Thaw");
  await expect(page.getByRole("status")).toContainText("Thawed");
  await person.scores(id, 90);
  expect((await stack.leaders(id, 1))[0]?.score).toBe(90);

  const ends = async () => Date.parse((await stack.get<{ period: { ends_at: string } }>(`/v1/tournaments/${id}/details`)).period.ends_at);
  const before = await ends();
  await page.locator("summary", { hasText: "Extend" }).click();
  await page.locator("details[open]").getByLabel("Ends").fill(field(30));
  await page.locator("details[open]").getByRole("button", { name: "Extend" }).click();
  await expect(page.getByRole("status")).toContainText("Extended");
  expect(await ends()).toBeGreaterThan(before + 20 * 3_600_000);
});

test("the charts say their figures in words, and follow what happens without a reload", async ({ newCrowd, page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  test.setTimeout(120_000);
  const id = await newCrowd(3);
  await enterAsAdmin(page, stack);
  await page.goto(`${stack.url}/console/tournaments/${id}`);
  const chart = page.locator('[data-chart="scores"]');
  // Each node writes its figures down every ten seconds, and the page asks every five.
  const figures = /^Scores a minute: Now \d+; at most [1-9]\d* within 60 minutes$/;
  await expect(chart.getByRole("img")).toHaveAccessibleName(figures, { timeout: 30_000 });
  await expect(chart.locator("rect").first()).toBeAttached();
  await page.getByTestId("pulse").locator("summary").click();
  await expect(page.getByTestId("pulse").locator("tbody tr")).toHaveCount(60);

  // What is read or has the focus stays where it is while the figures change.
  const summary = page.getByTestId("pulse").locator("summary");
  await summary.focus();
  const row = (await page.getByTestId("pulse").locator("tbody tr").nth(30).elementHandle())!;

  const most = async () => Number(/at most (\d+)/.exec((await chart.getByRole("img").getAttribute("aria-label")) ?? "")?.[1]);
  const before = await most();
  const more = Array.from({ length: before + 4 }, (_, index) => ({ tournament_id: id, platform_user_id: `${id}-1`, score: 500 + index }));
  await stack.platform.scores(more);
  // It asks by itself, and the table that was opened stays open.
  await expect.poll(most, { timeout: 30_000 }).toBeGreaterThan(before);
  await expect(page.getByTestId("pulse").locator("tbody tr").first()).toBeVisible();
  await expect(summary).toBeFocused();
  expect(await row.evaluate((row) => row.isConnected)).toBe(true);
});

test("times are in the zone of the browser, and in a chosen one from page to page", async ({ newBrowser, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const page = await (await newBrowser({ timezoneId: "America/New_York" })).newPage();
  await enterAsAdmin(page, stack);
  const zone = page.getByLabel("Time zone");
  await page.getByRole("link", { name: "Tournaments" }).click();
  await expect(zone).toHaveValue("America/New_York");
  await page.getByRole("button", { name: "New tournament" }).click();
  await expect(page.getByText("in the time zone America/New_York")).toBeVisible();

  await page.getByRole("link", { name: "Tournaments" }).click();
  await zone.selectOption("Asia/Tokyo");
  await page.locator("form", { has: zone }).getByRole("button").click();
  await page.getByRole("link", { name: "Missions" }).click();
  await expect(page).toHaveURL(/\/console\/missions\?zone=Asia\/Tokyo$/);
  await expect(zone).toHaveValue("Asia/Tokyo");
  await page.locator("h1").click();
  await page.keyboard.press("g");
  await page.keyboard.press("t");
  await expect(page).toHaveURL(/\/console\/tournaments\?zone=Asia\/Tokyo$/);
});

test("what was typed is given back when the session was over as it was sent", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = newId();
  await enterAsAdmin(page, stack);
  await page.goto(`${stack.url}/console/tournaments/new?template=weekly_league&zone=Asia/Tokyo`);
  await page.getByLabel("Id", { exact: true }).fill(id);
  await page.getByLabel("Title (en)").fill(`League ${id}`);
  await page.getByLabel("Leagues").fill("");
  await page.getByLabel("Players of a cohort").fill("");
  await page.getByLabel("Players must join").setChecked(true);
  await page.context().clearCookies({ name: "podium_console" });
  await page.getByRole("button", { name: "Save as a draft" }).click();
  await page.waitForURL(/\/login/);

  await enterAsAdmin(page, stack);
  await page.getByRole("link", { name: "Back to what was typed" }).click();
  await expect(page.getByRole("status")).toHaveText("This was typed before and not saved. Check it and send it again.");
  await expect(page.getByText("in the time zone Asia/Tokyo")).toBeVisible();
  await expect(page.getByLabel("Id", { exact: true })).toHaveValue(id);
  await expect(page.getByLabel("Leagues")).toHaveValue("");
  await expect(page.getByLabel("Players must join")).toBeChecked();
  await page.getByRole("button", { name: "Save as a draft" }).click();
  await expect(page.getByRole("status")).toContainText("Saved");
  await page.getByRole("link", { name: "Missions" }).click();
  await expect(page.getByRole("link", { name: "Back to what was typed" })).toHaveCount(0);
});

test("what is wrong in a form is said in the operator's language", async ({ newBrowser, page: door, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  await enterAsAdmin(door, stack);
  const italian = await newBrowser({ locale: "it-IT" });
  await italian.addCookies(await door.context().cookies());
  const page = await italian.newPage();
  await page.goto(`${stack.url}/console/tournaments/new`);
  await page.locator("#tournament_id").fill("due parole");
  await page.locator("#prizes").fill("1 | cup\nultimo | cup");
  await page.locator('button[name="do"][value="publish"], button[value="publish"]').first().click();
  await expect(page.locator('[data-wrong="tournament_id"]')).toHaveText(/Deve avere da 1 a 62 lettere/);
  await expect(page.locator('[data-wrong="prizes"]')).toHaveText(/Riga 2: Deve iniziare con un posto/);
});

test("who is excluded leaves the board of a page that is open, and comes back", async ({ newBrowser, newCrowd, page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = await newCrowd(3);
  const board = await (await newBrowser()).newPage();
  await board.goto(`${stack.url}/app/t/${id}`);
  await expect(board.getByText("Crowd 1", { exact: true })).toBeVisible();

  await enterAsAdmin(page, stack);
  await page.goto(`${stack.url}/console/tournaments?q=${id}`);
  await page.locator("tbody a").first().click();
  await page.getByTestId("ranks").getByRole("link", { name: "Crowd 1" }).click();
  await page.locator("summary", { hasText: "Exclude" }).click();
  await page.getByLabel("Reason").fill("Two accounts");
  await page.locator("details[open]").getByRole("button", { name: "Exclude" }).click();
  await expect(page.getByRole("status")).toContainText("is excluded");
  await expect(board.getByText("Crowd 1", { exact: true })).toHaveCount(0);
  await expect(board.getByText("Crowd 2", { exact: true })).toBeVisible();

  await sure(page, "Reinstate");
  await expect(page.getByRole("status")).toContainText("takes part again");
  await expect(board.getByText("Crowd 1", { exact: true })).toBeVisible();
});

test("a dispute shows a correction and what all scores come to", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = newId();
  await stack.platform.tournament({ tournament_id: id });
  const [ada] = await rivals(stack, id);
  const posting = (score: number) => ({ tournament_id: id, platform_user_id: ada, score });
  await stack.platform.scoreAs(`${id}-low`, posting(10));
  await stack.platform.scoreAs(`${id}-high`, posting(90));
  await stack.platform.correct({ tournament_id: id, platform_user_id: ada, event: { id: `${id}-high` }, score: 20 });

  await enterAsAdmin(page, stack);
  await page.goto(`${stack.url}/console/tournaments/${id}`);
  await page.getByTestId("ranks").getByRole("link").first().click();
  const rows = page.getByTestId("scores").locator("tbody tr");
  await expect(rows).toHaveCount(3);
  await expect(rows.first()).toHaveAttribute("data-effect", "corrected");
  await expect(rows.nth(1)).toContainText("Corrected by");
  await expect(page.getByTestId("verdict")).toHaveText("Both agree.");
  await stack.platform.end(id);
});

test("a viewer sees tournaments and changes none", async ({ newBrowser, newPerson, page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = newId();
  await stack.platform.tournament({ tournament_id: id });
  await enterAsAdmin(page, stack);
  await page.getByRole("link", { name: "Operators" }).click();
  await page.getByLabel("What other operators call them").fill("Looks on");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByTestId("invitation").innerText();

  const viewer = await (await newBrowser()).newPage();
  await arrive(viewer, stack, (await newPerson()).initData(), link);
  await viewer.getByRole("link", { name: "Tournaments" }).click();
  await expect(viewer.getByRole("button", { name: "New tournament" })).toHaveCount(0);
  await viewer.goto(`${stack.url}/console/tournaments/${id}`);
  await expect(viewer.getByText("Stop now")).toHaveCount(0);
  await viewer.goto(`${stack.url}/console/tournaments/new`);
  await expect(viewer.getByTestId("refused")).toContainText("edit_tournaments");
  await viewer.goto(`${stack.url}/console/missions/new`);
  await expect(viewer.getByTestId("refused")).toContainText("edit_missions");
  await stack.platform.end(id);
});

test("a mission is made from a template, tried and stopped", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const id = newId();
  await enterAsAdmin(page, stack);
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Missions" }).click();
  await page.getByLabel("Begin with").selectOption("seven_days");
  await page.getByRole("button", { name: "New mission" }).click();
  await page.getByLabel("Id", { exact: true }).fill(id);
  await page.getByRole("button", { name: "Try on past activities" }).click();
  await expect(page.getByTestId("tried")).toContainText("Players who finish");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("status")).toContainText("Saved");
  await sure(page, "Stop");
  await expect(page.getByRole("status")).toContainText("is stopped");
});

for (const scheme of ["light", "dark"] as const) {
  test(`axe finds nothing in tournaments and missions and they fit a tablet and a phone, ${scheme}`, async ({
    newBrowser,
    newCrowd,
    stack,
    watch,
  }, info) => {
    // A form with something wrong is answered with 422.
    watch.expect(FAILED_REQUEST);
    test.slow();
    const id = await newCrowd(30);
    const context = await newBrowser({ viewport: { width: 1280, height: 800 }, colorScheme: scheme });
    const page = await context.newPage();
    await enterAsAdmin(page, stack);
    const look = async (name: string) => {
      await page.setViewportSize({ width: 1280, height: 800 });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${name} ${id} ${nodes.map((node) => node.target).join(" ")}`)).toEqual([]);
      for (const width of [1280, 800, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${name} at ${width}`).toBeLessThanOrEqual(0);
        const path = info.outputPath(`console-${name}-${width}-${scheme}.png`);
        await page.screenshot({ fullPage: true, path });
        await info.attach(`console-${name}-${width}-${scheme}.png`, { path, contentType: "image/png" });
      }
    };
    await page.goto(`${stack.url}/console/tournaments?zone=Europe/Rome`);
    await look("tournaments");
    await page.goto(`${stack.url}/console/tournaments/${id}?zone=Europe/Rome`);
    await page.locator("summary", { hasText: "Stop now" }).click();
    await look("tournament");
    await page.getByTestId("ranks").getByRole("link").first().click();
    await page.locator("summary", { hasText: "Exclude" }).click();
    await look("scores");
    await page.goto(`${stack.url}/console/tournaments/new?template=weekly_league&zone=Europe/Rome`);
    await page.getByRole("button", { name: "Publish" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await look("tournament-form");
    await page.goto(`${stack.url}/console/missions`);
    await look("missions");
    await page.goto(`${stack.url}/console/missions/new?template=collector`);
    await page.getByLabel("Id", { exact: true }).fill("collector");
    await page.getByRole("button", { name: "Try on past activities" }).click();
    await look("mission-form");
  });
}
