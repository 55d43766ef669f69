// The peer of the webhook benchmark: grammY the way its documentation shows it, acknowledging from memory.
import { createServer } from "node:http";
import { Bot, webhookCallback } from "grammy";

const bot = new Bot(process.env.TELEGRAM_BOT_TOKEN, {
  // Known beforehand, so that no call to Telegram is needed.
  botInfo: {
    id: Number(process.env.TELEGRAM_BOT_TOKEN.split(":")[0]),
    is_bot: true,
    first_name: "Bench",
    username: "bench_bot",
    can_join_groups: false,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
  },
});
let seen = 0;
bot.on("message", () => {
  seen += 1;
});

const handle = webhookCallback(bot, "http", { secretToken: process.env.TELEGRAM_WEBHOOK_SECRET });
const server = createServer((request, response) => {
  if (request.url === "/ready") {
    response.end(String(seen));
    return;
  }
  handle(request, response).catch(() => response.writeHead(500).end());
});
server.listen(Number(process.env.PEER_PORT), "127.0.0.1");
