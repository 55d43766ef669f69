// The page's first script. It runs in the head, before any style is applied and long before the WASM is there:
// it reads Telegram's launch parameters, paints the theme, tells the client that the page is ready and starts the
// sign-in. What it finds waits in `window.__podium` for the WASM (app/src/telegram/launch.rs).
//
// Init data is kept out of everything that others can read: it leaves the address at once, so that Telegram's own
// script never sees it, and stays in this tab's sessionStorage for a reload until it grows stale.
(() => {
  const page = document.documentElement;
  const podium = (window.__podium = { exchange: null, texts: null });
  const KEPT = "podium.launch";
  const TELEGRAMS_COPY = "__telegram__initParams";
  const TELEGRAMS_LOOK = ["__telegram__themeParams", "__telegram__defaultColors"];
  // Init data is good for 600 seconds; it is gone a little earlier.
  const KEPT_MS = 590000;

  // Storage can be forbidden (a cross-site frame in a strict browser): then there is nothing to read or drop.
  const stored = (key) => {
    try {
      return sessionStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const store = (key, value) => {
    try {
      if (value === null) sessionStorage.removeItem(key);
      else sessionStorage.setItem(key, value);
      return true;
    } catch {
      return false;
    }
  };
  const parse = (json) => {
    try {
      return JSON.parse(json) || {};
    } catch {
      return {};
    }
  };

  // ---- Telegram's script makes a style element, which its web client then fills: what has the nonce is let pass.
  const { nonce } = document.currentScript;
  const createElement = document.createElement;
  document.createElement = function (name, options) {
    const element = createElement.call(this, name, options);
    if (name === "style") element.nonce = nonce;
    return element;
  };

  // ---- Launch parameters: `#tgWebAppData=…&tgWebAppVersion=…`.
  const launch = new URLSearchParams(location.hash.slice(1));
  const isLaunched = launch.has("tgWebAppPlatform") || launch.has("tgWebAppData") || "TelegramWebviewProxy" in window;
  const authDate = (data) => Number(new URLSearchParams(data).get("auth_date")) || 0;
  // A WebView can survive its closing and come back with old parameters: the newest init data wins.
  const fresh = launch.get("tgWebAppData");
  let initData = [fresh, stored(KEPT), parse(stored(TELEGRAMS_COPY)).tgWebAppData]
    .filter(Boolean)
    .sort((left, right) => authDate(right) - authDate(left))[0];

  const writeHash = () => {
    const rest = launch.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (rest && "#" + rest));
  };
  const dropCopies = () => {
    const copy = parse(stored(TELEGRAMS_COPY));
    if ("tgWebAppData" in copy) {
      delete copy.tgWebAppData;
      store(TELEGRAMS_COPY, JSON.stringify(copy));
    }
    if (launch.has("tgWebAppData")) {
      launch.delete("tgWebAppData");
      writeHash();
    }
  };
  podium.drop = (all) => {
    initData = undefined;
    if (all === true) proof = undefined;
    store(KEPT, null);
    dropCopies();
  };

  // ---- For a few minutes init data is a proof of who has opened the app; it stays in memory for that long alone.
  const PROOF_MS = 280000;
  let proof = initData;
  podium.proof = () => {
    if (proof && Date.now() > authDate(proof) * 1000 + PROOF_MS) proof = undefined;
    return proof || null;
  };

  // ---- A start parameter (`t_<id>`, `p_<page>`, a one-time token) opens its page. The server has seen it when it was
  // in the query (app/src/router/route.rs).
  const start = launch.get("tgWebAppStartParam") || (fresh && new URLSearchParams(fresh).get("start_param")) || "";
  const wanted = [
    [/^t_([\w-]{1,62})$/, "/app/t/$1"],
    [/^p_(missions|settings|privacy)$/, "/app/$1"],
    [/^[\w-]{22}$/, "/app/link"],
  ].find(([form]) => form.test(start));
  const elsewhere =
    wanted && /^\/app\/?$/.test(location.pathname) && !location.search.includes("tgWebAppStartParam")
      ? start.replace(...wanted)
      : null;
  launch.delete("tgWebAppStartParam");

  // ---- The theme, as custom properties. The stylesheet has a fallback for each.
  podium.paint = (theme) => {
    for (const name in theme) {
      const color = theme[name];
      if (/^[a-z_]+$/.test(name) && /^#[0-9a-f]{6}$/i.test(color)) {
        page.style.setProperty("--tg-theme-" + name.replace(/_/g, "-"), color);
      }
    }
    const background = /^#(..)(..)(..)$/.exec((theme && theme.bg_color) || "");
    if (background) {
      const [red, green, blue] = background.slice(1).map((part) => parseInt(part, 16));
      page.dataset.scheme = red * 0.299 + green * 0.587 + blue * 0.114 < 128 ? "dark" : "light";
    }
  };
  // Telegram's script keeps the look of a tab, and paints that over what a launch brings. After a reload that is right:
  // the theme may have changed since the launch. A new launch in the same tab brings the newest itself.
  const [visit] = performance.getEntriesByType("navigation");
  if (launch.has("tgWebAppThemeParams") && (!visit || visit.type === "navigate")) {
    for (const key of TELEGRAMS_LOOK) store(key, null);
  }
  podium.paint({ ...parse(launch.get("tgWebAppThemeParams")), ...parse(stored(TELEGRAMS_LOOK[0])) });
  const platform = launch.get("tgWebAppPlatform") || (/iPhone|iPad|Macintosh/.test(navigator.userAgent) ? "ios" : "");
  page.dataset.platform = /^(ios|macos)$/.test(platform) ? "ios" : "base";

  if (elsewhere) {
    location.replace(elsewhere + location.hash);
    return;
  }

  // ---- Init data moves from the address to this tab's own storage.
  if (initData) {
    const left = Math.min(KEPT_MS, authDate(initData) * 1000 + KEPT_MS - Date.now());
    const end = Date.now() + left;
    // Without storage a reload needs it in the address.
    if (store(KEPT, initData)) dropCopies();
    setTimeout(podium.drop, Math.max(0, left));
    // Timers sleep with the phone.
    document.addEventListener("visibilitychange", () => Date.now() > end && podium.drop());
  } else {
    writeHash();
  }

  // ---- Sign-in. It has begun before the first byte of WASM is there.
  const post = (path, body, headers) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 10000);
    return fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      signal: controller.signal,
    })
      .then((response) => response.text().then((body) => ({ status: response.status, body })))
      .catch(() => ({ status: 0, body: "" }))
      .finally(() => clearTimeout(timer));
  };
  const exchange = () => post("/v1/tg/exchange", { init_data: initData });
  podium.again = () => {
    podium.exchange = initData ? exchange() : null;
    return Boolean(initData);
  };
  podium.again();

  // ---- Any other start parameter is the code of a campaign: the server notes it, and may know a page to open.
  if (start && !wanted && fresh && podium.exchange) {
    podium.exchange
      .then(({ status, body }) => {
        const authorization = "Bearer " + parse(body).jwt;
        return status === 200 && post("/v1/tg/start", { init_data: fresh }, { authorization });
      })
      .then((answer) => {
        const { kind, path } = parse(answer && answer.body);
        const isFurther = kind === "open" && /^\/app\/t\/[\w-]+$/.test(path) && /^\/app\/?$/.test(location.pathname);
        if (isFurther) location.replace(path + location.hash);
      });
  }

  // ---- The player's language, for the choice of texts alone.
  const CHOSEN = "podium.language";
  const chosen = (tag) => {
    try {
      if (tag) localStorage.setItem(CHOSEN, tag);
      return localStorage.getItem(CHOSEN);
    } catch {
      return null;
    }
  };
  podium.speak = chosen;
  const user = initData && parse(new URLSearchParams(initData).get("user"));
  const language = String(chosen() || (user && user.language_code) || page.lang).slice(0, 2);
  if (language !== page.lang && __LOCALES__.includes(language)) {
    podium.texts = fetch("/i18n/" + language + ".json", { credentials: "omit" })
      .then((response) => (response.ok ? response.text() : undefined))
      .catch(() => undefined);
  }

  // ---- The client shows the page now, not when everything has loaded.
  const tell = (type, data) => {
    if (window.TelegramWebviewProxy) TelegramWebviewProxy.postEvent(type, JSON.stringify(data));
    else if (window.external && "notify" in window.external)
      window.external.notify(JSON.stringify({ eventType: type, eventData: data }));
    else if (parent !== window) parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
  };
  if (isLaunched) {
    try {
      tell("web_app_ready", "");
      tell("web_app_expand", "");
    } catch {
      // A client that does not listen shows the page when it has loaded.
    }
  }

  // ---- Whether Telegram's script comes; load events do not bubble, so they are caught on their way down.
  podium.script = new Promise((done) => {
    for (const type of ["load", "error"]) {
      document.addEventListener(type, (event) => event.target.id === "telegram" && done(type === "load"), true);
    }
  });
})();
