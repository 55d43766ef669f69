// Puts the page together.

import { onChange, post } from "./api.js";
import { drawChat } from "./chat.js";
import { drawDesk } from "./desk.js";
import { byId, fill, h, icon } from "./dom.js";
import { onSettings, setSetting, settings } from "./settings.js";
import { choose, onState, refresh, state } from "./state.js";
import { closeForOther } from "./app.js";

const COLORS = ["#b93d31", "#9a5518", "#7a50b8", "#2c753d", "#1f7285", "#2f6aab", "#ad3f69"];

export function showScreen(screen) {
  document.body.dataset.screen = screen;
}

function initials(user) {
  return [user.first_name, user.last_name].filter(Boolean).map((name) => [...name][0].toUpperCase()).join("");
}

function drawPeople() {
  fill(byId("people"), JSON.stringify([state.users, state.chosen]), () =>
    state.users.map((user) =>
      h(
        "li",
        {},
        h(
          "button",
          {
            className: "person",
            type: "button",
            "aria-current": user.id === state.chosen ? "true" : "false",
            data: { testid: `user-${user.id}` },
            onclick: () => {
              if (user.id !== state.chosen) closeForOther();
              showScreen("chat");
              choose(user.id);
            },
          },
          h("span", { className: "avatar", style: { background: COLORS[user.id % COLORS.length] }, "aria-hidden": "true" }, initials(user)),
          h(
            "span",
            { className: "person-text" },
            h("span", { className: "person-name" }, [user.first_name, user.last_name].filter(Boolean).join(" ")),
            h("span", { className: "person-last" }, user.last_message || (user.started ? "" : "has not written yet")),
          ),
          h("span", { className: "tag" }, user.blocked ? "blocked" : user.language_code),
        ),
      ),
    ),
  );
}

function drawThemeSwitch() {
  byId("theme-switch").replaceChildren(icon(settings.theme === "dark" ? "sun" : "moon"));
}

byId("theme-switch").addEventListener("click", () => {
  setSetting("theme", settings.theme === "dark" ? "light" : "dark");
});
byId("to-people").append(icon("back"));
byId("to-people").addEventListener("click", () => showScreen("people"));
byId("new-person").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const user = await post("users", Object.fromEntries(new FormData(form)));
  form.reset();
  showScreen("chat");
  await choose(user.id);
});

onSettings(drawThemeSwitch);
onState(drawPeople);
onState(drawChat);
onState(drawDesk);
drawThemeSwitch();
drawDesk();
await refresh();
// A wide page has room for both, so it begins with somebody.
if (state.chosen === null && state.users.length > 0 && matchMedia("(min-width: 800px)").matches) {
  await choose(state.users[0].id);
}
onChange(() => refresh());
