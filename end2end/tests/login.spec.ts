// Signing in outside Telegram: by the Login Widget, by OpenID Connect, and the way into Telegram.

import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

/** Where the tab keeps its session. */
const kept = (page: Page) => page.evaluate(() => sessionStorage.getItem("podium.session"));

/** The person's own page shows the name: the app has taken over the session. */
async function expectSignedIn(page: Page, firstName: string): Promise<void> {
  await page.waitForURL(/\/app\/profile$/);
  await expect(page.getByTestId("player-name")).toHaveText(firstName, { timeout: 15_000 });
}

test("a person signs in by the widget, stays signed in, and signs out", async ({ page, person, stack }) => {
  await page.goto(`${stack.url}/login?next=/app/profile`);
  await page.getByTestId("login-widget").click();
  await page.getByTestId(`login-user-${person.id}`).click();
  await expectSignedIn(page, person.firstName);
  expect(page.url()).not.toContain(String(person.id));

  const before = await kept(page);
  await page.reload();
  await expectSignedIn(page, person.firstName);
  expect(await kept(page), "a refresh token is good once").not.toBe(before);

  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByTestId("player-name")).toHaveCount(0);
  expect(await kept(page)).toBeNull();
});

test("a person signs in by OpenID Connect", async ({ page, person, stack }) => {
  await page.goto(`${stack.url}/login?next=/app/profile`);
  await page.getByTestId("login-oidc").click();
  await page.getByTestId(`login-user-${person.id}`).click();
  await expectSignedIn(page, person.firstName);
  // The code and the state are gone from the address, and the cookie with them.
  expect(page.url()).toBe(`${stack.url}/app/profile`);
  expect(await page.context().cookies()).toEqual([]);
});

test("whoever says no is back on the page, and can try again", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  await page.goto(`${stack.url}/login`);
  await page.getByTestId("login-oidc").click();
  await page.getByTestId("login-decline").click();
  await expect(page.getByTestId("login-notice")).toHaveAttribute("data-code", "login_refused");

  await page.getByTestId("login-widget").click();
  await page.getByTestId("login-decline").click();
  await expect(page.getByTestId("login-widget")).toBeVisible();
  expect(page.url()).not.toContain("#");
  expect(await kept(page)).toBeNull();
});

test("a widget's answer that this tab has not asked for signs nobody in", async ({ newBrowser, page, person, stack }) => {
  await page.goto(`${stack.url}/login?next=/app/profile`);
  // The answer is caught before the page takes it, and sent to somebody else.
  const asked = await page.getByTestId("login-widget").getAttribute("href");
  const answer = await fetch(`${asked}&user=${person.id}`, { redirect: "manual" });
  const victim = await (await newBrowser()).newPage();
  await victim.goto(answer.headers.get("location")!);
  await expect(victim.getByTestId("login-notice")).toHaveAttribute("data-code", "login_invalid");
  expect(await kept(victim)).toBeNull();
});

for (const scheme of ["light", "dark"] as const) {
  test(`the page at a phone's size, ${scheme}`, async ({ newBrowser, stack }, info) => {
    const context = await newBrowser({ viewport: { width: 375, height: 812 }, colorScheme: scheme });
    const page = await context.newPage();
    await page.goto(`${stack.url}/login`);
    await expect(page.getByTestId("login-telegram")).toHaveAttribute("href", /^https:\/\/t\.me\/\w+\?startapp$/);
    await expect(page.getByRole("img", { name: /QR/ })).toBeVisible();
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await info.attach(`login-${scheme}.png`, { body: await page.screenshot({ fullPage: true }), contentType: "image/png" });
  });
}
