// The simulated Telegram's page: people, a chat with the bot, the Mini App beside it.

import { expect, type Locator, type Page } from "@playwright/test";

import type { Person } from "../support/person.ts";
import { MiniApp } from "./mini-app.ts";

type Native = "main" | "secondary" | "back" | "settings";
type Setting = "language" | "platform" | "version" | "safe-area" | "launch-data";

export class Desk {
  readonly messages: Locator;
  readonly composer: Locator;
  readonly start: Locator;
  readonly frame: Locator;
  readonly app: MiniApp;

  constructor(
    readonly page: Page,
    private readonly url: string,
  ) {
    this.messages = page.getByTestId("message");
    this.composer = page.getByTestId("composer");
    this.start = page.getByTestId("start");
    this.frame = page.getByTestId("app-frame");
    this.app = new MiniApp(this.frame.contentFrame());
  }

  async open(): Promise<void> {
    await this.page.goto(this.url);
  }

  /** Becomes a person, whose chat then fills the screen of a phone. */
  async become(person: Person): Promise<void> {
    // The list is drawn anew when others write, as they do in tests beside this one, and a press between is lost.
    await expect(async () => {
      await this.page.getByTestId(`user-${person.id}`).click();
      await expect(this.page.locator("#chat-subtitle")).toContainText(person.firstName, { timeout: 2_000 });
    }).toPass({ timeout: 10_000 });
  }

  async send(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** The messages of the bot. */
  get answers(): Locator {
    return this.page.locator('[data-testid="message"][data-from="bot"]');
  }

  inlineButton(text: string): Locator {
    return this.page.getByTestId("inline-button").filter({ hasText: text });
  }

  /** What inline mode has found. */
  get found(): Locator {
    return this.page.getByTestId("inline-result");
  }

  replyButton(text: string): Locator {
    return this.page.getByTestId("reply-button").filter({ hasText: text });
  }

  native(which: Native): Locator {
    return this.page.getByTestId(`native-${which}`);
  }

  /** Changes a setting of the simulated phone. */
  async set(setting: Setting, value: string): Promise<void> {
    await this.page.getByTestId(`${setting}-switch`).selectOption(value);
  }

  async press(testId: string): Promise<void> {
    await this.page.getByTestId(testId).click();
  }
}
