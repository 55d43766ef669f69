// What kind of phone the person holds. Kept in this browser, shared by all people.

const KEY = "desk.settings";

const DEFAULTS = {
  theme: document.documentElement.dataset.theme,
  platform: "android",
  version: "9.6",
  safeArea: "none",
  launchData: "fresh",
};

export const PLATFORMS = { android: "Android", ios: "iPhone", tdesktop: "Desktop", weba: "Web A" };
export const VERSIONS = ["9.6", "9.1", "9.0", "8.0", "7.10", "7.7", "7.0", "6.9", "6.2", "6.1", "6.0"];

/** Insets in pixels: of the device, and of Telegram's own controls while the app fills the screen. */
export const SAFE_AREAS = {
  none: { label: "None", device: { top: 0, bottom: 0, left: 0, right: 0 }, content: 0 },
  notch: { label: "Notch", device: { top: 47, bottom: 34, left: 0, right: 0 }, content: 46 },
  sides: { label: "Landscape", device: { top: 0, bottom: 21, left: 47, right: 47 }, content: 46 },
};

/** What the launch parameters hold, so that the app's screens for bad ones can be seen. */
export const LAUNCH_DATA = {
  fresh: { label: "Fresh", query: {} },
  stale: { label: "An hour old", query: { auth_date_offset_s: -3600 } },
  future: { label: "From the future", query: { auth_date_offset_s: 3600 } },
  tampered: { label: "Tampered with", query: { tamper: 1 } },
};

function load() {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? "{}") };
  } catch {
    return { ...DEFAULTS };
  }
}

export const settings = load();
const listeners = new Set();

export function onSettings(listener) {
  listeners.add(listener);
}

export function setSetting(name, value) {
  settings[name] = value;
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // A browser that keeps nothing still works until it is closed.
  }
  document.documentElement.dataset.theme = settings.theme;
  for (const listener of listeners) listener(name);
}

const palettes = fetch("/page/themes.json").then((response) => response.json());

/** The theme parameters that a client on this platform sends. */
export async function themeParams() {
  const all = await palettes;
  return all[settings.platform === "ios" ? `${settings.theme}-ios` : settings.theme];
}

/** Whether the client is at least so new: compares number by number, as 7.10 is newer than 7.9. */
export function atLeast(version) {
  const [major, minor] = settings.version.split(".").map(Number);
  const [wantedMajor, wantedMinor] = version.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
