// Inline mode: what stands behind the bot's name in the composer is looked for, and what the bot finds can be sent.

import { get, post } from "./api.js";
import { byId, h, toast } from "./dom.js";
import { state } from "./state.js";

/** Real clients wait for a pause in the typing as well. */
const PAUSE_MS = 350;
const TRIES = 40;
const TRY_MS = 150;

let timer = 0;
/** The newest query; the answer to an older one is dropped. */
let newest = null;

/** What stands behind the bot's name; `null` for any other text. */
function queryOf(text) {
  const name = `@${state.bot?.username ?? ""} `;
  return text.toLowerCase().startsWith(name.toLowerCase()) ? text.slice(name.length) : null;
}

/** The place for what is found. */
export function inlinePlace() {
  return h("div", { className: "inline-results", role: "listbox", "aria-label": "What the bot found", hidden: true, data: { testid: "inline-results" } });
}

/** Looks for what the composer holds, or closes the list. */
export function typed(text) {
  clearTimeout(timer);
  const query = queryOf(text);
  if (query === null) return close();
  timer = setTimeout(() => ask(query.trim(), "").catch(close), PAUSE_MS);
}

/** Puts the bot's name and a query into the composer, as `switchInlineQuery` does. */
export function begin(query) {
  const area = byId("foot").querySelector("textarea");
  if (!area) return;
  area.value = `@${state.bot.username} ${query}`;
  area.focus();
  typed(area.value);
}

function close() {
  newest = null;
  const place = byId("foot").querySelector(".inline-results");
  if (place) place.hidden = true;
}

async function ask(query, offset) {
  const { query_id, update_id } = await post(`users/${state.chosen}/inline`, { query, offset });
  newest = query_id;
  // A bot whose inline mode is off is not asked.
  if (update_id === null) return;
  for (let tries = 0; tries < TRIES && newest === query_id; tries += 1) {
    const { answer } = await get(`inline/${query_id}`);
    if (answer && newest === query_id) return draw(query_id, query, answer, offset !== "");
    await new Promise((resolve) => setTimeout(resolve, TRY_MS));
  }
}

function draw(queryId, query, answer, isContinued) {
  const place = byId("foot").querySelector(".inline-results");
  if (!place) return;
  place.querySelector(".inline-more")?.remove();
  const rows = answer.results.map((result) =>
    h(
      "button",
      { type: "button", role: "option", data: { testid: "inline-result", id: result.id }, onclick: () => choose(queryId, result.id) },
      h("b", {}, result.title ?? result.id),
      h("span", {}, result.description ?? ""),
    ),
  );
  const top = answer.button
    ? [h("button", { type: "button", className: "inline-button", data: { testid: "inline-switch" }, onclick: () => press(answer.button) }, answer.button.text)]
    : [];
  const more = answer.next_offset
    ? [h("button", { type: "button", className: "inline-more", onclick: () => ask(query, answer.next_offset) }, "More")]
    : [];
  if (isContinued) place.append(...rows, ...more);
  else place.replaceChildren(...top, ...rows, ...more);
  place.hidden = place.childElementCount === 0;
}

async function choose(queryId, resultId) {
  clear();
  await post(`users/${state.chosen}/inline/choose`, { query_id: queryId, result_id: resultId });
}

async function press(button) {
  clear();
  if (button.start_parameter) return post(`users/${state.chosen}/messages`, { text: `/start ${button.start_parameter}` });
  return toast("This kind of button does nothing here");
}

function clear() {
  const area = byId("foot").querySelector("textarea");
  if (area) area.value = "";
  close();
}
