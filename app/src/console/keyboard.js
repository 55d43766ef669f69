// The keyboard: `/` goes to the field of the page, `g` and then a letter to a section.
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
      const link = document.querySelector(`.nav__link[href^="${SECTIONS[event.key]}"]`);
      armed = 0;
      if (link) link.click();
    }
  });
})();
