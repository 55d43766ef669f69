// The operators' console: the door, what a role may not do, and that it can be used by everybody, everywhere.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { arrive, enterAsAdmin, exchange } from "../support/console.ts";
import { expect, test } from "../support/fixtures.ts";
import { TOURNAMENTS } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

/** Finds a player by the id at Telegram, and opens the page. */
async function openPlayer(page: Page, telegramId: number): Promise<void> {
  // The field has the keyboard from the start, and gets it back by `/`.
  const field = page.getByLabel("Find a player");
  await expect(field).toBeFocused();
  await field.blur();
  await page.keyboard.press("/");
  await page.keyboard.type(String(telegramId));
  await page.keyboard.press("Enter");
  await page.locator("tbody a").first().click();
  await expect(page.getByRole("heading", { name: "Identity" })).toBeVisible();
}

test("an admin comes in by Telegram and a second factor, finds a player, and the log says so", async ({
  page,
  person,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  await person.scores(TOURNAMENTS.best, 7);
  await exchange(stack, person.initData());

  await enterAsAdmin(page, stack);
  await openPlayer(page, person.id);
  await expect(page.getByText(person.firstName)).toBeVisible();
  expect(page.url()).not.toContain(String(person.id));

  await page.locator("summary", { hasText: "End all sessions" }).click();
  await page.getByRole("button", { name: "End all sessions" }).click();
  await expect(page.getByRole("status")).toContainText("sessions of the player were ended");

  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page.getByRole("heading", { level: 1, name: "Audit log" })).toBeVisible();
  for (const action of ["players_searched", "player_viewed", "player_sessions_ended"]) {
    await expect(page.getByText(action).first()).toBeVisible();
  }
  // Every line of the console is by somebody, and nobody's name or number stands in it.
  await expect(page.getByText(String(person.id))).toHaveCount(0);

  const cookies = await page.context().cookies();
  const seen = cookies.map(({ httpOnly, name, path, sameSite }) => ({ httpOnly, name, path, sameSite }));
  expect(seen.sort((one, other) => one.name.localeCompare(other.name))).toEqual([
    { httpOnly: true, name: "podium_console", path: "/console", sameSite: "Lax" },
    { httpOnly: false, name: "podium_zone", path: "/console", sameSite: "Lax" },
  ]);
  expect(await page.evaluate(() => sessionStorage.length), "nothing that opens the console again").toBe(0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${stack.url}/`);
  await page.goto(`${stack.url}/console`);
  await page.waitForURL(/\/login/);
});

test("a viewer who was invited may not read the log, and an invitation works once", async ({
  newBrowser,
  newPerson,
  page,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  await enterAsAdmin(page, stack);
  await page.getByRole("link", { name: "Operators" }).click();
  await page.getByLabel("What other operators call them").fill("The viewer");
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByTestId("invitation").innerText();

  const [anna, eve] = [await newPerson(), await newPerson()];
  const viewer = await (await newBrowser()).newPage();
  await arrive(viewer, stack, anna.initData(), link);
  await expect(viewer.getByRole("heading", { level: 1, name: "Players" })).toBeVisible();
  await expect(viewer.getByRole("link", { name: "Audit log" })).toHaveCount(0);
  await viewer.goto(`${stack.url}/console/audit`);
  await expect(viewer.getByTestId("refused")).toHaveAttribute("data-code", "forbidden");
  await expect(viewer.getByTestId("refused")).toContainText("view_audit");

  const late = await (await newBrowser()).newPage();
  await arrive(late, stack, eve.initData(), link);
  await expect(late.getByRole("status")).toContainText("was used before");
  await late.goto(`${stack.url}/console`);
  await late.waitForURL(/\/login/);

  await page.goto(`${stack.url}/console/audit`);
  await expect(page.getByText("console_refused").first()).toBeVisible();
});

test("somebody who is no operator is told so", async ({ newBrowser, person, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const page = await (await newBrowser()).newPage();
  await arrive(page, stack, person.initData(), `${stack.url}/console`);
  await expect(page.getByRole("status")).toContainText("not an operator");
});

for (const scheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the console and it fits a phone, ${scheme}`, async ({ newBrowser, person, stack }, info) => {
    await person.scores(TOURNAMENTS.best, 7);
    await exchange(stack, person.initData());
    const context = await newBrowser({ viewport: { width: 1280, height: 800 }, colorScheme: scheme });
    const page = await context.newPage();
    await enterAsAdmin(page, stack);
    const look = async (name: string) => {
      await page.setViewportSize({ width: 1280, height: 800 });
      const { violations } = await new AxeBuilder({ page }).analyze();
      expect(violations.map(({ id, nodes }) => `${name} ${id} ${nodes.map((node) => node.target).join(" ")}`)).toEqual([]);
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        expect(overflow, `${name} at ${width}`).toBeLessThanOrEqual(0);
        const path = info.outputPath(`console-${name}-${width}-${scheme}.png`);
        await page.screenshot({ fullPage: true, path });
        await info.attach(`console-${name}-${width}-${scheme}.png`, { path, contentType: "image/png" });
      }
    };
    await openPlayer(page, person.id);
    await look("player");
    await page.goBack();
    await look("players");
    for (const path of ["audit", "operators", "second-factor"]) {
      await page.goto(`${stack.url}/console/${path}`);
      await look(path);
    }
  });
}
