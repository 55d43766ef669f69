// The operators' console, as an admin of this worker's server enters it.

import { createHmac } from "node:crypto";

import { expect, type Page } from "@playwright/test";
import { sign } from "@telegram-apps/init-data-node";

import { MORE_ADMIN_IDS, type Stack } from "./stack.ts";

/** What is left of each admin's recovery codes, by the id: a code of the authenticator is taken once, and tests don't
 * wait for the next one. A worker has one server; when an admin's codes are used up, the next admin comes. */
const recoveryCodes = new Map<number, string[]>();

/** The admin who can still come in. */
function nextAdmin(): number {
  const id = MORE_ADMIN_IDS.find((id) => recoveryCodes.get(id)?.length !== 0);
  if (id === undefined) throw new Error("every admin has used all recovery codes: name more of them");
  return id;
}

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

/** Opens the console as an admin whom the settings name. */
export async function enterAsAdmin(page: Page, stack: Stack, id = nextAdmin()): Promise<void> {
  const initData = sign({ user: { id, first_name: "Olga", language_code: "en" } }, stack.botToken, new Date());
  await arrive(page, stack, initData, `${stack.url}/console`);
  await page.waitForURL(/\/console\/second-factor$/);
  await passSecondFactor(page, id);
}

/** An admin's second factor: set up by the first test that comes, shown by those that follow. */
export async function passSecondFactor(page: Page, id: number): Promise<void> {
  const code = recoveryCodes.get(id)?.pop();
  if (code) {
    await page.getByLabel("Code").fill(code);
    await page.getByRole("button", { name: "Continue" }).click();
  } else {
    const secret = (await page.locator(".secret code").innerText()).replace(/\s/g, "");
    await page.getByLabel("Code").fill(totp(secret));
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.locator(".codes li")).toHaveCount(8);
    recoveryCodes.set(id, await page.locator(".codes code").allInnerTexts());
    await page.getByRole("link", { name: "I have kept them" }).click();
  }
  await expect(page.getByRole("heading", { level: 1, name: "Players" })).toBeVisible();
}
