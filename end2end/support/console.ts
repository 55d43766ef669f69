// The operators' console, as an admin of this worker's server enters it.

import { createHmac } from "node:crypto";

import { expect, type Page } from "@playwright/test";
import { sign } from "@telegram-apps/init-data-node";

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

/** Signs a person in, as opening the app does. Returns the refresh token. */
export async function exchange(stack: Stack, initData: string): Promise<string> {
  const answer = await fetch(`${stack.url}/v1/tg/exchange`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ init_data: initData }),
    signal: AbortSignal.timeout(10_000),
  });
  const { refresh_token } = (await answer.json()) as { refresh_token: string };
  return refresh_token;
}

/** Leaves the sign-in of a person in the tab, as `/login` does, and goes to an address of the console. */
export async function arrive(page: Page, stack: Stack, initData: string, address: string): Promise<void> {
  const refreshToken = await exchange(stack, initData);
  // Any page of the same origin that runs no script of its own.
  await page.goto(`${stack.url}/kit`);
  await page.evaluate((token) => sessionStorage.setItem("podium.session", token), refreshToken);
  await page.goto(address);
}

/** Opens the console as the admin whom the settings name. */
export async function enterAsAdmin(page: Page, stack: Stack): Promise<void> {
  const initData = sign({ user: { id: ADMIN_ID, first_name: "Olga", language_code: "en" } }, stack.botToken, new Date());
  await arrive(page, stack, initData, `${stack.url}/console`);
  await page.waitForURL(/\/console\/second-factor$/);
  await passSecondFactor(page);
}

/** The admin's second factor: set up by the first who comes, shown by those who follow. */
export async function passSecondFactor(page: Page): Promise<void> {
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
