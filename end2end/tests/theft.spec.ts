// Somebody has copied a refresh token. Whoever uses an old one ends the session, for both; the owner sees it and comes back.

import type { APIRequestContext, Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { MiniApp } from "../pages/mini-app.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

/** What a thief gets for a token. */
async function use(thief: APIRequestContext, url: string, token: string): Promise<{ status: number; next?: string }> {
  const answer = await thief.post(`${url}/v1/tg/refresh`, { data: { refresh_token: token } });
  const body = (await answer.json()) as { refresh_token?: string };
  return { status: answer.status(), ...(body.refresh_token ? { next: body.refresh_token } : {}) };
}

/** The page says that the session is over, and leads to a new sign-in. Nothing on it is blank. */
async function expectEnded(app: MiniApp): Promise<void> {
  await expect(app.notice("stale")).toBeVisible();
  await expect(app.notice("stale").getByRole("link")).toHaveAttribute("href", /^https:\/\/t\.me\/\w+\?startapp/);
  await expect(app.heading).toHaveText("Settings");
  await expect(app.root.getByText("Open Podium from Telegram to see this.")).toBeVisible();
  await expect(app.root.getByRole("switch")).toHaveCount(0);
}

const kept = (page: Page) => page.evaluate(() => sessionStorage.getItem("podium.session"));

test("an old token, used by a thief, ends the session of a browser, which then can sign in again", async ({
  page,
  person,
  request,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const signIn = async () => {
    await page.goto(`${stack.url}/login?next=/app/profile`);
    await page.getByTestId("login-widget").click();
    await page.getByTestId(`login-user-${person.id}`).click();
    await expect(page.getByTestId("player-name")).toHaveText(person.firstName);
  };
  await signIn();
  const stolen = (await kept(page))!;
  for (let reload = 0; reload < 2; reload += 1) {
    const before = await kept(page);
    await page.reload();
    await expect(page.getByTestId("player-name")).toHaveText(person.firstName);
    await expect.poll(() => kept(page)).not.toBe(before);
  }
  expect((await use(request, stack.url, stolen)).status).toBe(401);

  // The access token would be good for minutes more; the page finds out with the next thing that it does.
  await page.getByRole("link", { name: "Settings" }).click();
  const app = new MiniApp(page);
  await expectEnded(app);
  await page.reload();
  await expect(app.notice("sign-in-needed").getByRole("link")).toBeVisible();
  expect(await kept(page), "what is worth nothing is not kept").toBeNull();

  await signIn();
});

test("a thief who was faster is thrown out when the owner comes", async ({ openApp, page, person, request, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const signedIn = page.waitForResponse("**/v1/tg/exchange");
  const app = await openApp(person, { platform: "unknown" });
  const { refresh_token: stolen } = (await (await signedIn).json()) as { refresh_token: string };
  await app.expectSignedIn(person.firstName);
  // The thief uses the token while the owner's page still has it.
  const first = await use(request, stack.url, stolen);
  expect(first.status).toBe(200);
  const second = await use(request, stack.url, first.next!);
  expect(second.status).toBe(200);

  // The owner's token runs out, and the page asks for the next one with what it has.
  let expired = 0;
  await page.route("**/v1/tg/consents", (route) => {
    expired += 1;
    if (expired > 1) return route.continue();
    const problem = { type: "about:blank", title: "The token has expired", status: 401, code: "token_expired", trace_id: "0".repeat(32) };
    return route.fulfill({ status: 401, contentType: "application/problem+json", json: problem });
  });
  await app.tabs.getByRole("link", { name: "Profile" }).click();
  await app.root.getByRole("link", { name: "Settings" }).click();
  await expectEnded(app);
  expect((await use(request, stack.url, second.next!)).status, "the thief has nothing any more").toBe(401);
});
