import { randomUUID } from "node:crypto";
import { expect, test } from "../support/fixtures.ts";
const from = (ms: number) => new Date(Date.now() + ms).toISOString();
for (const [w, h] of [[390, 844], [320, 640]] as const) for (const theme of ["light", "dark"] as const) for (const platform of ["ios", "android"]) {
  test(`looks ${w} ${theme} ${platform}`, async ({ newPerson, openApp, page, stack }) => {
    test.setTimeout(120_000);
    if (w === 320 && platform === "ios") return;
    await page.setViewportSize({ width: w, height: h });
    const person = await newPerson({ language: w === 320 ? "ru" : "en" });
    await stack.platform.players([{ platform_user_id: person.platformUserId, alias: "Racer", telegram_user_id: person.id }]);
    const shot = (n: string) => page.screenshot({ path: `/tmp/uic-looks/${n}-${w}-${theme}-${platform}.png` });
    const cash = { code: "cash", amount: "50", currency: "EUR", title: { en: "50 EUR", ru: "50 евро" } };
    const id = `look-${randomUUID().slice(0, 6)}`;
    const data = { tournament_id: id, title: { en: "Night Race" }, join: { required: true, size_max: 100 }, attempts_max: 5, prizes: [{ from: 1, to: 1, what: cash }, { from: 2, to: 3, what: { code: "free_spins", amount: "20" } }, { from: 4, to: 100, what: { code: "badge" } }], rewards: "claim" as const, claim_days: 7, rules_text: { en: "Play fair.\nOne account each.", ru: "Играйте честно.\nОдин аккаунт на человека." } };
    await stack.platform.tournament(data);
    const rivals = [1, 2, 3, 4, 5].map((n) => ({ platform_user_id: `${id}-${n}`, alias: `Rival ${n}` }));
    await stack.platform.players(rivals);
    const app = await openApp(person, { path: `/app/t/${id}`, theme, platform: "unknown" });
    await expect(app.root.getByTestId("my-state")).not.toHaveText(/…$/);
    await expect(app.standIns.getByRole("button").last()).toBeVisible();
    await shot("1-join");
    await app.standIns.getByRole("button").last().click();
    await expect(app.root.getByTestId("my-card")).toHaveAttribute("data-tone", "in");
    await person.scores(id, 100);
    await app.expectRank(1);
    await shot("2-in");
    for (const [n, panel] of [[1, "prizes"], [2, "rules"]] as const) {
      await app.root.locator(".segments__one").nth(n).click();
      await shot(`3-${panel}`);
    }
    await stack.platform.tournament({ ...data, starts_at: from(-3_600_000), ends_at: from(-70_000) });
    await page.reload();
    await expect(app.root.getByTestId("claim")).toBeVisible({ timeout: 30_000 });
    await shot("4-final");
    await app.root.getByTestId("claim").click();
    await expect(app.root.getByTestId("claim")).toHaveCount(0);
    await shot("5-claimed");
    await page.goto("about:blank");
    await openApp(person, { path: "/app/tournaments", theme, platform });
    await expect(page.locator(".cell--link").nth(1)).toBeVisible();
    await shot("6-list");
    await page.goto("about:blank");
    await openApp(person, { path: "/app/history", theme, platform });
    await expect(app.root.getByTestId("past")).toBeVisible();
    await shot("7-history");
  });
}
