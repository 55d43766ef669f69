// Message texts: entities of the Bot API, addresses and commands become elements.

import { h } from "./dom.js";

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote",
  spoiler: "span",
};
const FOUND = /https?:\/\/[^\s<>"]+|(?<![\w/])\/[a-z0-9_]{1,32}\b/gi;

/** The nodes of a text. `actions` has `link(url)` and `command(text)`. */
export function richText(text, entities, actions) {
  return range(text, [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length), 0, text.length, actions);
}

function range(text, entities, from, to, actions) {
  const nodes = [];
  let at = from;
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    // What lies inside an entity that was handled already is skipped.
    if (entity.offset < at || entity.offset >= to || !(entity.type in TAGS || entity.type === "text_link")) continue;
    nodes.push(...plain(text.slice(at, entity.offset), actions));
    const inside = range(text, entities.slice(index + 1), entity.offset, end, actions);
    nodes.push(entity.type === "text_link" ? link(entity.url, inside, actions) : h(TAGS[entity.type], {}, inside));
    at = end;
  }
  nodes.push(...plain(text.slice(at, to), actions));
  return nodes;
}

function plain(text, actions) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(FOUND)) {
    nodes.push(text.slice(at, match.index));
    nodes.push(
      match[0].startsWith("/")
        ? h("button", { className: "link", type: "button", onclick: () => actions.command(match[0]) }, match[0])
        : link(match[0], [match[0]], actions),
    );
    at = match.index + match[0].length;
  }
  nodes.push(text.slice(at));
  return nodes.filter((node) => node !== "");
}

function link(url, inside, actions) {
  return h("button", { className: "link", type: "button", title: url, onclick: () => actions.link(url) }, inside);
}
