// The Mini App, in a frame of the simulated Telegram or alone on a page.

import { expect, type FrameLocator, type Locator, type Page } from "@playwright/test";

export class MiniApp {
  readonly board: Locator;
  readonly rows: Locator;
  readonly meRow: Locator;
  readonly playerName: Locator;
  readonly more: Locator;
  readonly tabs: Locator;
  readonly standIns: Locator;

  constructor(readonly root: Page | FrameLocator) {
    this.board = root.getByTestId("board");
    this.rows = this.board.getByTestId("board-row");
    this.meRow = root.getByTestId("me-row");
    this.playerName = root.getByTestId("player-name");
    this.more = root.locator(".more").getByRole("button");
    this.tabs = root.getByRole("navigation");
    this.standIns = root.locator(".stand-ins");
  }

  /** The row of a board that shows a player by the public name. */
  row(alias: string): Locator {
    return this.rows.filter({ hasText: alias });
  }

  /** The player's own row within the board. */
  get ownRow(): Locator {
    return this.board.locator(".row--me");
  }

  notice(name: "sign-in-needed" | "sign-in-failed" | "stale" | "offline"): Locator {
    return this.root.getByTestId(name);
  }

  get heading(): Locator {
    return this.root.getByRole("heading", { level: 1 });
  }

  /** The link to a tournament in the lobby. */
  tournament(title: string): Locator {
    return this.root.getByRole("link", { name: title }).first();
  }

  async expectRank(rank: number): Promise<void> {
    await expect(this.meRow).toHaveAttribute("data-rank", String(rank));
    await expect(this.meRow.locator(".row__rank")).toHaveText(rank.toLocaleString("en-US"));
  }

  /** Waits until the page has been taken over by its code and the player is signed in. */
  async expectSignedIn(firstName: string): Promise<void> {
    await expect(this.playerName).toHaveText(firstName);
  }
}
