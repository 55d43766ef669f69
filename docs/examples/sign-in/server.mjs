// A platform's web site, as small as it can be: its user is signed in, connects Telegram, and is written to.

import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";

const podium = process.env.PODIUM_URL ?? "http://127.0.0.1:3000";
const key = Buffer.from((process.env.PODIUM_PLATFORM_KEY ?? "").replace(/^whsec_/, ""), "base64");
const port = Number(process.env.PORT ?? 4000);
const TIMEOUT_MS = 10_000;

// Who is signed in here: a site of one user. A real one looks at its session.
const user = { id: process.env.SITE_USER ?? "site-user-1", name: "alexandra@mail.example" };

/** Enough to know one's own account again, too little to tell somebody else's. */
const masked = (name) => name.replace(/^(.)[^@]*/, "$1***");

/** A call that Podium knows to be ours: Standard Webhooks, https://www.standardwebhooks.com. */
async function call(method, path, body = "") {
  const [id, timestamp] = [randomUUID(), String(Math.floor(Date.now() / 1000))];
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const response = await fetch(podium + path, {
    method,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${signature}`,
    },
    ...(method === "GET" ? {} : { body }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return { status: response.status, answer: await response.json() };
}

/** The token that was ordered last; what may be asked about it is this site's own business. */
let pending = null;

const routes = {
  "POST /connect": async () => {
    const order = { action: "sign_in", platform_user_id: user.id, platform_account: masked(user.name) };
    const { status, answer } = await call("POST", "/v1/platform/tokens", JSON.stringify(order));
    if (status !== 201) return { error: answer.code };
    pending = answer.token_id;
    return { url: answer.url_start };
  },
  "GET /state": async () => {
    if (pending === null) return { state: "none" };
    const { status, answer } = await call("GET", `/v1/platform/tokens/${pending}`);
    if (status !== 200) return { error: answer.code };
    const isOurs = answer.platform_user_id === user.id;
    return { state: answer.state === "spent" && !isOurs ? "expired" : answer.state };
  },
  "POST /notify": async () => {
    const order = { id: randomUUID(), platform_user_id: user.id, text: "Hello from the site: you are connected." };
    const { status, answer } = await call("POST", "/v1/platform/notifications", JSON.stringify(order));
    return status === 202 ? { sent: true } : { error: answer.code };
  },
};

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Example site</title>
<link rel="icon" href="data:,">
<style>body { font: 18px system-ui; max-width: 32rem; margin: 4rem auto; padding: 0 1rem }</style>
<h1>Example site</h1>
<p>Signed in as <b>${masked(user.name)}</b>.</p>
<p><button id="connect">Connect Telegram</button> <a id="link" target="_blank" rel="noopener" hidden>Open Telegram</a></p>
<p id="state" role="status">Not connected</p>
<p><button id="notify" hidden>Send me a message</button></p>
<script type="module">
  const $ = (id) => document.getElementById(id);
  const ask = async (method, path) => (await fetch(path, { method })).json();
  const EVERY_MS = 1000;

  async function watch() {
    const { state, error } = await ask("GET", "/state");
    if (state === "pending") return setTimeout(watch, EVERY_MS);
    $("link").hidden = true;
    $("state").textContent = state === "spent" ? "Connected" : error ?? "The link has expired";
    $("notify").hidden = state !== "spent";
  }

  $("connect").onclick = async () => {
    const { url, error } = await ask("POST", "/connect");
    $("state").textContent = error ?? "Waiting for you in Telegram…";
    if (!url) return;
    $("link").href = url;
    $("link").hidden = false;
    watch();
  };
  $("notify").onclick = async () => {
    const { error } = await ask("POST", "/notify");
    $("state").textContent = error ?? "Sent";
  };
</script>
</html>
`;

const server = createServer(async (request, response) => {
  if (request.method === "GET" && request.url === "/") {
    return response.setHeader("content-type", "text/html; charset=utf-8").end(page);
  }
  const route = routes[`${request.method} ${request.url}`];
  try {
    const answer = route ? await route() : { error: "not_found" };
    response.statusCode = route ? 200 : 404;
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  } catch {
    response.statusCode = 502;
    response.setHeader("content-type", "application/json").end(JSON.stringify({ error: "unavailable" }));
  }
});
server.listen(port, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
