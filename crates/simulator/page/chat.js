// The chat: bubbles, keyboards under them, and the foot with composer, commands and menu button.

import { get, post } from "./api.js";
import { ask, confirm, word } from "./dialogs.js";
import { byId, fill, h, toast } from "./dom.js";
import { drawFoot } from "./foot.js";
import { openLink } from "./links.js";
import { openApp } from "./app.js";
import { state } from "./state.js";
import { richText } from "./text.js";

const ANSWER_TRIES = 40;
const ANSWER_PAUSE_MS = 250;

export function send(text) {
  return post(`users/${state.chosen}/messages`, { text });
}

const actions = { link: openLink, command: send };

export function drawChat() {
  const user = state.user();
  byId("chat-title").textContent = state.bot?.first_name ?? "Bot";
  byId("chat-subtitle").textContent = user ? `bot, as ${user.first_name} sees it` : "choose a person";
  byId("open-app").hidden = !user;
  const block = byId("block");
  block.hidden = !user;
  block.textContent = user?.blocked ? "Unblock" : "Block";
  const list = byId("messages");
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const shared = state.shared.get(state.chosen) ?? [];
  fill(list, JSON.stringify([state.chosen, state.chat?.messages, shared]), () => {
    const messages = state.chat?.messages ?? [];
    if (user && messages.length + shared.length === 0) return empty();
    return [...messages.map(bubble), ...shared.map(sharedBubble)];
  });
  if (isAtEnd) list.scrollTop = list.scrollHeight;
  drawFoot();
}

byId("open-app").addEventListener("click", () => openApp({ kind: "direct" }));
byId("block").addEventListener("click", () => {
  const user = state.user();
  if (user) post(`users/${user.id}/${user.blocked ? "unblock" : "block"}`);
});

function empty() {
  return h(
    "div",
    { className: "empty" },
    h("img", { src: "/page/icon.svg", alt: "", width: 72, height: 72 }),
    h("p", {}, "No messages here yet."),
    h("button", { className: "primary", type: "button", data: { testid: "start" }, onclick: () => send("/start") }, "Start"),
  );
}

function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function bubble(message) {
  const rows = message.reply_markup?.inline_keyboard ?? [];
  const isService = ["write_access_allowed", "web_app_data"].some((kind) => kind in (message.attachments ?? {}));
  return h(
    "article",
    { className: `message ${message.from}${isService ? " service" : ""}`, data: { testid: "message", from: message.from, id: message.message_id } },
    h(
      "div",
      { className: "bubble" },
      attachment(message),
      h("div", { className: "text" }, richText(message.text, message.entities, actions)),
      h("time", {}, message.edit_date ? "edited " : "", time(message.date)),
    ),
    rows.length > 0 ? h("div", { className: "inline-keyboard" }, rows.map((row) => inlineRow(message, row))) : null,
  );
}

function attachment(message) {
  const { attachments = {} } = message;
  const lines = [];
  if (attachments.photo) {
    const address = attachments.photo[0].file_id;
    lines.push(/^https?:/.test(address) ? h("img", { className: "photo", src: address, alt: "" }) : "Picture");
  }
  if (attachments.document) lines.push(`File: ${attachments.document.file_name}`);
  if (attachments.contact) lines.push("Shared the phone number");
  if (attachments.web_app_data) lines.push(`Data from the app: ${attachments.web_app_data.data}`);
  if (attachments.write_access_allowed) lines.push("Allowed the bot to write");
  if (attachments.via_bot) lines.push(`via @${attachments.via_bot.username}`);
  return lines.map((line) => (typeof line === "string" ? h("p", { className: "attachment" }, line) : line));
}

function inlineRow(message, row) {
  return h(
    "div",
    { className: "keyboard-row" },
    row.map((button) =>
      h(
        "button",
        {
          type: "button",
          className: `key ${button.style ?? ""}`,
          data: { testid: "inline-button" },
          onclick: (event) => press(message, button, event.currentTarget),
        },
        button.text,
        button.web_app || button.url ? h("span", { className: "corner", "aria-hidden": "true" }, "↗") : null,
      ),
    ),
  );
}

async function press(message, button, element) {
  if (button.web_app) return openApp({ kind: "inline", url: button.web_app.url });
  if (button.url) return openLink(button.url);
  if (button.copy_text) {
    await navigator.clipboard?.writeText(button.copy_text.text).catch(() => {});
    return toast("Copied");
  }
  if (!button.callback_data) return toast("This kind of button does nothing here");
  element.setAttribute("aria-busy", "true");
  try {
    const { callback_id } = await post(`users/${state.chosen}/callbacks`, {
      message_id: message.message_id,
      data: button.callback_data,
    });
    await showAnswer(callback_id);
  } finally {
    element.removeAttribute("aria-busy");
  }
}

async function showAnswer(id) {
  for (let tries = 0; tries < ANSWER_TRIES; tries += 1) {
    const answer = await get(`callbacks/${id}`);
    if (answer.answered) {
      if (answer.text && answer.show_alert) {
        await ask({ message: answer.text, buttons: [{ id: "ok", text: word("ok") }] });
      } else if (answer.text) {
        toast(answer.text);
      }
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, ANSWER_PAUSE_MS));
  }
}

function sharedBubble({ from, url, text }) {
  return h(
    "article",
    { className: "message bot shared", data: { testid: "shared-message" } },
    h(
      "div",
      { className: "bubble" },
      h("p", { className: "via" }, `sent by ${from}`),
      h("div", { className: "text" }, richText([text, url].filter(Boolean).join("\n"), [], actions)),
    ),
  );
}

/** Shares the phone number, when the person agrees. */
export async function shareContact() {
  const user = state.user();
  const agreed = await confirm("Share your phone number?", "The bot will know your phone number.");
  if (agreed) {
    const digits = String(user.id).padStart(9, "0").slice(-9);
    await post(`users/${user.id}/contact`, { phone_number: `+999${digits}` });
  }
  return agreed;
}
