// Linking by a code that was copied from the cabinet and pasted in the settings.

import { randomUUID } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";

import type { MiniApp } from "../pages/mini-app.ts";
import { expect, test } from "../support/fixtures.ts";
import { BOT_USERNAME, type Stack } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const MASKED = "k•••l@example.org";
const SETTINGS = { path: "/app/settings", platform: "unknown" };

async function newToken(stack: Stack, telegramUserId?: number): Promise<string> {
  const account = `p-${randomUUID()}`;
  await stack.platform.players([{ platform_user_id: account, alias: "PastedFox" }]);
  const bound = telegramUserId ? { telegram_user_id: telegramUserId } : {};
  const order = { action: "link", platform_user_id: account, platform_account: MASKED, ...bound } as const;
  return (await stack.platform.token(order)).token;
}

const field = (app: MiniApp) => app.root.getByLabel("Code or link from the cabinet");
const trouble = (app: MiniApp) => app.root.getByRole("alert");

async function paste(app: MiniApp, code: string): Promise<void> {
  await field(app).fill(code);
  await app.root.getByRole("button", { name: "Link", exact: true }).click();
}

for (const [what, pasted] of [
  ["code", (token: string) => `  ${token} `],
  ["link", (token: string) => `https://t.me/${BOT_USERNAME}?start=${token}`],
] as const) {
  test(`a pasted ${what} shows the account first, and links it`, async ({ openApp, page, stack, stranger: person }) => {
    const token = await newToken(stack);
    const app = await openApp(person, SETTINGS);
    await paste(app, pasted(token));
    await expect(app.root.getByTestId("masked-account")).toHaveText(MASKED);
    expect(page.url()).not.toContain(token);
    await app.standIns.getByRole("button", { name: "Confirm" }).click();
    await expect(app.root.getByText("Your account is linked")).toBeVisible();

    await page.goto("about:blank");
    await openApp(person, SETTINGS);
    await expect(app.root.getByText("Linked", { exact: true })).toBeVisible();
    await expect(field(app), "there is nothing to paste any more").toHaveCount(0);
  });
}

test("who says that it is not theirs links nothing", async ({ openApp, page, stack, stranger: person }) => {
  const app = await openApp(person, SETTINGS);
  await paste(app, await newToken(stack));
  await app.standIns.getByRole("button", { name: "Not me" }).click();
  await expect(app.heading).toHaveText("Tournaments");
  await page.goBack();
  await page.goBack();
  await expect(app.root.getByText("Not linked", { exact: true })).toBeVisible();
});

test("a code that was used, is too old, is somebody else's or none says which, and the field stays", async ({
  openApp,
  page,
  newPerson,
  stack,
  stranger: person,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const other = await newPerson({ isStranger: true });
  const used = await newToken(stack, other.id);
  const elsewhere = await openApp(other, SETTINGS);
  await paste(elsewhere, used);
  await elsewhere.standIns.getByRole("button", { name: "Confirm" }).click();
  await expect(elsewhere.root.getByText("Your account is linked")).toBeVisible();
  await page.goto("about:blank");

  const app = await openApp(person, SETTINGS);
  await app.root.getByRole("button", { name: "Link", exact: true }).click();
  await expect(trouble(app)).toHaveText("Paste the code first.");
  await expect(field(app)).toBeFocused();

  await paste(app, "AAAAAAAAAAAAAAAAAAAAAA");
  await expect(trouble(app)).toContainText("is not known");
  await expect(field(app)).toHaveValue("AAAAAAAAAAAAAAAAAAAAAA");
  await expect(field(app)).toHaveAttribute("aria-invalid", "true");
  await expect(field(app)).toHaveAccessibleDescription(/is not known/);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);

  await paste(app, await newToken(stack, other.id));
  await expect(trouble(app)).toContainText("made for somebody else");

  // Nobody waits a quarter of an hour here: the server's own tests do.
  await page.route("**/v1/tg/link/preview", (route) =>
    route.fulfill({
      status: 410,
      contentType: "application/problem+json",
      json: { type: "about:blank", title: "", status: 410, code: "one_time_token_expired", trace_id: "0".repeat(32) },
    }),
  );
  await paste(app, await newToken(stack));
  await expect(trouble(app)).toContainText("has expired");
  await page.unroute("**/v1/tg/link/preview");

  const own = await newToken(stack);
  await paste(app, own);
  await app.standIns.getByRole("button", { name: "Confirm" }).click();
  await expect(app.root.getByText("Your account is linked")).toBeVisible();
  await page.goto("about:blank");
  await openApp(person, SETTINGS);
  await app.root.getByRole("button", { name: "Unlink the account" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Unlink the account" }).click();
  await paste(app, own);
  await expect(trouble(app)).toContainText("was used already");
});

test("who has opened the app too long ago is asked to open it afresh first", async ({ openApp, stack, stranger: person }) => {
  const app = await openApp(person, { ...SETTINGS, initData: person.initData({ ageSeconds: 360 }) });
  await paste(app, await newToken(stack));
  await expect(app.root.getByTestId("proof-needed").getByRole("link")).toHaveAttribute("href", /\?startapp=p_settings$/);
  await expect(app.root.getByTestId("masked-account")).toHaveCount(0);
});
