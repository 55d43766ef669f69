// The script of `/app/join`, which the chat's keyboard opens. An app that is opened so knows nobody; what it sends arrives in the
// chat as a message of whoever holds the phone, and the code of the button goes along (docs/adr/0025).
(() => {
  const element = (id) => document.getElementById(id);
  const page = element("join");
  const { script, nonce, code } = JSON.parse(element("join-data").textContent);
  const TAKES_MS = 4000;

  // Telegram's script makes a style element, which its web client then fills: what has the nonce is let pass.
  const createElement = document.createElement;
  document.createElement = function (name, options) {
    const made = createElement.call(this, name, options);
    if (name === "style") made.nonce = nonce;
    return made;
  };

  // Without Telegram around it the page leads to the boards, whose links work as they stand.
  const outside = () => {
    element("join-text").hidden = true;
    element("join-outside").hidden = false;
  };
  const send = (app, link) => {
    page.setAttribute("aria-busy", "true");
    app.sendData(JSON.stringify({ v: 1, action: "join", tournament: link.dataset.id, nonce: code }));
    // The client closes the app when it has sent; one that was opened otherwise sends nothing.
    setTimeout(() => {
      page.removeAttribute("aria-busy");
      outside();
    }, TAKES_MS);
  };
  const begin = () => {
    const app = window.Telegram && window.Telegram.WebApp;
    const isHere = app && app.platform !== "unknown" && code && !app.initData;
    if (!isHere) return outside();
    document.documentElement.dataset.scheme = app.colorScheme;
    app.ready();
    app.expand();
    page.addEventListener("click", (event) => {
      const link = event.target.closest("[data-id]");
      if (!link) return;
      event.preventDefault();
      if (page.getAttribute("aria-busy") !== "true") send(app, link);
    });
    page.dataset.ready = "true";
  };

  const telegram = createElement.call(document, "script");
  telegram.src = script;
  telegram.onload = begin;
  telegram.onerror = outside;
  document.head.append(telegram);
})();
