// Boxes that ask something. One at a time; Escape and a press beside the box mean no.

import { h } from "./dom.js";
import { state } from "./state.js";

const WORDS = {
  en: { ok: "OK", close: "Close", cancel: "Cancel" },
  ru: { ok: "ОК", close: "Закрыть", cancel: "Отмена" },
  fr: { ok: "OK", close: "Fermer", cancel: "Annuler" },
  it: { ok: "OK", close: "Chiudi", cancel: "Annulla" },
};

/** The word of a button that has none of its own, in the person's language. */
export function word(kind) {
  const language = state.user()?.language_code ?? "en";
  return (WORDS[language] ?? WORDS.en)[kind] ?? kind;
}

/**
 * Asks, and resolves with the id of the pressed button, or `null`.
 * `buttons`: [{ id, text, kind? }]; `body`: more nodes above the buttons.
 */
export function ask({ title, message, buttons, body = [], testid = "popup" }) {
  return new Promise((resolve) => {
    const box = h("dialog", { className: "popup", data: { testid } });
    const done = (id) => {
      box.close();
      box.remove();
      resolve(id);
    };
    box.append(
      ...(title ? [h("h3", {}, title)] : []),
      ...(message ? [h("p", {}, message)] : []),
      ...body,
      h(
        "div",
        { className: "popup-buttons" },
        buttons.map((button) =>
          h(
            "button",
            {
              type: "button",
              className: button.kind === "destructive" ? "destructive" : "",
              data: { testid: `popup-${button.id || button.kind || "button"}` },
              onclick: () => done(button.id),
            },
            button.text,
          ),
        ),
      ),
    );
    box.addEventListener("cancel", (event) => {
      event.preventDefault();
      done(null);
    });
    box.addEventListener("click", (event) => {
      if (event.target === box) done(null);
    });
    document.body.append(box);
    box.showModal();
  });
}

/** Asks yes or no. */
export async function confirm(title, message, yes = word("ok")) {
  const buttons = [{ id: "cancel", text: word("cancel") }, { id: "yes", text: yes }];
  return (await ask({ title, message, buttons })) === "yes";
}
