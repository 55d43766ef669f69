// Watches every page and frame of a test: a console error or an uncaught one fails it, addresses and tokens are written
// down for the privacy test.

import type { BrowserContext, Request, Response } from "@playwright/test";

import { noteAddress, plant, plantInitData } from "./secrets.ts";

export class Watch {
  private readonly errors: string[] = [];
  private readonly expected: RegExp[] = [];
  private readonly addresses = new Set<string>();
  private readonly reads: Promise<void>[] = [];

  constructor(
    private readonly folder: string,
    /** The server's origin. */
    private readonly origin: string,
  ) {}

  /** Watches all pages of a browser context, also those to come. */
  attach(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() === "error") this.errors.push(`console: ${message.text()} (${message.location().url.replace(/#.*/, "")})`);
    });
    context.on("weberror", (error) => this.errors.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on("request", (request) => this.noteRequest(request));
    context.on("response", (response) => this.noteResponse(response));
  }

  /** What the browser itself prints when a test breaks the network on purpose. */
  expect(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  private noteRequest(request: Request): void {
    const url = new URL(request.url());
    // What stands behind # never leaves the browser.
    url.hash = "";
    if (!this.addresses.has(url.href)) noteAddress(this.folder, url.href);
    this.addresses.add(url.href);
    if (url.origin === this.origin && url.pathname === "/v1/tg/exchange") {
      const body = request.postDataJSON() as { init_data?: string } | null;
      if (body?.init_data) plantInitData(this.folder, body.init_data);
    }
  }

  private noteResponse(response: Response): void {
    if (!/\/v1\/tg\/(exchange|login|refresh)$/.test(response.url()) || !response.ok()) return;
    const read = response.json().then(
      (grant: { jwt: string; refresh_token: string }) => {
        // The first parts of a JWT are the same for all players of a moment; its signature is not.
        plant(this.folder, "jwt", grant.jwt.split(".")[2] ?? grant.jwt);
        plant(this.folder, "refresh token", grant.refresh_token);
      },
      // The page was gone before its answer was read.
      () => {},
    );
    this.reads.push(read);
  }

  /** Waits for what is still being read and returns the errors that nobody expected. */
  async finish(): Promise<string[]> {
    await Promise.all(this.reads);
    return this.errors.filter((error) => !this.expected.some((pattern) => pattern.test(error)));
  }
}

/** How Chromium reports an answer that is a failure, or none. */
export const FAILED_REQUEST = /Failed to load resource|net::ERR_/;
