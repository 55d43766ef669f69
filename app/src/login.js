// The script of `/login` and of the page at the end of a sign-in by OpenID Connect. It keeps the session for this tab and
// goes on. Tokens are in no address: the widget's answer comes in the fragment, leaves it at once, and is sent as a body.
(() => {
  const SESSION = "podium.session";
  const BEGUN = "podium.login";
  const element = (id) => document.getElementById(id);
  const data = JSON.parse(element("login-data").textContent);
  const page = element("login");
  const notice = element("login-notice");

  const busy = (is) => {
    element("login-busy").hidden = !is;
    element("login-ways").hidden = is;
  };
  const fail = (code) => {
    const known = code in data.failures ? code : "internal";
    notice.dataset.code = known;
    notice.hidden = false;
    notice.textContent = data.failures[known];
    busy(false);
  };
  const hand = (token) => {
    try {
      sessionStorage.setItem(SESSION, token);
    } catch {
      fail("internal");
      return;
    }
    // The path was made sure of on the server; nothing of this page stays in the history.
    location.replace(page.dataset.next);
  };

  if (data.refresh_token) {
    hand(data.refresh_token);
    return;
  }

  // ---- The widget: an answer counts in the tab that has asked, so that nobody can be signed in as somebody else by a link.
  const widget = element("login-widget");
  if (widget) {
    widget.addEventListener("click", () => {
      try {
        sessionStorage.setItem(BEGUN, "1");
      } catch {
        // Without storage the answer will not be taken, and the page says so then.
      }
    });
  }
  const result = /^#tgAuthResult=([\w+/=-]*)$/.exec(location.hash);
  if (!result) return;
  history.replaceState(null, "", location.pathname + location.search);
  let begun = null;
  try {
    begun = sessionStorage.getItem(BEGUN);
    sessionStorage.removeItem(BEGUN);
  } catch {
    // As if not begun.
  }
  if (!begun) return fail("login_invalid");
  // Telegram answers `false` when the person said no.
  if (result[1] === "false") return;
  let body = "";
  try {
    const bytes = atob(result[1].replace(/-/g, "+").replace(/_/g, "/"));
    body = new TextDecoder().decode(Uint8Array.from(bytes, (letter) => letter.charCodeAt(0)));
  } catch {
    return fail("login_malformed");
  }
  if (body === "false") return;
  busy(true);
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 10000);
  fetch("/v1/tg/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    cache: "no-store",
    credentials: "omit",
    signal: controller.signal,
  })
    .then((response) => response.json().then((answer) => (response.ok ? hand(answer.refresh_token) : fail(answer.code))))
    .catch(() => fail("offline"))
    .finally(() => clearTimeout(timer));
})();
