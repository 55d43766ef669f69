// The desk under the list of people: what kind of phone it is, what goes wrong, what passed between app and host.

import { get, post } from "./api.js";
import { byId, h } from "./dom.js";
import { entries, onLog } from "./log.js";
import { LAUNCH_DATA, PLATFORMS, SAFE_AREAS, VERSIONS, setSetting, settings } from "./settings.js";
import { state } from "./state.js";

const LANGUAGES = { en: "English", ru: "Русский", fr: "Français", it: "Italiano" };
const COUNTS = {
  pending: "waiting", sent_total: "sent", floods_429: "429", forbidden_403: "403", conflicts_409: "409",
  delivery_failures: "webhook failures",
};

let parts = null;

export function drawDesk() {
  parts ??= build();
  const user = state.user();
  parts.language.disabled = !user;
  if (user && user.language_code in LANGUAGES) parts.language.value = user.language_code;
  refreshFaults();
}

function build() {
  const language = select("Language", LANGUAGES, "en", "language-switch", async (code) => {
    const { id, first_name, last_name, username } = state.user();
    await post("users", { id, first_name, last_name, username, language_code: code });
  });
  const switches = {
    slow: toggle("Slow (2 s)", "fault-slow", (on) => fault({ slow_ms: on ? 2000 : 0 })),
    down: toggle("Bot API down", "fault-down", (on) => fault({ api_down: on })),
    limits: toggle("Send limits", "limits-switch", (on) => post("limits", { enabled: on })),
    script: toggle("Telegram’s script unreachable", "script-switch", (on) => post("script", { reachable: !on })),
    demo: toggle("Demo scores", "demo-switch", (on) => post(on ? "demo/resume" : "demo/pause")),
  };
  const counts = h("p", { className: "counts", data: { testid: "counts" } });
  const list = h("ol", { className: "log" });
  onLog(() => list.replaceChildren(...entries.slice(0, 60).map(entry)));
  byId("desk").replaceChildren(
    section("Phone", true, [
      language.row,
      select("Platform", PLATFORMS, settings.platform, "platform-switch", (value) => setSetting("platform", value)).row,
      select("Client", Object.fromEntries(VERSIONS.map((version) => [version, version])), settings.version, "version-switch", (value) => setSetting("version", value), VERSIONS).row,
      select("Safe areas", labels(SAFE_AREAS), settings.safeArea, "safe-area-switch", (value) => setSetting("safeArea", value)).row,
      select("Launch data", labels(LAUNCH_DATA), settings.launchData, "launch-data-switch", (value) => setSetting("launchData", value)).row,
      switches.script.row,
    ]),
    section("Faults", false, [
      h(
        "div",
        { className: "fault-buttons" },
        once("429", { next_429: 1 }), once("403", { next_403: 1 }), once("500", { next_500: 1 }), once("Drop", { drop_next: 1 }),
      ),
      h("p", { className: "hint" }, "Each hits the next message of the bot, once."),
      switches.slow.row, switches.down.row, switches.limits.row, switches.demo.row, counts,
    ]),
    section("App protocol", false, [list]),
  );
  return { language: language.control, switches, counts };
}

const labels = (choices) => Object.fromEntries(Object.entries(choices).map(([key, { label }]) => [key, label]));

function section(title, open, children) {
  return h("details", { className: "section", open }, h("summary", {}, title), children);
}

function select(label, options, value, testid, change, order = Object.keys(options)) {
  const control = h(
    "select",
    { data: { testid }, onchange: () => change(control.value) },
    order.map((key) => h("option", { value: key }, options[key])),
  );
  control.value = value;
  return { control, row: h("label", { className: "row" }, h("span", {}, label), control) };
}

function toggle(label, testid, change) {
  const control = h("input", { type: "checkbox", role: "switch", data: { testid }, onchange: () => change(control.checked) });
  return { control, row: h("label", { className: "row" }, h("span", {}, label), control) };
}

function once(label, addition) {
  return h("button", { type: "button", className: "small", data: { testid: `fault-${label.toLowerCase()}` }, onclick: () => fault(addition, true) }, label);
}

async function fault(change, adds = false) {
  const faults = await get("faults");
  for (const [name, value] of Object.entries(change)) faults[name] = adds ? faults[name] + value : value;
  // What the button says: a message. A board in another chat that keeps itself up to date would take the fault away.
  if (adds) faults.methods = MESSAGES;
  await post("faults", faults);
}

function entry({ direction, name, text }) {
  return h("li", { data: { direction } }, h("b", {}, `${direction} ${name}`), text ? ` ${text}` : "");
}

const MESSAGES = ["sendMessage", "sendPhoto", "sendDocument"];
const PAUSE_MS = 1000;
let paused = false;
let isDue = false;

/** Under load the world changes many times a second; the switches and counts follow once a second. */
async function refreshFaults() {
  isDue = paused;
  if (paused) return;
  paused = true;
  setTimeout(() => {
    paused = false;
    if (isDue) refreshFaults();
  }, PAUSE_MS);
  const [faults, limits, script, demo, counts] = await Promise.all(["faults", "limits", "script", "demo", "state"].map(get));
  const { switches } = parts;
  switches.slow.control.checked = faults.slow_ms > 0;
  switches.down.control.checked = faults.api_down;
  switches.limits.control.checked = limits.enabled;
  switches.script.control.checked = !script.reachable;
  switches.demo.row.hidden = !demo.running;
  switches.demo.control.checked = !demo.paused;
  const due = ["next_429", "next_403", "next_500", "drop_next"].filter((name) => faults[name] > 0).map((name) => `${name.replace("next_", "").replace("_next", "")} × ${faults[name]} due`);
  parts.counts.textContent = [...due, ...Object.entries(COUNTS).map(([name, label]) => `${label} ${counts[name]}`)].join(" · ");
}
