// The console's door as an operator finds it: through `/login`; and what a role may not do, tried in the browser.

import type { Page } from "@playwright/test";

import { arrive, enterAsAdmin, exchange, passSecondFactor } from "../support/console.ts";
import { expect, test } from "../support/fixtures.ts";
import { ADMIN_ID, TOURNAMENTS } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

test("an admin comes to the console by OpenID Connect and a second factor", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  await page.goto(`${stack.url}/console`);
  await page.waitForURL(/\/login\?next=/);
  await page.getByTestId("login-oidc").click();
  await page.getByTestId(`login-user-${ADMIN_ID}`).click();
  // Nothing of the console is shown before the second factor.
  await page.waitForURL(/\/console\/second-factor$/);
  await page.goto(`${stack.url}/console/operators`);
  await page.waitForURL(/\/console\/second-factor$/);
  await passSecondFactor(page, ADMIN_ID);

  // The sign-in was the console's alone: the tab has nothing left that opens anything.
  expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${stack.url}/`);
  await page.goto(`${stack.url}/console/players`);
  await page.waitForURL(/\/login/);
});

test("a wrong code opens nothing", async ({ page, stack, watch }) => {
  watch.expect(FAILED_REQUEST);
  await enterAsAdmin(page, stack, ADMIN_ID);
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${stack.url}/`);
  await page.goto(`${stack.url}/console`);
  await page.getByTestId("login-widget").click();
  await page.getByTestId(`login-user-${ADMIN_ID}`).click();
  await page.waitForURL(/\/console\/second-factor$/);
  await page.getByLabel("Code").fill("abcd-efgh");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await page.goto(`${stack.url}/console/players`);
  await page.waitForURL(/\/console\/second-factor$/);
});

/** Sends a form of the console as the page itself would: with the session's own key, from our own origin. */
async function submit(page: Page, action: string, fields: Record<string, string>): Promise<void> {
  const key = await page.locator('input[name="form_key"]').first().getAttribute("value");
  await Promise.all([
    page.waitForURL((url) => url.pathname === action),
    page.evaluate(
      ({ action, fields }) => {
        const form = Object.assign(document.createElement("form"), { method: "post", action });
        for (const [name, value] of Object.entries(fields)) {
          form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      { action, fields: { ...fields, form_key: key! } },
    ),
  ]);
}

test("a viewer who sends an admin's forms is refused, nothing changes, and the log has it", async ({
  newBrowser,
  newPerson,
  page,
  person,
  stack,
  watch,
}) => {
  watch.expect(FAILED_REQUEST);
  await person.scores(TOURNAMENTS.best, 7);
  const session = await exchange(stack, person.initData());

  await enterAsAdmin(page, stack);
  await page.getByRole("link", { name: "Operators" }).click();
  const label = `Viewer ${person.id % 1_000_000}`;
  await page.getByLabel("What other operators call them").fill(label);
  await page.getByRole("button", { name: "Make a link" }).click();
  const link = await page.getByTestId("invitation").innerText();
  await page.goto(`${stack.url}/console/players`);
  await page.getByLabel("Find a player").fill(String(person.id));
  await page.keyboard.press("Enter");
  await page.locator("tbody a").first().click();
  await expect(page.getByRole("heading", { name: "Identity" })).toBeVisible();
  const player = new URL(page.url()).pathname;

  const viewer = await (await newBrowser()).newPage();
  await arrive(viewer, stack, (await newPerson()).initData(), link);
  await expect(viewer.getByRole("heading", { level: 1, name: "Players" })).toBeVisible();
  const home = viewer.url();
  await viewer.goto(stack.url + player);
  await expect(viewer.getByText("End all sessions")).toHaveCount(0);
  await expect(viewer.getByText(person.firstName)).toHaveCount(0);

  for (const [action, fields, permission] of [
    [`${player}/sessions/end`, {}, "end_sessions"],
    ["/console/operators/invite", { label: "A friend", role: "admin" }, "manage_operators"],
  ] as const) {
    await viewer.goto(home);
    await submit(viewer, action, fields);
    await expect(viewer.getByTestId("refused")).toHaveAttribute("data-code", "forbidden");
    await expect(viewer.getByTestId("refused")).toContainText(permission);
  }
  await viewer.goto(`${stack.url}/console/operators`);
  await expect(viewer.getByTestId("refused")).toHaveAttribute("data-code", "forbidden");

  // The player is signed in as before, and nobody was invited.
  const refreshed = await page.request.post(`${stack.url}/v1/tg/refresh`, { data: { refresh_token: session } });
  expect(refreshed.status()).toBe(200);
  await page.goto(`${stack.url}/console/operators`);
  await expect(page.getByText(label)).toBeVisible();
  await expect(page.getByText("A friend")).toHaveCount(0);
  await page.getByRole("link", { name: label }).click();
  await expect(page.getByText("console_refused")).toHaveCount(3);
});
