// What the app may keep: in Telegram's cloud, on the device, in its key store. Here all of it is in this browser, apart
// for each person.

const LIMITS = {
  cloud: { items: 1024, key: 128, value: 4096 },
  device: { items: Infinity, key: Infinity, value: 5 * 1024 * 1024 },
  secure: { items: 10, key: Infinity, value: Infinity },
};

function open(kind, userId) {
  const place = `desk.${kind}.${userId}`;
  let items = {};
  try {
    items = JSON.parse(localStorage.getItem(place) ?? "{}");
  } catch {
    // What can't be read is gone, as on a new phone.
  }
  return { items: new Map(Object.entries(items)), save: (map) => localStorage.setItem(place, JSON.stringify(Object.fromEntries(map))) };
}

/** Keeps a value, or with `null` forgets it. Returns the code of an error, or `null`. */
export function put(kind, userId, key, value) {
  const { items, save } = open(kind, userId);
  const limits = LIMITS[kind];
  if (typeof key !== "string" || key.length === 0 || key.length > limits.key) return "KEY_INVALID";
  if (value === null || value === undefined) items.delete(key);
  else if (typeof value !== "string" || value.length > limits.value) return "VALUE_INVALID";
  else if (!items.has(key) && items.size >= limits.items) return "QUOTA_EXCEEDED";
  else items.set(key, value);
  save(items);
  return null;
}

export function take(kind, userId, key) {
  return open(kind, userId).items.get(key) ?? null;
}

export function keys(kind, userId) {
  return [...open(kind, userId).items.keys()];
}

export function clear(kind, userId) {
  open(kind, userId).save(new Map());
}

const CLOUD = {
  saveStorageValue: (userId, { key, value }) => {
    const error = put("cloud", userId, key, value);
    return error ? { error } : { result: true };
  },
  getStorageValues: (userId, { keys: wanted = [] }) => ({
    result: Object.fromEntries(wanted.map((key) => [key, take("cloud", userId, key) ?? ""])),
  }),
  deleteStorageValues: (userId, { keys: wanted = [] }) => {
    for (const key of wanted) put("cloud", userId, key, null);
    return { result: true };
  },
  getStorageKeys: (userId) => ({ result: keys("cloud", userId) }),
  getRequestedContact: () => ({ result: "" }),
  getCurrentTime: () => ({ result: Math.floor(Date.now() / 1000) }),
};

/** Answers `web_app_invoke_custom_method`. */
export function customMethod(userId, method, params) {
  return CLOUD[method]?.(userId, params ?? {}) ?? { error: "METHOD_UNKNOWN" };
}
