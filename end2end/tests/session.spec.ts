// Tokens and init data: renewed in silence, gone in time.

import type { Page, Route } from "@playwright/test";

import { takeClock } from "../support/clock.ts";
import { expect, test } from "../support/fixtures.ts";
import { TOURNAMENTS } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const TOKEN_EXPIRED = {
  type: "about:blank",
  title: "The token has expired",
  status: 401,
  code: "token_expired",
  trace_id: "0".repeat(32),
};

/** What the server answers once a token is over its fifteen minutes. */
function refuse(route: Route): Promise<void> {
  return route.fulfill({
    status: 401,
    contentType: "application/problem+json",
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
    json: TOKEN_EXPIRED,
  });
}

/** Counts the calls of a path that succeed. */
function count(page: Page, path: string): { calls: number } {
  const counter = { calls: 0 };
  page.on("response", (response) => {
    if (new URL(response.url()).pathname === path && response.ok()) counter.calls += 1;
  });
  return counter;
}

/** All that the page keeps, wherever a page can keep something. */
async function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const databases = await indexedDB.databases();
    const contents = databases.map(
      ({ name }) =>
        new Promise<string>((done) => {
          const opening = indexedDB.open(name!);
          opening.onsuccess = () => {
            const stores = [...opening.result.objectStoreNames];
            if (stores.length === 0) return done("");
            const transaction = opening.result.transaction(stores);
            const all = stores.map((store) => transaction.objectStore(store).getAll());
            transaction.oncomplete = () => done(JSON.stringify(all.map((request) => request.result)));
          };
        }),
    );
    const storages = [sessionStorage, localStorage].map((storage) => JSON.stringify({ ...storage }));
    return [location.href, document.cookie, JSON.stringify(history.state), ...storages, ...(await Promise.all(contents))].join("\n");
  });
}

test("an expired token is renewed once, and nobody notices", async ({ openApp, page, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  const refreshes = count(page, "/v1/tg/refresh");
  const exchanges = count(page, "/v1/tg/exchange");

  // What was signed in with is refused until it is renewed.
  let bearer: string | undefined;
  await page.route(/\/fn\//, (route) => {
    bearer ??= route.request().headers()["authorization"];
    return refreshes.calls === 0 ? refuse(route) : route.continue();
  });
  await app.tournament("Fastest Lap").click();
  await expect(app.heading).toHaveText("Fastest Lap");
  await expect(app.rows.first()).toBeVisible();
  expect(bearer).toMatch(/^Bearer /);
  expect(refreshes.calls).toBe(1);

  // The new one goes on working.
  await person.scores(TOURNAMENTS.ascending, 10_000_000);
  await expect(app.meRow).toBeVisible();
  await expect(app.notice("stale")).toHaveCount(0);
  await expect(app.notice("sign-in-failed")).toHaveCount(0);
  expect(refreshes.calls).toBe(1);
  expect(exchanges.calls).toBe(0);
});

