// Answers what the app asks of Telegram, by the names and shapes of the official protocol.
//
// A method that the chosen client version does not know is not answered at all: that is what old clients do.

import { post } from "./api.js";
import { app, closeApp, emit, expand, note, sendSafeAreas, sendTheme, sendViewport, setFullscreen } from "./app.js";
import { shareContact } from "./chat.js";
import { ask, confirm, word } from "./dialogs.js";
import { h, toast } from "./dom.js";
import { begin } from "./inline.js";
import { openLink, openTelegram } from "./links.js";
import { log } from "./log.js";
import { native } from "./native.js";
import { atLeast, settings } from "./settings.js";
import * as storage from "./storage.js";

/** Methods by the version that brought them; those of 6.0 are not listed. */
const SINCE = {
  6.1: ["set_header_color", "set_background_color", "setup_back_button", "trigger_haptic_feedback", "open_invoice", "open_link"],
  6.2: ["open_popup", "setup_closing_behavior"],
  6.4: ["open_scan_qr_popup", "close_scan_qr_popup", "read_text_from_clipboard"],
  6.7: ["switch_inline_query"],
  6.9: ["request_write_access", "request_phone", "invoke_custom_method"],
  "6.10": ["setup_settings_button"],
  7.2: ["biometry_get_info", "biometry_request_access", "biometry_request_auth", "biometry_update_token"],
  7.7: ["setup_swipe_behavior"],
  7.8: ["share_to_story"],
  "7.10": ["setup_secondary_button", "set_bottom_bar_color"],
  "8.0": [
    "request_safe_area", "request_content_safe_area", "request_fullscreen", "exit_fullscreen", "toggle_orientation_lock",
    "add_to_home_screen", "check_home_screen", "send_prepared_message", "set_emoji_status",
    "request_emoji_status_access", "request_file_download", "check_location", "request_location",
    "start_accelerometer", "start_gyroscope", "start_device_orientation",
  ],
  "9.0": [
    "secure_storage_save_key", "secure_storage_get_key", "secure_storage_restore_key", "secure_storage_clear",
    "device_storage_save_key", "device_storage_get_key", "device_storage_clear",
  ],
  9.1: ["hide_keyboard"],
  9.6: ["request_chat"],
};
const VERSION_OF = new Map(Object.entries(SINCE).flatMap(([version, names]) => names.map((name) => [name, version])));

export function receive(type, data) {
  if (type === "iframe_ready") {
    log("<", type, data);
    return emit("set_custom_style", "html { scrollbar-width: thin; }");
  }
  if (type === "iframe_will_reload") return log("<", type);
  const name = type.replace(/^web_app_/, "");
  const since = VERSION_OF.get(name);
  if (!(name in METHODS) || name === type) return log("!", type, "unknown to this client");
  if (since && !atLeast(since)) return log("!", type, `needs ${since}, this client is ${settings.version}`);
  log("<", type, name.includes("storage") ? { key: data.key } : data);
  return METHODS[name](data);
}

const cancelled = { status: "cancelled" };

