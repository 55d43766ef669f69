// The Mini App beside the chat: opens it with signed launch parameters in a frame of another origin, and closes it.

import { get } from "./api.js";
import { receive } from "./bridge.js";
import { confirm, word } from "./dialogs.js";
import { byId, h, icon, toast } from "./dom.js";
import { clearNative, native } from "./native.js";
import { log } from "./log.js";
import { LAUNCH_DATA, SAFE_AREAS, onSettings, settings, themeParams } from "./settings.js";
import { state } from "./state.js";

const SANDBOX = "allow-scripts allow-same-origin allow-forms allow-popups allow-modals allow-downloads";

/** The open app, or `null`: { frame, origin, launch, userId, listens, expanded, fullscreen, confirmClosing }. */
export let app = null;

/** Opens the app. `launch`: { kind, url?, start_param?, buttonText? }. */
export async function openApp(launch) {
  if (state.chosen === null) return toast("Choose a person first");
  const query = new URLSearchParams({
    kind: launch.kind,
    platform: settings.platform,
    theme: settings.theme,
    version: settings.version,
    ...LAUNCH_DATA[settings.launchData].query,
  });
  if (launch.url) query.set("url", launch.url);
  if (launch.start_param) query.set("start_param", launch.start_param);
  const { url } = await get(`users/${state.chosen}/launch?${query}`);
  remove();
  const frame = h("iframe", {
    title: "Mini App",
    data: { testid: "app-frame" },
    allow: "clipboard-write; fullscreen",
    referrerPolicy: "no-referrer",
  });
  frame.setAttribute("sandbox", SANDBOX);
  frame.src = url;
  const isPhone = ["android", "ios"].includes(settings.platform);
  app = {
    frame,
    origin: new URL(url).origin,
    launch,
    userId: state.chosen,
    // Before its first word the frame holds a page of another origin that can't be spoken to.
    listens: false,
    expanded: !isPhone,
    fullscreen: false,
    confirmClosing: false,
  };
  draw();
  observer.observe(frame);
}

function draw() {
  const place = byId("app");
  place.hidden = false;
  document.body.dataset.app = "open";
  place.replaceChildren(
    h(
      "header",
      { className: "bar app-bar", id: "app-bar" },
      h("button", { className: "icon", type: "button", hidden: true, id: "native-back", "aria-label": "Back", data: { testid: "native-back" }, onclick: () => emit("back_button_pressed") }, icon("back")),
      h("div", { className: "title" }, h("h2", {}, state.bot.first_name), h("p", { id: "app-note" }, "mini app")),
      h("button", { className: "icon", type: "button", hidden: true, id: "native-settings", "aria-label": "Settings", data: { testid: "native-settings" }, onclick: () => emit("settings_button_pressed") }, icon("gear")),
      h("button", { className: "icon", type: "button", "aria-label": "Reload", data: { testid: "reload-app" }, onclick: reload }, icon("reload")),
      h("button", { className: "icon", type: "button", "aria-label": "Minimize", data: { testid: "minimize-app" }, onclick: minimize }, icon("down")),
      h("button", { className: "icon", type: "button", "aria-label": "Close", data: { testid: "close-app" }, onclick: () => closeApp() }, icon("close")),
    ),
    h("div", { className: "frame-place", id: "frame-place" }, app.frame),
    h("footer", { className: "native-buttons", id: "native-buttons", hidden: true }),
    h("button", { className: "restore", id: "restore", type: "button", hidden: true, data: { testid: "restore-app" }, onclick: restore }, state.bot.first_name),
  );
  clearNative();
  place.dataset.expanded = String(app.expanded);
  place.dataset.fullscreen = "false";
}

/** Tells the app that something happened. */
export function emit(name, data = {}) {
  if (!app?.listens) return;
  log(">", name, data);
  app.frame.contentWindow?.postMessage(JSON.stringify({ eventType: name, eventData: data }), app.origin);
}

window.addEventListener("message", (event) => {
  if (!app || event.source !== app.frame.contentWindow) return;
  let message;
  try {
    message = JSON.parse(event.data);
  } catch {
    return;
  }
  if (typeof message?.eventType !== "string") return;
  // Telegram takes methods from the domain of the app alone.
  if (event.origin !== app.origin) {
    log("!", message.eventType, `from ${event.origin}, not the app's origin`);
    return;
  }
  app.listens = true;
  receive(message.eventType, message.eventData || {});
});

export function sendViewport(isStable = true) {
  if (!app || isMinimized()) return;
  const { clientWidth: width, clientHeight: height } = app.frame;
  emit("viewport_changed", { width, height, is_expanded: app.expanded, is_state_stable: isStable });
}

export async function sendTheme() {
  emit("theme_changed", { theme_params: await themeParams() });
}

export function sendSafeAreas() {
  const area = SAFE_AREAS[settings.safeArea];
  // Outside of the full screen Telegram's header covers the top.
  const device = app?.fullscreen ? area.device : { ...area.device, top: 0 };
  emit("safe_area_changed", device);
  emit("content_safe_area_changed", { top: app?.fullscreen ? area.content : 0, bottom: 0, left: 0, right: 0 });
}

const observer = new ResizeObserver(() => sendViewport());

export function expand() {
  app.expanded = true;
  byId("app").dataset.expanded = "true";
  sendViewport();
}

export function setFullscreen(fullscreen) {
  app.fullscreen = fullscreen;
  byId("app").dataset.fullscreen = String(fullscreen);
  emit("fullscreen_changed", { is_fullscreen: fullscreen });
  sendSafeAreas();
}

/** A word under the title that goes away: how the phone would buzz. */
export function note(text) {
  const place = byId("app-note");
  if (!place) return;
  place.textContent = text;
  place.dataset.fresh = "true";
  clearTimeout(note.timer);
  note.timer = setTimeout(() => {
    place.textContent = "mini app";
    delete place.dataset.fresh;
  }, 1500);
}

/** Asks the app to load itself again; one that never said a word is opened anew. */
function reload() {
  if (app.listens) emit("reload_iframe");
  else openApp(app.launch);
}

function isMinimized() {
  return byId("app").dataset.minimized === "true";
}

export function minimize() {
  if (!app || isMinimized()) return;
  byId("app").dataset.minimized = "true";
  byId("restore").hidden = false;
  emit("visibility_changed", { is_visible: false });
}

function restore() {
  delete byId("app").dataset.minimized;
  byId("restore").hidden = true;
  emit("visibility_changed", { is_visible: true });
}

/** Closes the app, after a question where the app asked for one. */
export async function closeApp({ force = false } = {}) {
  if (!app) return;
  if (app.confirmClosing && !force) {
    const sure = await confirm("Close the app?", "Changes that you made may not be saved.", word("close"));
    if (!sure) return;
  }
  remove();
}

function remove() {
  if (!app) return;
  observer.disconnect();
  app = null;
  native.reset();
  const place = byId("app");
  place.hidden = true;
  place.replaceChildren();
  delete place.dataset.minimized;
  delete document.body.dataset.app;
}

/** Another person holds the phone now: the app of the first one is closed. */
export function closeForOther() {
  remove();
}

onSettings((name) => {
  if (!app) return;
  if (name === "theme") sendTheme();
  if (name === "safeArea") sendSafeAreas();
  if (["platform", "version", "launchData"].includes(name)) toast("The app sees this when it is opened again");
});
