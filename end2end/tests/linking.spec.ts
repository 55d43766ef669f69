// Linking an account from a `startapp` link: the person sees which account it is, and says yes or no.

import { randomUUID } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";

import { expect, test } from "../support/fixtures.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const MASKED = "k•••l@example.org";

test("a link from the cabinet is asked about, links, and can be ended in the settings", async ({
  openApp,
  page,
  stranger: person,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  const account = `p-${randomUUID()}`;
  await stack.platform.players([{ platform_user_id: account, alias: "LinkedFox" }]);
  const { token } = await stack.platform.token({ action: "link", platform_user_id: account, platform_account: MASKED });
  const app = await openApp(person, { startParameter: token, platform: "unknown" });
  await expect(app.root.getByTestId("masked-account")).toHaveText(MASKED);
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  await app.standIns.getByRole("button", { name: "Confirm" }).click();
  await expect(app.root.getByText("Your account is linked")).toBeVisible();

  await page.goto("about:blank");
  await openApp(person, { path: "/app/settings", platform: "unknown" });
  await expect(app.root.getByText("Linked", { exact: true })).toBeVisible();
  await app.root.getByRole("button", { name: "Unlink the account" }).click();
  await app.root.getByRole("dialog").getByRole("button", { name: "Unlink the account" }).click();
  await expect(app.root.getByText("Not linked", { exact: true })).toBeVisible();

  // The link was good once.
  await page.goto("about:blank");
  await openApp(person, { startParameter: token, platform: "unknown" });
  await expect(app.root.getByText("This link can’t be used")).toBeVisible();
});

test("who says that it is not theirs links nothing", async ({ openApp, page, stranger: person, stack }) => {
  const account = `p-${randomUUID()}`;
  await stack.platform.players([{ platform_user_id: account, alias: "OtherFox" }]);
  const { token } = await stack.platform.token({ action: "link", platform_user_id: account, platform_account: MASKED });
  const app = await openApp(person, { startParameter: token, platform: "unknown" });
  await app.standIns.getByRole("button", { name: "Not me" }).click();
  await expect(app.heading).toHaveText("Tournaments");
  await page.goto("about:blank");
  await openApp(person, { path: "/app/settings", platform: "unknown" });
  await expect(app.root.getByText("Not linked", { exact: true })).toBeVisible();
});

test("a link that was made for somebody else, or never, says so", async ({ openApp, page, newPerson, stranger: person, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  const account = `p-${randomUUID()}`;
  await stack.platform.players([{ platform_user_id: account, alias: "ThirdFox" }]);
  const other = await newPerson();
  const { token } = await stack.platform.token({
    action: "link",
    platform_user_id: account,
    platform_account: MASKED,
    telegram_user_id: other.id,
  });
  for (const startParameter of [token, "AAAAAAAAAAAAAAAAAAAAAA"]) {
    const app = await openApp(person, { startParameter, platform: "unknown" });
    await expect(app.root.getByText("This link can’t be used")).toBeVisible();
    await expect(app.standIns.getByRole("button", { name: "Confirm" })).toHaveCount(0);
    await page.goto("about:blank");
  }
});
