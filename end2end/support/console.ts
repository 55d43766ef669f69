// The operators' console, as an admin of this worker's server enters it.

import { createHmac } from "node:crypto";

import { expect, type Page } from "@playwright/test";

import { ADMIN_ID, type Stack } from "./stack.ts";

/** What is left of the admin's recovery codes: a code of the authenticator is taken once, and tests don't wait for the
 * next one. A worker has one server and one admin. */
let recoveryCodes: string[] | undefined;

/** The code that an authenticator shows (RFC 6238), by other means than the server's. */
function totp(secret: string): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const tag = createHmac("sha1", key).update(step).digest();
  const word = tag.readUInt32BE(tag[19]! & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, "0");
}

/** Signs in at `/login` as somebody whom the simulated Telegram knows, and arrives behind the console's door. */
export async function signIn(page: Page, id: number): Promise<void> {
  await page.waitForURL(/\/login\?next=/);
  await page.getByTestId("login-widget").click();
  await page.getByTestId(`login-user-${id}`).click();
}

/** Opens the console as the admin whom the settings name. */
export async function enterAsAdmin(page: Page, stack: Stack): Promise<void> {
  await stack.telegram.addUser({ id: ADMIN_ID, first_name: "Olga", language_code: "en" });
  await page.goto(`${stack.url}/console`);
  await signIn(page, ADMIN_ID);
  await page.waitForURL(/\/console\/second-factor$/);
  if (recoveryCodes) {
    await page.getByLabel("Code").fill(recoveryCodes.pop()!);
    await page.getByRole("button", { name: "Continue" }).click();
  } else {
    const secret = (await page.locator(".secret code").innerText()).replace(/\s/g, "");
    await page.getByLabel("Code").fill(totp(secret));
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.locator(".codes li")).toHaveCount(8);
    recoveryCodes = await page.locator(".codes code").allInnerTexts();
    await page.getByRole("link", { name: "I have kept them" }).click();
  }
  await expect(page.getByRole("heading", { level: 1, name: "Players" })).toBeVisible();
}
