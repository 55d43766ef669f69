// What happens when somebody opens a link: those of Telegram act here, all others go to a new tab.

import { closeForOther, openApp, minimize } from "./app.js";
import { post } from "./api.js";
import { ask, confirm, word } from "./dialogs.js";
import { h, toast } from "./dom.js";
import { choose, changed, state } from "./state.js";

/** Opens any link. */
export async function openLink(address) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return toast("This is no address");
  }
  if (url.protocol === "tg:" && url.host === "resolve") {
    const domain = url.searchParams.get("domain");
    url.searchParams.delete("domain");
    return openTelegram(`/${domain}?${url.searchParams}`);
  }
  if (["t.me", "telegram.me"].includes(url.hostname)) return openTelegram(url.pathname + url.search);
  if (!["http:", "https:"].includes(url.protocol)) return toast("This kind of link does nothing here");
  const opened = await confirm("Open this link?", url.href, "Open");
  if (opened) window.open(url.href, "_blank", "noopener,noreferrer");
}

/** Opens a path of t.me. */
export function openTelegram(path) {
  const url = new URL(path, "https://t.me");
  const [name = "", app = ""] = url.pathname.split("/").filter(Boolean);
  if (name === "share" || (name === "msg" && app === "url")) {
    return share(url.searchParams.get("url") ?? "", url.searchParams.get("text") ?? "");
  }
  if (name.toLowerCase() !== state.bot.username.toLowerCase()) return toast(`t.me${path} is outside of this desk`);
  if (url.searchParams.has("startapp") || app) {
    return openApp({ kind: "direct", start_param: url.searchParams.get("startapp") ?? "" });
  }
  minimize();
  const start = url.searchParams.get("start");
  if (start !== null) return post(`users/${state.chosen}/messages`, { text: `/start ${start}`.trim() });
}

/** Offers a link to the other people. Whoever gets it finds it in their chat and can open it. */
async function share(url, text) {
  const from = state.user();
  const others = state.users.filter((user) => user.id !== from.id).slice(0, 12);
  const body = h("p", { className: "quoted" }, [text, url].filter(Boolean).join("\n"));
  const buttons = [
    ...others.map((user) => ({ id: String(user.id), text: user.first_name })),
    { id: "", text: word("cancel") },
  ];
  const to = await ask({ title: "Share with", body: [body], buttons, testid: "share-sheet" });
  if (!to) return;
  const id = Number(to);
  state.shared.set(id, [...(state.shared.get(id) ?? []), { from: from.first_name, url, text }]);
  changed();
  const friend = others.find((user) => user.id === id);
  if (await confirm("Sent", `Go on as ${friend.first_name}?`, "Go on")) {
    closeForOther();
    await choose(id);
  }
}
