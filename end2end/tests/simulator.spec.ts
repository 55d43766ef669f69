// The simulated Telegram's own page: what a newcomer tries first.

import { expect, test } from "../support/fixtures.ts";

test.use({ viewport: { width: 1280, height: 860 } });

test("people are listed, and a new one can be made", async ({ desk, page, person }) => {
  await desk.open();
  // A wide page begins with somebody.
  await expect(page.locator("#chat-subtitle")).toContainText("Alice");
  await desk.become(person);
  await expect(desk.start).toBeVisible();

  await page.getByLabel("First name").fill("Wilhelmina");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.locator("#chat-subtitle")).toContainText("Wilhelmina");
  await desk.start.click();
  await expect(desk.answers.first()).toContainText("Podium");
});

test("commands come from the menu, from typing and from the reply keyboard", async ({ desk, page, person }) => {
  await desk.open();
  await desk.become(person);
  await desk.start.click();
  await expect(desk.answers).toHaveCount(1);

  await desk.composer.fill("/");
  const commands = page.getByTestId("commands");
  await expect(commands.getByRole("button")).toHaveText([
    /\/start/,
    /\/app/,
    /\/tournaments/,
    /\/join/,
    /\/missions/,
    /\/profile/,
    /\/bonus/,
    /\/link/,
    /\/unlink/,
    /\/settings/,
    /\/privacy/,
    /\/stop/,
    /\/status/,
    /\/help/,
  ]);
  await commands.getByRole("button", { name: "/help" }).click();
  await expect(desk.answers).toHaveCount(2);
  await expect(desk.answers.last()).toContainText("/status tells whether everything works");

  await desk.send("/status");
  await expect(desk.answers).toHaveCount(3);
  await expect(desk.answers.last()).toContainText("Everything works");

  await desk.replyButton("Tournaments and missions").click();
  // The list, and the board of the busiest one.
  await expect(desk.answers).toHaveCount(5);
  await expect(desk.answers.nth(3)).toContainText("Winter Derby");
  await expect(desk.answers.last()).toContainText("Running now");
  await desk.inlineButton("Open leaderboard").click();
  await expect(desk.app.rows.first()).toBeVisible();
});

test("the menu button opens the app", async ({ desk, page, person }) => {
  await desk.open();
  await desk.become(person);
  await expect(page.getByTestId("menu-button")).toHaveText("Podium");
  await page.getByTestId("menu-button").click();
  await desk.app.expectSignedIn(person.firstName);
  await desk.press("close-app");
  await expect(desk.frame).toHaveCount(0);
});

test("an operator gets figures, others do not", async ({ desk, newPerson, page, stack }) => {
  const person = await newPerson();
  await desk.open();
  await page.getByTestId("user-1000000001").click();
  await desk.send("/stats");
  await expect(desk.answers.last()).toContainText("Podium in figures");
  await desk.become(person);
  await desk.send("/stats");
  await expect(desk.answers.last()).toContainText("for operators only");
  expect((await stack.telegram.chat(person.id)).messages.at(-1)?.text).not.toContain("figures");
});

test("the bot speaks the person's language", async ({ desk, newPerson, page }) => {
  const person = await newPerson({ language: "it" });
  await desk.open();
  await desk.become(person);
  await desk.start.click();
  await expect(desk.answers.first()).toContainText("Ciao");
  await desk.set("language", "ru");
  await expect(page.getByTestId(`user-${person.id}`)).toContainText("ru");
  await desk.send("/help");
  await expect(desk.answers.last()).toContainText("/app открывает");
});

test("a link of the bot asks before it leaves", async ({ desk, page, person }) => {
  await desk.open();
  await desk.become(person);
  await desk.start.click();
  await expect(desk.answers).toHaveCount(1);
  await desk.send("/start t_galaxy-sprint");
  await expect(desk.answers.last()).toContainText("Galaxy Sprint");
  await desk.inlineButton("Rules").click();
  await expect(page.getByTestId("popup")).toContainText("galaxy-sprint");
  await desk.press("popup-cancel");
  await expect(page.getByTestId("popup")).toHaveCount(0);
});

test("a flood wait and a refusal are shown, and the bot waits and goes on", async ({ desk, page, person }) => {
  await desk.open();
  await desk.become(person);
  await page.getByText("Faults", { exact: true }).click();
  const counts = page.getByTestId("counts");
  const before = numbers(await counts.innerText());

  await desk.press("fault-429");
  await expect(counts).toContainText("429 × 1 due");
  await desk.send("/status");
  await expect(desk.answers).toHaveCount(1, { timeout: 15_000 });
  await expect(counts).toContainText(`429 ${before.floods + 1} `);

  await desk.press("fault-403");
  await expect(counts).toContainText("403 × 1 due");
  await desk.send("/help");
  await expect(counts).toContainText(`403 ${before.refusals + 1} `);
  await expect(desk.answers).toHaveCount(1);
});

test("a person can block the bot and come back", async ({ desk, page, person }) => {
  await desk.open();
  await desk.become(person);
  await desk.start.click();
  await expect(desk.answers).toHaveCount(1);
  await desk.press("block");
  const unblock = page.getByRole("button", { name: "Unblock the bot" });
  await expect(unblock).toBeVisible();
  await expect(desk.composer).toHaveCount(0);
  await expect(page.getByTestId(`user-${person.id}`)).toContainText("blocked");
  await unblock.click();
  await desk.send("/status");
  await expect(desk.answers.last()).toContainText("Everything works");
});

/** The counts of the page. */
function numbers(text: string): { floods: number; refusals: number } {
  const number = (name: string) => Number(new RegExp(`· ${name} (\\d+)`).exec(text)?.[1] ?? 0);
  return { floods: number("429"), refusals: number("403") };
}
