// What was typed into a long form is not lost when the session is over, or the server is not there, as it is sent: this tab
// keeps it until a page says that it was saved, or shows it again, and otherwise gives it back where it was typed.
(() => {
  const KEY = "podium.draft";
  const TOLD_EVERY_MS = 5 * 60_000;
  const main = document.getElementById("content");
  const form = document.querySelector("form.long");
  const store = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      // Without storage nothing is kept.
      return null;
    }
  };
  const forget = () => store((kept) => kept.removeItem(KEY));
  const say = (...content) => {
    const note = document.createElement("p");
    note.className = "flash";
    note.setAttribute("role", "status");
    note.append(...content);
    main.querySelector("h1").after(note);
  };
  const addressOf = (draft) => {
    const zone = draft.fields.find(([name]) => name === "zone")?.[1] ?? "";
    return `${draft.path}?zone=${encodeURIComponent(zone)}`;
  };
  const giveBack = (draft) => {
    for (const box of form.querySelectorAll("input[type=checkbox]")) box.checked = false;
    for (const [name, value] of draft.fields) {
      const field = form.elements.namedItem(name);
      if (field?.type === "checkbox") field.checked = true;
      else if (field) field.value = value;
    }
    forget();
    say(main.dataset.draftKept);
  };

  const draft = store((kept) => JSON.parse(kept.getItem(KEY)));
  const isHere = draft && form?.getAttribute("action") === draft.path;
  const search = new URLSearchParams(location.search);
  if ((isHere && "again" in form.dataset) || (draft && search.has("done"))) {
    forget();
  } else if (isHere) {
    const zone = form.elements.namedItem("zone").value;
    const typedIn = new URL(addressOf(draft), location.href).searchParams.get("zone");
    // Times were typed in that zone: the page has to say so, too.
    if (zone === typedIn || search.get("zone") === typedIn) giveBack(draft);
    else location.replace(addressOf(draft));
  } else if (draft) {
    const link = document.createElement("a");
    link.href = addressOf(draft);
    link.textContent = main.dataset.draftBack;
    say(link);
  }

  document.querySelector('form[action="/console/sign-out"]')?.addEventListener("submit", forget);
  if (!form) return;
  form.addEventListener("submit", () => {
    const fields = [...new FormData(form)].filter(([name]) => name !== "form_key");
    store((kept) => kept.setItem(KEY, JSON.stringify({ path: form.getAttribute("action"), fields })));
  });
  // Who fills in a form uses the session.
  let toldAt = performance.now();
  form.addEventListener("input", () => {
    if (performance.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = performance.now();
    fetch("/console/alive", { signal: AbortSignal.timeout(4000) }).catch(() => null);
  });
})();
