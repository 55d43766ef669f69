// A narrow phone with the longest that there can be: names, titles, scores. Nothing is cut off by chance, nothing lies
// over something else, in any language.

import { randomUUID } from "node:crypto";

import type { Page } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { computed, THEMES } from "../support/themes.ts";

/** The longest alias and the largest score that Podium takes. */
const ALIAS = "Wolfeschlegelsteinhausenbergerdorff".slice(0, 32);
const SCORE_MAX = 2 ** 53;
const TITLES = {
  en: "The International Autumn Championship of Extraordinarily Long Tournament Titles, Third Edition, Presented by Friends",
  ru: "Международный осенний чемпионат по необыкновенно длинным названиям турниров, третий сезон, при поддержке друзей",
  fr: "Le championnat international d’automne des titres de tournoi extraordinairement longs, troisième édition, entre amis",
  it: "Il campionato internazionale d’autunno dei titoli di torneo straordinariamente lunghi, terza edizione, con gli amici",
};

/** What sticks out of its row, its line or the page, and which texts lie over each other. */
async function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth - root.clientWidth} px too wide`);
    /** Where the letters are, which may be outside of the element's own box. */
    const inked = (element: Element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const ink = range.getBoundingClientRect();
      const box = element.getBoundingClientRect();
      // What is cut with an ellipsis ends at its box.
      return getComputedStyle(element).overflowX === "visible" ? ink : box;
    };
    const name = (element: Element) => `${element.className} "${element.textContent}"`;
    for (const line of document.querySelectorAll(".greeting, .panel__line, .facts, .head__foot, .row, .me__flash, .tab")) {
      const around = line.getBoundingClientRect();
      const parts = [...line.querySelectorAll(":scope > *, :scope .row__alias")].filter(
        (part) => part.textContent && !part.querySelector(".row__alias"),
      );
      for (const [index, part] of parts.entries()) {
        const one = inked(part);
        if (one.left < around.left - 1 || one.right > around.right + 1) found.push(`${name(part)} sticks out`);
        for (const other of parts.slice(index + 1)) {
          const two = inked(other);
          const overlap = Math.min(one.right, two.right) - Math.max(one.left, two.left);
          const height = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
          if (overlap > 1 && height > 3) found.push(`${name(part)} lies over ${name(other)}`);
        }
      }
    }
    return found;
  });
}

for (const language of ["en", "ru", "fr", "it"] as const) {
  test.describe(language, () => {
    test.use({ viewport: { width: 340, height: 700 } });

    test("the longest names, titles and scores fit a narrow phone", async ({ newPerson, openApp, page, stack }) => {
      const person = await newPerson({ firstName: "Maximilian-Alexander", language });
      const id = `long-${randomUUID().slice(0, 8)}`;
      const players = Array.from({ length: 8 }, (_, index) => ({ platform_user_id: `${id}-${index}`, alias: ALIAS }));
      await stack.platform.tournament({ tournament_id: id, title: TITLES });
      await stack.platform.players(players);
      await stack.platform.scores(
        players.map(({ platform_user_id }, index) => ({ tournament_id: id, platform_user_id, score: SCORE_MAX - index })),
      );
      await person.scores(id, 7);
      for (const platform of ["ios", "android"]) {
        await page.goto("about:blank");
        const app = await openApp(person, { path: `/app/t/${id}`, platform, theme: "dark" });
        await app.expectSignedIn(person.firstName);
        await expect(app.heading).toHaveText(TITLES[language]);
        await expect(app.meRow).toBeVisible();
        await expect(page.locator("body")).toHaveCSS("background-color", computed(THEMES.dark["secondary_bg_color"]!));
        expect(await misfits(page), platform).toEqual([]);

        await page.goto("about:blank");
        await openApp(person, { platform });
        await app.expectSignedIn(person.firstName);
        await expect(app.tabs).toBeVisible();
        expect(await misfits(page), `the lobby on ${platform}`).toEqual([]);
      }
    });

    test("the player's name pushes nothing away when it comes", async ({ newPerson, openApp, page, stack }) => {
      const person = await newPerson({ firstName: "Maximilian-Alexander", language });
      const id = `shift-${randomUUID().slice(0, 8)}`;
      await stack.platform.tournament({ tournament_id: id, title: { en: "Cup" }, order: "asc" });
      await person.scores(id, 7);
      let letPass = () => {};
      const gate = new Promise<void>((done) => (letPass = done));
      await page.route("**/v1/tg/exchange", async (route) => {
        await gate;
        await route.continue();
      });
      const app = await openApp(person, { path: `/app/t/${id}` });
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expect(app.playerName).toHaveCount(0);
      const top = () => app.board.evaluate((board) => board.getBoundingClientRect().top);
      const before = await top();
      letPass();
      await app.expectSignedIn(person.firstName);
      expect(await top()).toBe(before);
    });
  });
}