test("sixteen minutes after the launch, with the init data long gone, the session goes on", async ({
  openApp,
  page,
  person,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  await takeClock(page);
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  const refreshes = count(page, "/v1/tg/refresh");
  await page.clock.fastForward("16:00");

  let refused = 0;
  await page.route("**/fn/tournaments/page", (route) => {
    refused += 1;
    return refused === 1 ? refuse(route) : route.continue();
  });
  await app.tournament("Fastest Lap").click();
  await expect(app.rows.first()).toBeVisible();
  await expect.poll(() => refreshes.calls).toBe(1);
  await person.scores(TOURNAMENTS.ascending, 10_000_000);
  await expect(app.meRow).toBeVisible();
});

test("a session that has ended on the server asks for a fresh launch", async ({ openApp, page, person, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  await page.route(/\/fn\//, refuse);
  await page.route("**/v1/tg/refresh", (route) =>
    route.fulfill({
      status: 401,
      contentType: "application/problem+json",
      json: { ...TOKEN_EXPIRED, code: "refresh_invalid" },
    }),
  );
  await app.tournament("Fastest Lap").click();
  await expect(app.notice("stale").getByRole("link")).toBeVisible();
});

test("ten minutes after the launch no init data is left anywhere, and the page still works", async ({
  openApp,
  page,
  person,
  stack,
}) => {
  await takeClock(page);
  const initData = person.initData();
  const hash = new URLSearchParams(initData).get("hash")!;
  await person.scores(TOURNAMENTS.best, 1);
  const app = await openApp(person, { initData });
  await app.expectSignedIn(person.firstName);
  // Until then a reload needs it, so it is kept in this tab; the address has lost it already.
  expect(await kept(page)).toContain(hash);
  expect(page.url()).not.toContain(hash);

  await page.clock.fastForward("10:00");
  const left = await kept(page);
  expect(left).not.toContain(hash);
  expect(left).not.toContain(person.firstName);
  expect(left).not.toContain(String(person.id));
  expect(left).not.toContain("auth_date");

  await app.tournament("Galaxy Sprint").click();
  await expect(app.meRow).toBeVisible();
  const [leader] = await stack.leaders(TOURNAMENTS.best, 1);
  await person.scores(TOURNAMENTS.best, leader!.score + 1);
  await app.expectRank(1);
});

test("where the phone has a key store, init data goes at once, and a reload signs in by the refresh token", async ({
  context,
  openApp,
  page,
  person,
}) => {
  // The script from npm is of version 8.0; key stores came with 9.0.
  const keys = new Map<string, string>();
  await context.exposeFunction("keyStore", (key: string, value?: string | null) => {
    if (value === null) keys.delete(key);
    else if (value !== undefined) keys.set(key, value);
    return keys.get(key) ?? null;
  });
  await context.addInitScript(() => {
    type Done<T> = (error: string | null, value: T) => void;
    const ask = (window as unknown as { keyStore: (key: string, value?: string | null) => Promise<string | null> }).keyStore;
    const SecureStorage = {
      getItem: (key: string, done: Done<string | null>) => void ask(key).then((value) => done(null, value)),
      setItem: (key: string, value: string, done: Done<boolean>) => void ask(key, value).then(() => done(null, true)),
      removeItem: (key: string, done: Done<boolean>) => void ask(key, null).then(() => done(null, true)),
    };
    document.addEventListener(
      "load",
      ({ target }) => {
        const { Telegram } = window as unknown as { Telegram?: { WebApp: object } };
        if ((target as Element).id === "telegram" && Telegram) Object.assign(Telegram.WebApp, { SecureStorage });
      },
      true,
    );
  });
  const exchanges = count(page, "/v1/tg/exchange");
  const refreshes = count(page, "/v1/tg/refresh");
  const app = await openApp(person, { platform: "ios" });
  await app.expectSignedIn(person.firstName);
  await expect.poll(() => kept(page)).not.toContain("auth_date");
  expect(keys.size).toBe(1);
  const [first] = keys.values();

  await page.reload();
  await app.expectSignedIn(person.firstName);
  expect([exchanges.calls, refreshes.calls]).toEqual([1, 1]);
  // A refresh token is good once.
  await expect.poll(() => [...keys.values()]).not.toContain(first);

  await app.tabs.getByRole("link", { name: "Profile" }).click();
  await app.root.getByRole("button", { name: "Sign out on this device" }).click();
  await expect.poll(() => keys.size).toBe(0);
});

test("in the simulated Telegram a reload stays signed in", async ({ desk, page, person }) => {
  await page.setViewportSize({ width: 1280, height: 860 });
  await desk.open();
  await desk.become(person);
  await desk.press("open-app");
  await desk.app.expectSignedIn(person.firstName);
  await desk.press("reload-app");
  await desk.app.expectSignedIn(person.firstName);
});

test("signing out ends the session on the server and on the page", async ({ openApp, page, person, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const app = await openApp(person);
  await app.expectSignedIn(person.firstName);
  const logout = page.waitForResponse("**/v1/tg/logout");
  await app.tabs.getByRole("link", { name: "Profile" }).click();
  await app.root.getByRole("button", { name: "Sign out on this device" }).click();
  const answer = await logout;
  expect(answer.ok()).toBe(true);
  await expect(app.notice("sign-in-needed")).toContainText("You are signed out");
  await expect(app.playerName).toHaveCount(0);
  expect(await kept(page)).not.toContain("auth_date");

  const token = (answer.request().postDataJSON() as { refresh_token: string }).refresh_token;
  const again = await page.request.post(`${stack.url}/v1/tg/refresh`, { data: { refresh_token: token } });
  expect(again.status()).toBe(401);
  await page.reload();
  await expect(app.notice("sign-in-needed")).toBeVisible();
  await expect(app.rows).toHaveCount(0);
});
