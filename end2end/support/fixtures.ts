// What a test is given: its worker's servers, people, watched browsers.

import { randomUUID } from "node:crypto";

import { test as base, expect, type BrowserContext, type BrowserContextOptions, type Page } from "@playwright/test";

import { Desk } from "../pages/desk.ts";
import { MiniApp } from "../pages/mini-app.ts";
import { Person, type LaunchParameters, type PersonOptions } from "./person.ts";
import { crowd } from "./platform.ts";
import { plant } from "./secrets.ts";
import { Stack } from "./stack.ts";
import { Watch } from "./watch.ts";

interface Fixtures {
  /** Fails the test on any console error, on any page and in any frame. */
  watch: Watch;
  /** Makes somebody new. */
  newPerson: (options?: PersonOptions) => Promise<Person>;
  /** Somebody new, whom the demo platform soon takes for a player. */
  person: Person;
  /** Somebody new whom no platform knows. */
  stranger: Person;
  /** Makes a running tournament with so many players, by its id. */
  newCrowd: (players: number) => Promise<string>;
  /** One more browser, as if on another machine. */
  newBrowser: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** The simulated Telegram's page in the test's own browser. */
  desk: Desk;
  /** Opens the app as a Telegram client would, without a client around it. */
  openApp: (person: Person, launch?: LaunchParameters, page?: Page) => Promise<MiniApp>;
}

interface WorkerFixtures {
  stack: Stack;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  stack: [
    async ({}, use, worker) => {
      const stack = await Stack.start(`worker-${worker.workerIndex}`);
      plant(stack.folder, "bot token", stack.botToken);
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 90_000 },
  ],

  watch: [
    async ({ stack }, use, info) => {
      const watch = new Watch(stack.folder, stack.url);
      await use(watch);
      await stack.telegram.calm();
      // The lobby of the next test is the demo platform's.
      await stack.platform.clearUp();
      const errors = await watch.finish();
      if (info.status !== info.expectedStatus) {
        await info.attach("podium.log", { body: stack.podiumLog(), contentType: "text/plain" });
      }
      expect(errors, "console errors").toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, watch }, use) => {
    watch.attach(context);
    await use(context);
  },

  newBrowser: async ({ browser, watch, contextOptions }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (options = {}) => {
      const context = await browser.newContext({ ...contextOptions, ...options });
      watch.attach(context);
      contexts.push(context);
      return context;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  newPerson: async ({ stack }, use) => {
    await use((options) => Person.create(stack, options));
  },

  newCrowd: async ({ stack }, use) => {
    await use(async (players) => {
      const id = `crowd-${randomUUID().slice(0, 8)}`;
      await crowd(stack.platform, id, players);
      return id;
    });
  },

  person: async ({ newPerson }, use) => {
    await use(await newPerson());
  },

  stranger: async ({ newPerson }, use) => {
    await use(await newPerson({ isStranger: true }));
  },

  desk: async ({ page, stack }, use) => {
    await use(new Desk(page, stack.telegram.url));
  },

  openApp: async ({ page: ownPage }, use) => {
    await use(async (person, launch = {}, page = ownPage) => {
      await page.goto(person.launchUrl(launch));
      return new MiniApp(page);
    });
  },
});

export { expect };
