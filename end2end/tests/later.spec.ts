// Pages whose code is loaded when they are opened: when it comes, what is seen until then, and what helps when it does
// not come (docs/adr/0018).

import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const CODE = /\/pkg\/later\.[0-9a-f]+\.wasm$/;
const TEXTS = /\/i18n\/[a-z]+\.later\.json$/;

/** The addresses under which something is asked for, as often as it is. */
function asked(page: Page, address: RegExp): string[] {
  const found: string[] = [];
  page.on("request", (request) => {
    if (address.test(request.url())) found.push(request.url());
  });
  return found;
}

test("the first route does without the code of later pages; opened, they load it once", async ({
  openApp,
  page,
  person,
}) => {
  const [code, texts] = [asked(page, CODE), asked(page, TEXTS)];
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  expect(code).toEqual([]);
  expect(texts).toEqual([]);

  for (let visit = 0; visit < 2; visit += 1) {
    await app.tabs.getByRole("link", { name: "Profile" }).click();
    await expect(app.root.getByRole("button", { name: "Sign out on this device" })).toBeVisible();
    await app.tabs.getByRole("link", { name: "Compete" }).click();
    await expect(app.heading).toHaveText("Tournaments");
  }
  expect(code).toHaveLength(1);
  expect(texts).toHaveLength(1);
});

test("a later page that is opened directly begins to load its code in the head", async ({ openApp, page, person }) => {
  const code = asked(page, CODE);
  const answer = page.waitForResponse(CODE);
  const app = await openApp(person, { path: "/app/profile" });
  await expect(page.locator("head link[rel=preload][href*='/pkg/later.']")).toHaveCount(1);
  expect((await answer).headers()["cache-control"]).toContain("immutable");
  await app.expectSignedIn(person.firstName);
  // What was loaded ahead is what the page then uses.
  expect(code).toHaveLength(1);
});

test("a page keeps its frame while its code is on the way, and nothing jumps when it comes", async ({
  context,
  openApp,
  page,
  person,
}) => {
  await page.addInitScript(() => {
    const shifts: number[] = ((window as unknown as { shifts: number[] }).shifts = []);
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
    }).observe({ type: "layout-shift", buffered: true });
  });
  let release = () => {};
  const held = new Promise<void>((done) => (release = done));
  await context.route(CODE, async (route) => {
    await held;
    await route.continue();
  });
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  await app.tabs.getByRole("link", { name: "Profile" }).click();
  await expect(app.heading).toHaveText("Loading…");
  await expect(app.root.locator(".cell--skeleton").first()).toBeVisible();
  await expect(app.tabs.getByRole("link", { name: "Profile" })).toHaveAttribute("aria-current", "page");

  release();
  await app.expectSignedIn(person.firstName);
  await expect(app.heading).toHaveText("Profile");
  const shifts = await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts);
  expect(shifts.reduce((sum, shift) => sum + shift, 0)).toBeLessThan(0.05);
});

for (const [what, address] of [["code", CODE], ["texts", TEXTS]] as const) {
  test(`a page whose ${what} can't be had says so and tries again when asked`, async ({
    context,
    openApp,
    person,
    watch,
  }) => {
    watch.expect(FAILED_REQUEST, /TypeError: Failed to fetch/);
    await context.route(address, (route) => route.abort("connectionfailed"));
    const app = await openApp(person);
    await app.expectSignedIn(person.firstName);
    await app.tabs.getByRole("link", { name: "Profile" }).click();
    await expect(app.root.getByText("This did not load")).toBeVisible();
    // The other pages live on.
    await app.tabs.getByRole("link", { name: "Compete" }).click();
    await expect(app.rows).toHaveCount(10);
    await app.tabs.getByRole("link", { name: "Profile" }).click();
    await expect(app.root.getByText("This did not load")).toBeVisible();

    await context.unroute(address);
    await app.root.getByRole("button", { name: "Try again" }).click();
    await app.expectSignedIn(person.firstName);
    await expect(app.heading).toHaveText("Profile");
  });
}

test("a page from before a deployment, whose code is gone, is loaded anew", async ({
  context,
  openApp,
  page,
  person,
  watch,
}) => {
  watch.expect(FAILED_REQUEST, /TypeError|WebAssembly/);
  await context.route(CODE, (route) => route.fulfill({ status: 404, contentType: "text/html", body: "gone" }));
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  await app.tabs.getByRole("link", { name: "Profile" }).click();
  await expect(app.root.getByText("This did not load")).toBeVisible();

  const again = page.waitForResponse(CODE);
  await app.root.getByRole("button", { name: "Try again" }).click();
  await again;
  await expect(app.root.getByText("This did not load")).toBeVisible();

  await context.unroute(CODE);
  const document = page.waitForRequest((request) => request.isNavigationRequest());
  await app.root.getByRole("button", { name: "Try again" }).click();
  expect(new URL((await document).url()).pathname).toBe("/app/profile");
  await app.expectSignedIn(person.firstName);
});
