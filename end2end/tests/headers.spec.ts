// The headers that fence a page in, and those that make it quick the second time.

import type { APIResponse } from "@playwright/test";

import { expect, test } from "../support/fixtures.ts";
import { TOURNAMENTS } from "../support/stack.ts";

/** The directives of a Content-Security-Policy. */
function policyOf(answer: APIResponse): Map<string, string[]> {
  const header = answer.headers()["content-security-policy"] ?? "";
  return new Map(
    header
      .split(";")
      .map((directive) => directive.trim().split(/\s+/))
      .map(([name = "", ...values]) => [name, values]),
  );
}

/** The opening tags of an element in a document. */
function tags(html: string, element: string): string[] {
  return html.match(new RegExp(`<${element}\\b[^>]*>`, "g")) ?? [];
}

/** The address of a file that a page loads. */
function reference(html: string, extension: string): string {
  const found = html.match(new RegExp(`/pkg/podium\\.[0-9a-f]{8,}\\.${extension}`));
  if (!found) throw new Error(`the page loads no ${extension}`);
  return found[0];
}

for (const path of ["/app", `/app/t/${TOURNAMENTS.best}`, "/app/profile", "/app/t/no-such-cup"]) {
  test(`${path} may be framed by Telegram and runs nothing but its own scripts`, async ({ request, stack }) => {
    const answer = await request.get(stack.url + path);
    const policy = policyOf(answer);
    const html = await answer.text();
    const nonce = policy.get("script-src")?.find((source) => source.startsWith("'nonce-"))?.slice(7, -1);
    expect(nonce?.length).toBeGreaterThanOrEqual(22);
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.get("script-src")).toEqual(expect.arrayContaining(["'wasm-unsafe-eval'", stack.telegram.url]));
    for (const sources of policy.values()) {
      expect(sources).not.toContain("'unsafe-inline'");
      expect(sources).not.toContain("'unsafe-eval'");
      expect(sources).not.toContain("*");
    }
    expect(policy.get("connect-src")).toEqual(["'self'"]);
    expect(policy.get("object-src")).toEqual(["'none'"]);
    expect(policy.get("base-uri")).toEqual(["'none'"]);
    expect(policy.get("form-action")).toEqual(["'none'"]);
    expect(policy.get("frame-ancestors")).toEqual(
      expect.arrayContaining(["https://web.telegram.org", "https://webk.telegram.org", stack.telegram.url]),
    );
    expect(answer.headers()["x-frame-options"]).toBeUndefined();
    expect(answer.headers()["cache-control"]).toBe("no-store");
    expect(answer.headers()["referrer-policy"]).toBe("no-referrer");
    expect(answer.headers()["x-content-type-options"]).toBe("nosniff");

    for (const script of tags(html, "script")) {
      expect(script).toMatch(new RegExp(`nonce="${escape(nonce!)}"|type="application/json"`));
    }
    for (const style of tags(html, "style")) expect(style).toContain(`nonce="${nonce}"`);
    expect(html).not.toMatch(/\son[a-z]+="/);
    expect(html).not.toMatch(/\sstyle="/);

    const again = policyOf(await request.get(stack.url + path));
    expect(again.get("script-src"), "a nonce is good for one answer").not.toContain(`'nonce-${nonce}'`);
  });
}

for (const path of ["/", "/kit", "/nowhere"]) {
  test(`${path} may be framed by nobody and runs nothing`, async ({ request, stack }) => {
    const answer = await request.get(stack.url + path);
    const policy = policyOf(answer);
    expect(answer.headers()["x-frame-options"]).toBe("DENY");
    expect(policy.get("frame-ancestors")).toEqual(["'none'"]);
    expect(policy.get("default-src")).toEqual(["'none'"]);
    expect(policy.has("script-src")).toBe(false);
    expect(answer.headers()["cache-control"]).toBe("no-store");
    expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
    expect(tags(await answer.text(), "script")).toEqual([]);
  });
}

test("the API may be framed by nobody, and sign-in is not stored", async ({ request, stack }) => {
  const board = await request.get(`${stack.url}/v1/tournaments/${TOURNAMENTS.best}/board`);
  expect(board.headers()["x-frame-options"]).toBe("DENY");
  expect(board.headers()["etag"]).toBeTruthy();
  const exchange = await request.post(`${stack.url}/v1/tg/exchange`, { data: { init_data: "nonsense" } });
  expect(exchange.status()).toBe(400);
  expect(exchange.headers()["cache-control"]).toBe("no-store");
  expect(exchange.headers()["content-type"]).toBe("application/problem+json");
});

test("metrics are not on the public listener", async ({ request, stack }) => {
  expect((await request.get(`${stack.url}/metrics`)).status()).toBe(404);
  expect((await request.get(`${stack.internalUrl}/metrics`)).status()).toBe(200);
});

test("code has a hash in its name, is kept for good and comes compressed", async ({ request, stack }) => {
  const html = await (await request.get(`${stack.url}/app`)).text();
  for (const [extension, type] of [
    ["js", /^(text|application)\/javascript/],
    ["wasm", /^application\/wasm$/],
  ] as const) {
    const address = stack.url + reference(html, extension);
    for (const encoding of ["br", "gzip"]) {
      const answer = await request.head(address, { headers: { "accept-encoding": encoding } });
      expect(answer.status(), address).toBe(200);
      expect(answer.headers()["content-encoding"]).toBe(encoding);
      expect(answer.headers()["content-type"]).toMatch(type);
      expect(answer.headers()["cache-control"]).toMatch(/max-age=31536000.*immutable/);
      expect(answer.headers()["vary"]?.toLowerCase()).toContain("accept-encoding");
    }
  }
  const missing = await request.get(`${stack.url}/pkg/podium.0000000000000000.js`);
  expect(missing.status()).toBe(404);
  expect(missing.headers()["cache-control"] ?? "").not.toContain("immutable");
});

test("a page comes compressed", async ({ request, stack }) => {
  const answer = await request.get(`${stack.url}/app`, { headers: { "accept-encoding": "br" } });
  expect(answer.headers()["content-encoding"]).toBe("br");
  expect(answer.headers()["content-type"]).toMatch(/^text\/html/);
});

test("a site that is not the platform's can't frame the app", async ({ page, stack, watch }) => {
  watch.expect(/frame-ancestors|X-Frame-Options|Failed to load resource|net::ERR_/);
  for (const path of ["/app", "/kit"]) {
    expect((await page.request.get(stack.url + path)).status()).toBe(200);
    await page.route("http://elsewhere.test/", (route) =>
      route.fulfill({ contentType: "text/html", body: `<iframe src="${stack.url}${path}"></iframe>` }),
    );
    await page.goto("http://elsewhere.test/");
    await expect.poll(() => page.frames().length).toBe(2);
    await expect(page.frameLocator("iframe").getByRole("heading", { level: 1 })).toHaveCount(0);
    await expect.poll(() => page.frames()[1]!.url()).not.toContain(stack.url + path);
    await page.unroute("http://elsewhere.test/");
  }
});

/** A text as a part of a pattern. */
function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
