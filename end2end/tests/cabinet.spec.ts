// To the platform's own site and back: a button, a page outside of Telegram that knows who has come, a confirmed contact.

import { AxeBuilder } from "@axe-core/playwright";
import type { Locator, Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { until } from "../support/service.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

/** What opens when a button is pressed. */
async function opened(page: Page, button: Locator): Promise<Page> {
  const popup = page.context().waitForEvent("page");
  await button.click();
  const outside = await popup;
  await outside.waitForLoadState();
  return outside;
}

test("a linked player goes to the cabinet, which knows them; the way in is good once", async ({
  newBrowser,
  openApp,
  page,
  stack,
  stranger: person,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const account = await stack.platform.link(person);
  const app = await openApp(person, { path: "/app/settings", platform: "unknown" });
  const outside = await opened(page, app.root.getByRole("button", { name: "Go to the cabinet" }));
  await expect(outside.getByTestId("cabinet-name")).toHaveText(account);
  await expect(outside.getByTestId("cabinet-page")).toHaveText("profile");

  // Where to go and a code: nothing of the person, nothing of the session.
  const address = new URL(outside.url());
  expect([...address.searchParams.keys()]).toEqual(["to", "code"]);
  expect(address.searchParams.get("code")).toMatch(/^[\w-]{22}$/);

  const again = await (await newBrowser()).newPage();
  await again.goto(outside.url());
  await expect(again.getByTestId("cabinet-refused")).toHaveText("This way in was used before.");
});

test("a code brings nobody once the link has ended", async ({ newBrowser, openApp, page, stack, stranger: person, watch }) => {
  watch.expect(FAILED_REQUEST);
  await stack.platform.link(person);
  const app = await openApp(person, { path: "/app/settings", platform: "unknown" });
  // The page outside never comes; the code is used later.
  const answer = page.waitForResponse("**/v1/tg/handoff");
  await page.context().route("**/cabinet?*", (route) => route.abort());
  await app.root.getByRole("button", { name: "Go to the cabinet" }).click();
  const { url } = (await (await answer).json()) as { url: string };
  await app.root.getByRole("button", { name: "Unlink the account" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Unlink the account" }).click();
  await expect(app.root.getByText("Not linked", { exact: true })).toBeVisible();

  const late = await (await newBrowser()).newPage();
  await late.goto(url);
  await expect(late.getByTestId("cabinet-refused")).toContainText("no longer linked");
});

test("a light profile is asked to confirm a contact, goes there as a stranger, and is asked no more once it is done", async ({
  openApp,
  page,
  stack,
  stranger: person,
}) => {
  const app = await openApp(person, { path: "/app/profile", platform: "unknown" });
  const standing = app.root.getByTestId("standing");
  await expect(standing).toContainText("Not linked");
  await expect(standing).toContainText("Not confirmed");
  const outside = await opened(page, standing.getByRole("button", { name: "Confirm in the cabinet" }));
  await expect(outside.getByTestId("cabinet-signed-out")).toBeVisible();
  await expect(outside.getByTestId("cabinet-page")).toHaveText("contact");
  await outside.close();

  const account = await stack.platform.link(person);
  await stack.platform.players([{ platform_user_id: account, alias: "LinkedFox", contact_confirmed: true }]);
  await page.reload();
  await expect(standing).toContainText("Confirmed");
  await expect(standing).not.toContainText("Not confirmed");
  await expect(standing.getByRole("button", { name: "Go to the cabinet" })).toBeVisible();
});

test("in the simulated Telegram the way is the same, and the phone can be confirmed there", async ({ desk, page, person, stack }) => {
  await page.setViewportSize({ width: 1280, height: 860 });
  // The demo platform soon takes this person for one of its players.
  await until("the demo platform's player", 15_000, async () => {
    const start = await stack.telegram.chat(person.id).then(() => fetch(`${stack.url}/v1/tg/exchange`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ init_data: person.initData() }),
    }));
    return ((await start.json()) as { user: { linked: boolean } }).user.linked;
  });
  await desk.open();
  await desk.become(person);
  await desk.press("open-app");
  await desk.app.tabs.getByRole("link", { name: "Profile" }).click();
  const standing = desk.app.root.getByTestId("standing");
  await expect(standing).toContainText("Not confirmed");
  await standing.getByRole("button", { name: "Confirm in the cabinet" }).click();
  // As a client does, the page asks before it opens an address.
  const outside = await opened(page, page.getByRole("dialog").getByRole("button", { name: "Open" }));
  await expect(outside.getByTestId("cabinet-name")).not.toBeEmpty();
  await outside.getByTestId("cabinet-confirm").click();
  await expect(outside.getByTestId("cabinet-confirmed")).toBeVisible();
  await outside.close();

  // Whoever comes back sees it at once.
  await desk.press("minimize-app");
  await desk.press("restore-app");
  await expect(standing).toContainText("Confirmed");
  await expect(standing).not.toContainText("Not confirmed");
});

for (const [command, to] of [
  ["/profile", "profile"],
  ["/bonus", "bonus"],
] as const) {
  test(`${command} in the chat leads to the cabinet, without a code`, async ({ desk, page, stack, stranger: person }) => {
    await stack.platform.link(person);
    await desk.open();
    await desk.become(person);
    await desk.send(command);
    const outside = await (async () => {
      await desk.inlineButton("cabinet").click();
      return opened(page, page.getByRole("dialog").getByRole("button", { name: "Open" }));
    })();
    await expect(outside.getByTestId("cabinet-signed-out")).toBeVisible();
    await expect(outside.getByTestId("cabinet-page")).toHaveText(to);
    expect([...new URL(outside.url()).searchParams.keys()]).toEqual(["to"]);
  });
}

test("a link to identification leads to its step in the cabinet, from the app and from the chat", async ({
  desk,
  newPerson,
  openApp,
  page,
  stack,
  stranger: person,
}) => {
  const account = await stack.platform.link(person);
  const order = { action: "open_kyc", platform_user_id: account, step: "passport" } as const;
  const { token } = await stack.platform.token(order);
  const app = await openApp(person, { startParameter: token, platform: "unknown" });
  await expect(app.root.getByTestId("kyc-asked")).toContainText("Identity check");
  expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe("/app/profile?kyc=passport");
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  const outside = await opened(page, app.root.getByRole("button", { name: "Continue in the cabinet" }));
  await expect(outside.getByTestId("cabinet-name")).toHaveText(account);
  await expect(outside.getByTestId("cabinet-page")).toHaveText("kyc");
  await expect(outside.getByTestId("cabinet-step")).toHaveText("passport");
  await outside.close();

  // Whoever comes to the profile otherwise is not asked.
  await page.goto("about:blank");
  await openApp(person, { path: "/app/profile", platform: "unknown" });
  await expect(app.root.getByTestId("standing")).toContainText("Linked");
  await expect(app.root.getByTestId("kyc-asked")).toHaveCount(0);

  const other = await newPerson({ isStranger: true });
  const second = await stack.platform.link(other);
  const chat = await stack.platform.token({ ...order, platform_user_id: second, step: "selfie" });
  await desk.open();
  await desk.become(other);
  await desk.send(`/start ${chat.token}`);
  await desk.inlineButton("Open").last().click();
  await desk.app.root.getByRole("button", { name: "Continue in the cabinet" }).click();
  const fromChat = await opened(page, page.getByRole("dialog").getByRole("button", { name: "Open" }));
  await expect(fromChat.getByTestId("cabinet-name")).toHaveText(second);
  await expect(fromChat.getByTestId("cabinet-step")).toHaveText("selfie");
});

test("nothing on the profile moves when the account is there", async ({ openApp, page, stranger: person }) => {
  let answer = () => {};
  const asked = new Promise<void>((resolve) => (answer = resolve));
  await page.route("**/v1/tg/me", async (route) => {
    await asked;
    await route.continue();
  });
  const app = await openApp(person, { path: "/app/profile", platform: "unknown" });
  const places = () =>
    Promise.all(["Settings", "Sign out"].map((name) => app.root.getByText(name).locator("..").boundingBox()));
  await expect(app.root.getByText("Sign out")).toBeVisible();
  const before = await places();
  answer();
  await expect(app.root.getByTestId("standing")).toContainText("Not linked");
  expect(await places()).toEqual(before);
});

for (const language of ["en", "ru", "fr", "it"]) {
  test(`on a narrow phone in ${language} nothing stands out of the profile`, async ({ newPerson, openApp, page }) => {
    await page.setViewportSize({ width: 320, height: 568 });
    const person = await newPerson({ isStranger: true, language });
    const app = await openApp(person, { path: "/app/profile?kyc" });
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(app.root.getByTestId("standing").getByRole("button")).toBeVisible();
    await expect(app.root.getByTestId("kyc-asked").getByRole("button")).toBeVisible();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
}
