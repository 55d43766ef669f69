// The buttons that Telegram draws around the app: main, secondary, back and settings.

import { byId, h } from "./dom.js";
import { emit } from "./app.js";
import { onSettings, themeParams } from "./settings.js";

const HEX = /^#[0-9a-f]{6}$/i;
const POSITIONS = ["left", "right", "top", "bottom"];

const hidden = () => ({ is_visible: false });
const buttons = { main: hidden(), secondary: hidden() };
let header = null;

export const native = {
  /** Sets a bottom button as the app asked. */
  set(which, data) {
    buttons[which] = { ...buttons[which], ...data };
    drawBottom();
  },
  setBack(visible) {
    byId("native-back").hidden = !visible;
  },
  setSettings(visible) {
    byId("native-settings").hidden = !visible;
  },
  /** Sets the color of the header: a color, or the name of one of the theme's, which then follows the theme. */
  async setHeader({ color, color_key }) {
    header = { color, color_key };
    const bar = byId("app-bar");
    const wanted = color ?? (await themeParams())[color_key];
    if (bar) paint(bar, String(wanted));
  },
  setBackgroundColor(color) {
    if (HEX.test(color)) byId("frame-place").style.setProperty("background", color);
  },
  setBottomBarColor(color) {
    if (HEX.test(color)) byId("native-buttons").style.setProperty("background", color);
  },
  reset() {
    buttons.main = hidden();
    buttons.secondary = hidden();
    header = null;
  },
};

onSettings((name) => {
  if (name === "theme" && header?.color_key) native.setHeader(header);
});

export function clearNative() {
  native.reset();
  drawBottom();
}

function paint(element, color) {
  if (!HEX.test(color)) return;
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
  const isDark = 0.299 * red + 0.587 * green + 0.114 * blue < 150;
  element.style.setProperty("background", color);
  element.style.setProperty("color", isDark ? "#ffffff" : "#000000");
}

function drawBottom() {
  const place = byId("native-buttons");
  if (!place) return;
  const { main, secondary } = buttons;
  place.hidden = !main.is_visible && !secondary.is_visible;
  const position = POSITIONS.includes(secondary.position) ? secondary.position : "left";
  place.dataset.layout = main.is_visible && secondary.is_visible ? position : "one";
  for (const [which, data] of Object.entries(buttons)) {
    const existing = place.querySelector(`[data-testid="native-${which}"]`);
    if (!data.is_visible) {
      existing?.remove();
      continue;
    }
    const button =
      existing ??
      place.appendChild(
        h("button", {
          type: "button",
          className: `native ${which}`,
          data: { testid: `native-${which}` },
          onclick: () => buttons[which].is_active !== false && !buttons[which].is_progress_visible && emit(`${which}_button_pressed`),
        }),
      );
    button.replaceChildren(
      ...(data.is_progress_visible ? [h("span", { className: "spinner", "aria-label": "In progress", role: "img" })] : []),
      h("span", { className: "native-text" }, data.text ?? ""),
    );
    button.setAttribute("aria-disabled", String(data.is_active === false));
    button.setAttribute("aria-busy", String(Boolean(data.is_progress_visible)));
    button.classList.toggle("shine", Boolean(data.has_shine_effect));
    if (HEX.test(data.color)) button.style.setProperty("background", data.color);
    if (HEX.test(data.text_color)) button.style.setProperty("color", data.text_color);
  }
}
