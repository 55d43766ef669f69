// The foot of the chat: reply keyboard, command list, menu button, composer.

import { openApp } from "./app.js";
import { post } from "./api.js";
import { send, shareContact } from "./chat.js";
import { byId, fill, h, icon } from "./dom.js";
import { inlinePlace, typed } from "./inline.js";
import { state } from "./state.js";

let commandsOpen = false;

export function drawFoot() {
  const { chat } = state;
  const user = state.user();
  const foot = byId("foot");
  // While somebody types, only what really changed is drawn anew; the text in the composer is kept.
  const key = JSON.stringify([user?.id, user?.blocked, chat?.menu_button, chat?.commands, chat?.reply_keyboard]);
  const written = foot.querySelector("textarea")?.value ?? "";
  const hadFocus = document.activeElement === foot.querySelector("textarea");
  const before = fill(foot, key, () => {
    if (!user || !chat) return [];
    if (user.blocked) {
      return h("button", { className: "primary wide", type: "button", onclick: () => post(`users/${user.id}/unblock`) }, "Unblock the bot");
    }
    return [inlinePlace(), commandList(chat), composer(chat), replyKeyboard(chat)].filter(Boolean);
  });
  const area = foot.querySelector("textarea");
  if (before !== key && area) {
    if (before && JSON.parse(before)[0] === user?.id) area.value = written;
    if (hadFocus) area.focus();
  }
}

function composer(chat) {
  const area = h("textarea", {
    rows: 1,
    placeholder: "Message",
    "aria-label": "Message",
    data: { testid: "composer" },
    onkeydown: (event) => {
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        submit();
      }
    },
    oninput: () => {
      showCommands(area.value === "/");
      typed(area.value);
    },
  });
  const submit = async () => {
    const text = area.value.trim();
    if (!text) return;
    area.value = "";
    showCommands(false);
    await send(text).catch(() => {
      area.value = text;
    });
  };
  return h(
    "div",
    { className: "composer" },
    menuButton(chat),
    area,
    h("button", { className: "icon send", type: "button", "aria-label": "Send", data: { testid: "send" }, onclick: submit }, icon("send")),
  );
}

function menuButton(chat) {
  const button = chat.menu_button;
  if (button?.type === "web_app") {
    return h(
      "button",
      {
        className: "primary menu-button",
        type: "button",
        data: { testid: "menu-button" },
        onclick: () => openApp({ kind: "menu", url: button.web_app.url }),
      },
      button.text,
    );
  }
  return h(
    "button",
    {
      className: "icon",
      type: "button",
      "aria-label": "Commands",
      data: { testid: "menu-button" },
      onclick: () => showCommands(!commandsOpen),
    },
    icon("menu"),
  );
}

function showCommands(open) {
  commandsOpen = open;
  const list = byId("foot").querySelector(".commands");
  if (list) list.hidden = !open;
}

function commandList(chat) {
  if (chat.commands.length === 0) return null;
  return h(
    "ul",
    { className: "commands", hidden: !commandsOpen, data: { testid: "commands" } },
    chat.commands.map((command) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            type: "button",
            onclick: () => {
              showCommands(false);
              const area = byId("foot").querySelector("textarea");
              if (area) area.value = "";
              send(`/${command.command}`);
            },
          },
          h("b", {}, `/${command.command}`),
          h("span", {}, command.description),
        ),
      ),
    ),
  );
}

function replyKeyboard(chat) {
  const rows = chat.reply_keyboard?.keyboard;
  if (!rows) return null;
  return h(
    "div",
    { className: "reply-keyboard" },
    rows.map((row) =>
      h(
        "div",
        { className: "keyboard-row" },
        row.map((button) => {
          const text = typeof button === "string" ? button : button.text;
          return h(
            "button",
            { type: "button", className: `key ${button.style ?? ""}`, data: { testid: "reply-button" }, onclick: () => pressReply(button, text) },
            text,
          );
        }),
      ),
    ),
  );
}

function pressReply(button, text) {
  if (button.web_app) return openApp({ kind: "keyboard", url: button.web_app.url, buttonText: text });
  if (button.request_contact) return shareContact();
  return send(text);
}
