// What goes on is asked for anew while its page is looked at: an operator who has gone away is signed out in time.
(() => {
  const AWAY_MS = 10 * 60_000;
  let busyAt = performance.now();
  for (const kind of ["keydown", "pointermove", "scroll"]) {
    document.addEventListener(kind, () => (busyAt = performance.now()), { passive: true });
  }
  // Changes what differs and leaves all else where it is: what has the focus, is open, selected or being read stays so.
  const follow = (shown, fresh) => {
    if (shown.nodeName !== fresh.nodeName) return shown.replaceWith(fresh.cloneNode(true));
    if (shown.nodeType === Node.TEXT_NODE) {
      if (shown.data !== fresh.data) shown.data = fresh.data;
      return;
    }
    for (const { name, value } of fresh.attributes ?? []) {
      if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
    }
    followAll(shown, fresh);
  };
  const followAll = (shown, fresh) => {
    const [before, after] = [[...shown.childNodes], [...fresh.childNodes]];
    for (const [index, node] of after.entries()) {
      if (before[index]) follow(before[index], node);
      else shown.append(node.cloneNode(true));
    }
    for (const node of before.slice(after.length)) node.remove();
  };
  for (const part of document.querySelectorAll("[data-refresh]")) {
    setInterval(async () => {
      if (document.hidden || performance.now() - busyAt > AWAY_MS) return;
      const answer = await fetch(part.dataset.refresh, { signal: AbortSignal.timeout(4000) }).catch(() => null);
      if (!answer?.ok || answer.redirected) return;
      const fresh = document.createElement("template");
      fresh.innerHTML = await answer.text();
      followAll(part, fresh.content);
    }, 5000);
  }
})();
