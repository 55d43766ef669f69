// An erasure to its end: on a server that leaves nobody time to think it over.

import { expect, test } from "../support/fixtures.ts";
import { Person } from "../support/person.ts";
import { until } from "../support/service.ts";
import { Stack, TOURNAMENTS } from "../support/stack.ts";
import { FAILED_REQUEST } from "../support/watch.ts";

const WAIT_MS = 20_000;
const POINTS = 987_654_321;
const BARE = { platform: "unknown" };

/** What boards call the one with these points. */
async function aliasOf(stack: Stack): Promise<string | undefined> {
  return (await stack.leaders(TOURNAMENTS.best)).find(({ score }) => score === POINTS)?.alias;
}

test("who is erased is signed out, nameless on boards, and new when they come back", async ({ openApp, page, watch }, info) => {
  test.setTimeout(90_000);
  watch.expect(FAILED_REQUEST);
  const stack = await Stack.start(`erasure-${info.workerIndex}-${info.repeatEachIndex}`, {
    PODIUM_PRIVACY_ERASURE_GRACE_DAYS: "0",
  });
  try {
    const person = await Person.create(stack);
    await person.scores(TOURNAMENTS.best, POINTS);
    await expect.poll(() => aliasOf(stack)).toBeDefined();
    const alias = (await aliasOf(stack))!;

    // The client is handed the address of the copy; here is none, so the test does what it would do.
    let app = await openApp(person, { path: "/app/privacy" });
    const exported = page.waitForResponse("**/v1/tg/privacy/export");
    await app.root.getByRole("button", { name: "Get a copy" }).click();
    const { url } = (await (await exported).json()) as { url: string };
    const copy = JSON.stringify(await (await page.request.get(url)).json());
    for (const kept of [person.firstName, person.username, alias, String(POINTS)]) expect(copy).toContain(kept);

    await page.goto("about:blank");
    app = await openApp(person, { path: "/app/privacy", ...BARE });
    await app.root.getByRole("button", { name: "Erase my data" }).click();
    await app.root.getByRole("dialog").getByRole("button", { name: "Erase my data" }).click();
    await expect(app.root.getByTestId("erasure-planned")).toBeVisible();

    // The work is done every minute, and when the server starts.
    await page.goto("about:blank");
    await stack.restartPodium();
    await until("the erasure", WAIT_MS, async () => (await aliasOf(stack)) !== alias);
    expect(await aliasOf(stack), "the place stays, without a name").toBeDefined();

    await openApp(person, { path: "/app/profile", ...BARE });
    await expect(app.root.getByTestId("standing")).toContainText("Not linked");
    await expect(app.root.getByText(alias)).toHaveCount(0);
    await app.tabs.getByRole("link", { name: "Compete" }).click();
    await expect(app.rows.first()).toBeVisible();
    await expect(app.meRow, "the points are nobody's").toHaveCount(0);
  } finally {
    await stack.stop();
  }
});