const METHODS = {
  ready: () => note("ready"),
  close: () => closeApp(),
  expand,
  request_theme: sendTheme,
  request_viewport: () => sendViewport(),
  request_safe_area: sendSafeAreas,
  request_content_safe_area: () => {},
  setup_main_button: (data) => native.set("main", data),
  setup_secondary_button: (data) => native.set("secondary", data),
  setup_back_button: ({ is_visible }) => native.setBack(Boolean(is_visible)),
  setup_settings_button: ({ is_visible }) => native.setSettings(Boolean(is_visible)),
  setup_closing_behavior: ({ need_confirmation }) => {
    app.confirmClosing = Boolean(need_confirmation);
  },
  setup_swipe_behavior: () => {},
  set_header_color: (data) => native.setHeader(data),
  set_background_color: ({ color }) => native.setBackgroundColor(color),
  set_bottom_bar_color: ({ color }) => native.setBottomBarColor(color),
  trigger_haptic_feedback: ({ type, impact_style, notification_type }) =>
    note(`haptic: ${[type, impact_style ?? notification_type].filter(Boolean).join(" ")}`),
  open_popup: popup,
  open_link: ({ url }) => openLink(String(url)),
  open_tg_link: ({ path_full }) => openTelegram(String(path_full)),
  open_invoice: invoice,
  invoke_custom_method: ({ req_id, method, params }) =>
    emit("custom_method_invoked", { req_id, ...storage.customMethod(app.userId, method, params) }),
  secure_storage_save_key: (data) => store("secure", data, saveKey, "key_saved"),
  secure_storage_get_key: (data) => store("secure", data, getSecureKey, "key_received"),
  secure_storage_restore_key: ({ req_id }) => emit("secure_storage_failed", { req_id, error: "RESTORE_UNAVAILABLE" }),
  secure_storage_clear: (data) => store("secure", data, clearAll, "cleared"),
  device_storage_save_key: (data) => store("device", data, saveKey, "key_saved"),
  device_storage_get_key: (data) => store("device", data, getKey, "key_received"),
  device_storage_clear: (data) => store("device", data, clearAll, "cleared"),
  request_write_access: async () => {
    const allowed = await confirm("Allow messages?", "The bot will be able to write to you.", "Allow");
    if (allowed) await post(`users/${app.userId}/write_access`);
    emit("write_access_requested", allowed ? { status: "allowed" } : cancelled);
  },
  request_phone: async () => emit("phone_requested", (await shareContact()) ? { status: "sent" } : cancelled),
  read_text_from_clipboard: ({ req_id }) => emit("clipboard_text_received", { req_id, data: null }),
  data_send: async ({ data }) => {
    if (app.launch.kind !== "keyboard") return log("!", "web_app_data_send", "only for apps opened from the keyboard");
    await post(`users/${app.userId}/web_app_data`, { data, button_text: app.launch.buttonText ?? "" });
    return closeApp({ force: true });
  },
  open_scan_qr_popup: scanQr,
  close_scan_qr_popup: () => document.querySelector('[data-testid="qr-popup"]')?.remove(),
  send_prepared_message: sharePrepared,
  share_to_story: () => toast("Shared to the story"),
  request_fullscreen: () =>
    app.fullscreen ? emit("fullscreen_failed", { error: "ALREADY_FULLSCREEN" }) : setFullscreen(true),
  exit_fullscreen: () => setFullscreen(false),
  toggle_orientation_lock: () => {},
  check_home_screen: () => emit("home_screen_checked", { status: "missed" }),
  add_to_home_screen: async () => {
    if (await confirm("Add to the home screen?", "An icon of the app would appear there.")) emit("home_screen_added");
  },
  request_file_download: async ({ url, file_name }) => {
    const wanted = await confirm("Download the file?", String(file_name));
    if (wanted) window.open(url, "_blank", "noopener");
    emit("file_download_requested", { status: wanted ? "downloading" : "cancelled" });
  },
  switch_inline_query: async ({ query }) => {
    await closeApp({ force: true });
    begin(String(query ?? ""));
  },
  hide_keyboard: () => {},
  biometry_get_info: () => emit("biometry_info_received", { available: false }),
  biometry_request_access: () => emit("biometry_info_received", { available: false }),
  check_location: () => emit("location_checked", { available: false }),
  request_location: () => emit("location_requested", { available: false }),
  start_accelerometer: () => emit("accelerometer_failed", { error: "UNSUPPORTED" }),
  start_gyroscope: () => emit("gyroscope_failed", { error: "UNSUPPORTED" }),
  start_device_orientation: () => emit("device_orientation_failed", { error: "UNSUPPORTED" }),
  set_emoji_status: () => emit("emoji_status_failed", { error: "USER_DECLINED" }),
  request_emoji_status_access: () => emit("emoji_status_access_requested", cancelled),
  request_chat: ({ req_id }) => emit("requested_chat_failed", { req_id, error: "USER_DECLINED" }),
};

const saveKey = (kind, { key, value }) => {
  const error = storage.put(kind, app.userId, key, value);
  return error ? { error } : {};
};
const getKey = (kind, { key }) => ({ value: storage.take(kind, app.userId, key) });
const getSecureKey = (kind, data) => ({ ...getKey(kind, data), can_restore: false });
const clearAll = (kind) => {
  storage.clear(kind, app.userId);
  return {};
};

/** Desktop and web clients have no key store. */
function store(kind, data, act, done) {
  const isSupported = kind === "device" || ["android", "ios"].includes(settings.platform);
  const { error, ...answer } = isSupported ? act(kind, data) : { error: "UNSUPPORTED" };
  if (error) return emit(`${kind}_storage_failed`, { req_id: data.req_id, error });
  return emit(`${kind}_storage_${done}`, { req_id: data.req_id, ...answer });
}

async function popup({ title, message, buttons }) {
  const drawn = (Array.isArray(buttons) ? buttons : [{ id: "", type: "close" }]).slice(0, 3).map((button) => ({
    id: String(button.id ?? ""),
    kind: button.type,
    text: ["ok", "close", "cancel"].includes(button.type) ? word(button.type) : String(button.text ?? ""),
  }));
  const id = await ask({ title, message, buttons: drawn });
  emit("popup_closed", id === null ? {} : { button_id: id });
}

async function invoice({ slug }) {
  const buttons = ["paid", "pending", "failed", "cancelled"].map((status) => ({ id: status, text: status }));
  const status = (await ask({ title: "Invoice", message: "What becomes of it?", buttons })) ?? "cancelled";
  emit("invoice_closed", { slug, status });
}

async function scanQr({ text }) {
  const field = h("input", { "aria-label": "Text of the code", placeholder: "Text of the code" });
  const buttons = [{ id: "scan", text: word("ok") }, { id: "close", text: word("close") }];
  const id = await ask({ title: "QR code", message: text, body: [field], buttons, testid: "qr-popup" });
  if (id === "scan" && field.value) emit("qr_text_received", { data: field.value });
  emit("scan_qr_popup_closed");
}

async function sharePrepared({ id }) {
  if (!(await confirm("Share this message?", "It will be sent in your name.", "Share"))) {
    return emit("prepared_message_failed", { error: "USER_DECLINED" });
  }
  const isSent = await post(`users/${app.userId}/prepared/${encodeURIComponent(id)}`).then(() => true, () => false);
  return isSent ? emit("prepared_message_sent") : emit("prepared_message_failed", { error: "MESSAGE_EXPIRED" });
}
