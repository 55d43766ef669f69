// Builds elements. Text is always text: nothing in this page is ever parsed as HTML.

/**
 * Makes an element. Properties that begin with `on` are listeners, `data` and `style` are maps, names with a dash are
 * attributes, all others are properties of the element.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "style") for (const [key, text] of Object.entries(value)) element.style.setProperty(key, text);
    else if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 10l6 6 6-6",
  send: "M4 12l16-8-5 16-3.5-6.5L4 12z",
  menu: "M4 7h16M4 12h16M4 17h10",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v3M12 19v3M2 12h3M19 12h3M5 5l2 2M17 17l2 2M5 19l2-2M17 7l2-2",
  gear: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2",
  reload: "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5",
  open: "M7 17L17 7M9 7h8v8",
};

/** One icon of the set: 24 px, one stroke width. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

/** A note that goes away by itself. */
export function toast(text) {
  const note = h("div", { className: "toast" }, text);
  byId("toasts").append(note);
  setTimeout(() => note.remove(), 3500);
}

const keys = new WeakMap();

/** Fills a place with new children, unless what they are made from (`key`) is the same as before. Returns the old key. */
export function fill(place, key, build) {
  const before = keys.get(place);
  if (before === key) return before;
  keys.set(place, key);
  place.replaceChildren(...[build()].flat());
  return before;
}
