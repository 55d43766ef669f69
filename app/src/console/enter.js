// Hands the sign-in of this tab over to the console. `/login` has left a refresh token in the tab's storage; it is taken
// out for good, so that a console that was left open can't open itself again: the cookie alone counts from here on. An
// invitation comes behind `#`, leaves the address at once, and waits in the tab until its holder has signed in.
(() => {
  const SESSION = "podium.session";
  const INVITATION = "podium.invitation";
  const LOGIN = "/login?next=/console/enter";
  const texts = document.getElementById("enter").dataset;
  const say = (text) => {
    document.getElementById("enter-text").textContent = text;
  };
  const post = (path, headers, body) => {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), 10000);
    const request = { method: "POST", headers, body, cache: "no-store", credentials: "same-origin", signal: controller.signal };
    return fetch(path, request).finally(() => clearTimeout(timer));
  };
  const refused = { 403: texts.stranger, 404: texts.unknown, 409: texts.used, 410: texts.expired };

  const invited = /^#([\w-]{43})$/.exec(location.hash);
  let token = null;
  let invitation = null;
  try {
    if (invited) {
      history.replaceState(null, "", location.pathname);
      sessionStorage.setItem(INVITATION, invited[1]);
    }
    token = sessionStorage.getItem(SESSION);
    invitation = sessionStorage.getItem(INVITATION);
    sessionStorage.removeItem(SESSION);
    if (token) sessionStorage.removeItem(INVITATION);
  } catch {
    // Without storage there is nothing to take, and the link leads on.
    return;
  }
  if (!token) {
    location.replace(LOGIN);
    return;
  }
  const enter = async () => {
    const json = { "content-type": "application/json" };
    const renewed = await post("/v1/tg/refresh", json, JSON.stringify({ refresh_token: token }));
    if (!renewed.ok) return say(texts.failed);
    const { jwt } = await renewed.json();
    const body = JSON.stringify(invitation ? { invitation } : {});
    const opened = await post("/console/session", { ...json, authorization: `Bearer ${jwt}` }, body);
    if (!opened.ok) return say(refused[opened.status] || texts.failed);
    const { next } = await opened.json();
    location.replace(next);
  };
  enter().catch(() => say(texts.failed));
})();
