// The keyboard: `/` goes to the field of the page, `g` and then a letter to a section. Charts are kept fresh. Nothing else needs a script.
(() => {
  const SECTIONS = { p: "/console/players", t: "/console/tournaments", m: "/console/missions", a: "/console/audit", o: "/console/operators" };
  let armed = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
    if (event.key === "/") {
      const field = document.querySelector("[data-field]");
      if (!field) return;
      event.preventDefault();
      field.focus();
      field.select();
    } else if (event.key === "g") {
      armed = event.timeStamp;
    } else if (armed && event.timeStamp - armed < 1500) {
      const link = document.querySelector(`.nav__link[href="${SECTIONS[event.key]}"]`);
      armed = 0;
      if (link) link.click();
    }
  });

  // What goes on is asked for anew while its page is looked at: an operator who has gone away is signed out in time.
  const AWAY_MS = 10 * 60_000;
  let busyAt = performance.now();
  for (const kind of ["keydown", "pointermove", "scroll"]) {
    document.addEventListener(kind, () => (busyAt = performance.now()), { passive: true });
  }
  for (const part of document.querySelectorAll("[data-refresh]")) {
    setInterval(async () => {
      if (document.hidden || performance.now() - busyAt > AWAY_MS) return;
      const answer = await fetch(part.dataset.refresh, { signal: AbortSignal.timeout(4000) }).catch(() => null);
      if (!answer?.ok || answer.redirected) return;
      const isOpen = part.querySelector("details")?.open;
      part.innerHTML = await answer.text();
      if (isOpen) part.querySelector("details").open = true;
    }, 5000);
  }
})();
