// What a player decides about their account: messages, devices, language, a copy of what is kept, and its erasure.

import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

import { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import type { ThemeName } from "../support/themes.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

/** No client is around the page in most of these tests: questions are the page's own. */
const BARE = { platform: "unknown" };
const SETTINGS = "/app/settings";
const PRIVACY = "/app/privacy";

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}\n  ${node.target.join(" ")}`));
}

const switchOf = (app: MiniApp, name: string) => app.root.getByRole("switch", { name });
const devicesOf = (app: MiniApp) => app.root.getByTestId("device");

test("every consent is off at first, says what it is for, and stays as it was chosen", async ({ openApp, page, person }) => {
  const app = await openApp(person, { path: SETTINGS });
  const consents = ["Tournaments and missions", "Payouts", "Offers and bonuses"];
  await expect(app.root.getByRole("switch")).toHaveCount(consents.length + 1);
  for (const each of consents.map((name) => switchOf(app, name))) {
    await expect(each).toHaveAttribute("aria-checked", "false");
    await expect(each).toHaveAccessibleDescription(/The bot may write to you/);
  }
  const answer = page.waitForResponse((response) => response.url().endsWith("/v1/tg/consents") && response.request().method() === "POST");
  await switchOf(app, "Tournaments and missions").click();
  expect((await answer).status()).toBe(200);
  await expect(switchOf(app, "Tournaments and missions")).toHaveAttribute("aria-checked", "true");

  await page.reload();
  await expect(switchOf(app, "Tournaments and missions")).toHaveAttribute("aria-checked", "true");
  await expect(switchOf(app, "Payouts")).toHaveAttribute("aria-checked", "false");
});

test("nothing moves when the consents come", async ({ openApp, page, person }) => {
  let letPass = () => {};
  const gate = new Promise<void>((done) => (letPass = done));
  await page.route("**/v1/tg/consents", async (route) => {
    await gate;
    await route.continue();
  });
  const app = await openApp(person, { path: SETTINGS });
  await expect(app.root.getByTestId("device").first()).toBeVisible();
  await expect(switchOf(app, "Payouts"), "which can't be pressed yet").toHaveCount(0);
  const heights = () => page.evaluate(() => document.documentElement.scrollHeight);
  const before = await heights();
  letPass();
  await expect(switchOf(app, "Payouts")).toBeVisible();
  expect(await heights()).toBe(before);
});

test("a consent that the server has not heard turns back and says so", async ({ context, openApp, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person, { path: SETTINGS });
  await expect(switchOf(app, "Payouts")).toBeVisible();
  await context.route("**/v1/tg/consents", (route) => route.abort("connectionfailed"));
  await switchOf(app, "Payouts").click();
  await expect(app.root.getByTestId("said")).toContainText("No connection");
  await expect(switchOf(app, "Payouts")).toHaveAttribute("aria-checked", "false");
});

test("who could not be hidden is shown as before, and told so", async ({ context, openApp, page, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person, { path: SETTINGS });
  const hides = switchOf(app, "Hide my name on boards");
  await expect(hides).toHaveAccessibleDescription(/^On boards you are: \S/);
  const alias = await app.root.getByTestId("alias").innerText();
  let refuse = () => {};
  const gate = new Promise<void>((done) => (refuse = done));
  await context.route("**/v1/tg/alias", async (route) => {
    await gate;
    await route.abort("connectionfailed");
  });
  await hides.click();
  // At once, before the server has heard of it.
  await expect(hides).toHaveAttribute("aria-checked", "true");
  await expect(app.root.getByTestId("alias")).not.toHaveText(alias);
  refuse();
  await expect(app.root.getByTestId("said")).toContainText("No connection");
  await expect(hides).toHaveAttribute("aria-checked", "false");
  await expect(app.root.getByTestId("alias")).toHaveText(alias);
  await context.unroute("**/v1/tg/alias");
  await page.reload();
  await expect(hides).toHaveAttribute("aria-checked", "false");
});

test("the keyboard turns a switch and stays on it", async ({ openApp, page, person }) => {
  const app = await openApp(person, { path: SETTINGS });
  await switchOf(app, "Payouts").focus();
  await page.keyboard.press("Space");
  await expect(switchOf(app, "Payouts")).toHaveAttribute("aria-checked", "true");
  await expect(switchOf(app, "Payouts")).toBeFocused();
});

test("a device that is ended is signed out, and the own one stays", async ({ newBrowser, openApp, page, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const elsewhere = await (await newBrowser()).newPage();
  const other = await openApp(person, { path: SETTINGS, ...BARE }, elsewhere);
  await expect(devicesOf(other)).toHaveCount(1);

  const app = await openApp(person, { path: SETTINGS, ...BARE });
  await expect(devicesOf(app)).toHaveCount(2);
  await expect(devicesOf(app).filter({ hasText: "this device" })).toHaveCount(1);
  await app.root.getByRole("button", { name: /^End the session/ }).click();
  await expect(app.root.getByRole("dialog")).toContainText("Sign out on this device?");
  await page.keyboard.press("Escape");
  await expect(app.root.getByRole("dialog")).toHaveCount(0);
  await expect(devicesOf(app)).toHaveCount(2);

  await app.root.getByRole("button", { name: /^End the session/ }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "End" }).click();
  await expect(devicesOf(app)).toHaveCount(1);
  await expect(app.root.getByTestId("said")).toHaveText("Signed out there.");
  await expect(devicesOf(app)).toContainText("this device");
});

test("all other devices are ended at once", async ({ newBrowser, openApp, person }) => {
  for (let device = 0; device < 2; device += 1) {
    const other = await openApp(person, { path: SETTINGS, ...BARE }, await (await newBrowser()).newPage());
    await expect(devicesOf(other)).toHaveCount(device + 1);
  }
  const app = await openApp(person, { path: SETTINGS, ...BARE });
  await expect(devicesOf(app)).toHaveCount(3);
  await app.root.getByRole("button", { name: "End all other sessions" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "End" }).click();
  await expect(devicesOf(app)).toHaveCount(1);
});

test("a copy of what is kept is a file with the player's own data, good once", async ({ openApp, page, person }) => {
  const app = await openApp(person, { path: PRIVACY });
  const given = page.waitForResponse((response) => response.url().endsWith("/v1/tg/privacy/export"));
  await app.root.getByRole("button", { name: "Get a copy" }).click();
  // The client is handed the address; here is none, so the test does what it would do.
  const { url } = (await (await given).json()) as { url: string };
  const file = await page.request.get(url);
  expect(file.headers()["content-disposition"]).toContain("podium-export.json");
  expect(JSON.stringify(await file.json())).toContain(person.firstName);
  expect((await page.request.get(url)).status()).toBe(410);
});

test("an erasure is asked about, is planned for a day, and can be taken back", async ({ openApp, page, person }) => {
  const app = await openApp(person, { path: PRIVACY, ...BARE });
  await app.root.getByRole("button", { name: "Erase my data" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
  await expect(app.root.getByTestId("erasure-planned")).toHaveCount(0);

  await app.root.getByRole("button", { name: "Erase my data" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Erase my data" }).click();
  await expect(app.root.getByTestId("erasure-planned")).toContainText(/Your data will be erased on .*\d{4}/);
  await page.reload();
  await expect(app.root.getByTestId("erasure-planned")).toBeVisible();

  await app.root.getByRole("button", { name: "Keep my data" }).click();
  await expect(app.root.getByTestId("said")).toHaveText("Your data stays.");
  await expect(app.root.getByRole("button", { name: "Erase my data" })).toBeVisible();
});

test("who has opened the app too long ago is asked to open it afresh, on the same page", async ({ openApp, person }) => {
  const app = await openApp(person, { path: PRIVACY, ...BARE, initData: person.initData({ ageSeconds: 360 }) });
  await app.root.getByRole("button", { name: "Erase my data" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Erase my data" }).click();
  await expect(app.root.getByTestId("proof-needed").getByRole("link")).toHaveAttribute("href", /\?startapp=p_privacy$/);
  await expect(app.root.getByTestId("erasure-planned")).toHaveCount(0);
});

test("a language is chosen for this device and stays", async ({ openApp, page, person }) => {
  const app = await openApp(person, { path: SETTINGS });
  await app.root.getByRole("radio", { name: "Italiano" }).check();
  await expect(app.heading).toHaveText("Impostazioni");
  await expect(page.locator("html")).toHaveAttribute("lang", "it");
  await page.reload();
  await expect(app.heading).toHaveText("Impostazioni");
  await expect(app.root.getByRole("radio", { name: "Italiano" })).toBeChecked();
});

test("a start parameter opens the privacy page", async ({ openApp, person }) => {
  const app = await openApp(person, { startParameter: "p_privacy" });
  await expect(app.heading).toHaveText("Privacy");
  await expect(app.root.getByText("What is kept", { exact: true })).toBeVisible();
});

test("a guest is told the way in", async ({ openApp, person }) => {
  const app = await openApp(person, { path: SETTINGS, initData: null });
  await expect(app.notice("sign-in-needed")).toBeVisible();
  await expect(app.root.getByRole("switch")).toHaveCount(0);
});

test.describe("inside Telegram", () => {
  test.use({ viewport: { width: 1280, height: 860 } });

  test("the client's settings button leads to the settings, and its own question asks before the end", async ({
    desk,
    newBrowser,
    openApp,
    person,
  }) => {
    const other = await openApp(person, { path: SETTINGS }, await (await newBrowser()).newPage());
    await expect(devicesOf(other)).toHaveCount(1);
    await desk.open();
    await desk.become(person);
    await desk.press("open-app");
    await desk.app.expectSignedIn(person.firstName);
    await desk.native("settings").click();
    await expect(desk.app.heading).toHaveText("Settings");
    await desk.app.root.getByRole("button", { name: "End all other sessions" }).click();
    await desk.page.getByRole("button", { name: "End", exact: true }).click();
    await expect(devicesOf(desk.app)).toHaveCount(1);
  });
});

for (const theme of ["light", "dark"] as ThemeName[]) {
  for (const platform of ["ios", "android"]) {
    test(`axe finds nothing on settings and privacy, ${theme}, ${platform}`, async ({ openApp, page, person }) => {
      const app = await openApp(person, { path: SETTINGS, theme, platform, version: "6.0" });
      await expect(devicesOf(app)).toHaveCount(1);
      await switchOf(app, "Payouts").click();
      await expect(switchOf(app, "Payouts")).toHaveAttribute("aria-checked", "true");
      expect(await violations(page), "settings").toEqual([]);
      await app.root.getByRole("link", { name: "Privacy" }).click();
      await app.root.getByRole("button", { name: "Erase my data" }).click();
      await expect(app.root.getByRole("dialog")).toBeVisible();
      expect(await violations(page), "the question").toEqual([]);
      await app.root.getByRole("dialog").getByRole("button", { name: "Erase my data" }).click();
      await expect(app.root.getByTestId("erasure-planned")).toBeVisible();
      expect(await violations(page), "privacy").toEqual([]);
    });
  }
}

for (const language of ["en", "ru", "fr", "it"]) {
  test.describe(`on a narrow phone in ${language}`, () => {
    test.use({ viewport: { width: 320, height: 568 } });

    test("nothing stands out of the page", async ({ newPerson, openApp, page }) => {
      const person = await newPerson({ language });
      for (const path of [SETTINGS, PRIVACY]) {
        const app = await openApp(person, { path });
        await expect(page.locator("html")).toHaveAttribute("lang", language);
        await expect(path === SETTINGS ? devicesOf(app) : app.root.locator(".button--destructive")).toHaveCount(1);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, path).toBeLessThanOrEqual(320);
        await page.goto("about:blank");
      }
    });
  });
}
