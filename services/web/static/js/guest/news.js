// The inbox: messages with their buttons, live; and the code of a gift, large, for as long as it is good.
import { get, post } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { momentInWords, t } from "../words.js";
import { actionOf, answer, answerForm } from "./answers.js";
import { inWords, lastReply, learn, moment, refresh, set, state } from "./state.js";

const AGAIN = 2000;
const LOOK = 3000;
const GIFT_CODE = "gift-code";
let source = null;
let shown = "";
let read = null;

const codeIn = (text) => /\b\d{6}\b/.exec(text ?? "")?.[0] ?? null;
const ends = ({ expires_at: until }) => Date.parse(until ?? "") || Infinity;

/** The message with a code that may still be told at the till, if the gift is still waiting for it. */
export const liveCode = () => {
  const { letters, account } = state;
  const letter = letters?.find(({ template }) => template === GIFT_CODE);
  const code = letter && ends(letter) > moment() && codeIn(letter.text);
  return code && account?.gift_request !== null ? { code, until: Date.parse(account?.gift_request?.until ?? letter.expires_at) } : null;
};

const clock = (milliseconds) => {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
};

const showCode = () => {
  const live = liveCode();
  show($("live-code"), Boolean(live));
  if (!live) { say($("live-digits"), ""); return; }
  say($("live-digits"), `${live.code.slice(0, 3)} ${live.code.slice(3)}`);
  say($("live-left"), Number.isFinite(live.until) ? clock(live.until - moment()) : "");
};

const buttonsOf = (letter) => {
  const late = ends(letter) < moment();
  const known = (letter.buttons ?? []).map((button) => ({ ...button, does: actionOf(button.action) })).filter(({ does }) => does && (!late || does.kind === "unsub"));
  if (known.length === 0) return null;
  if (known.every(({ does }) => does.kind === "rate")) return answerForm(known[0].does.path);
  const wrong = h("p", { class: "wrong", role: "alert", hidden: true });
  const place = h("div", { class: known.every(({ does }) => does.kind === "unsub") ? "" : "choices", role: "group" });
  const press = async (does) => {
    show(wrong, false);
    try {
      place.replaceChildren(await answer(does));
      place.className = "";
    } catch (problem) {
      say(wrong, inWords(problem));
      show(wrong, true);
    }
  };
  place.append(...known.map(({ text, does }) => h("button", { class: "button", type: "button", onclick: () => press(does) }, text)));
  return h("div", {}, place, wrong);
};

const letterRow = (letter) => h("li", { class: "card letter", "data-template": letter.template },
  h("p", { class: "text" }, letter.text ?? t("guest.code_gone")),
  buttonsOf(letter),
  h("p", { class: "quiet small" }, momentInWords(letter.at)));

const rows = new Map(); // a letter keeps its row, and with it what was answered there
const rowOf = (letter) => {
  const key = `${letter.id} ${letter.text}`;
  if (!rows.has(key)) rows.set(key, letterRow(letter));
  rows.get(key).classList.toggle("unread", !letter.read_at);
  return rows.get(key);
};

const unread = (letters) => (letters ?? []).filter(({ read_at: at }) => !at);

/** Opening the inbox reads what is in it. */
const markRead = async () => {
  const [newest] = unread(state.letters);
  if (!newest || read === newest.id) return;
  read = newest.id;
  await post("/inbox/read", { up_to: newest.at }, { repeatable: true }).catch(() => { read = null; });
};

export const showNews = ({ letters, view }) => {
  showCode();
  const list = letters ?? [];
  const waiting = unread(list).length > 0 && read !== unread(list)[0]?.id;
  show(document.querySelector("[data-dot=inbox]"), waiting && view !== "inbox");
  show(document.querySelector("[data-dot=write]"), lastReply() > state.seen && view !== "write");
  show($("inbox-empty"), letters !== null && list.length === 0);
  const key = JSON.stringify(list.map(({ id, text, read_at: at }) => [id, text, at]));
  if (key !== shown) { shown = key; $("letters").replaceChildren(...list.map(rowOf)); }
  if (view === "inbox") markRead();
};

const look = async () => {
  const found = await get("/inbox").catch(() => null);
  if (found) set({ letters: found.messages });
};

/** Listens while the page is looked at; a stream that ends is opened again, and what came meanwhile is asked for. */
const listen = () => {
  source?.close();
  if (document.hidden || !state.guest) return;
  const mine = new EventSource("/api/v1/inbox/live");
  source = mine;
  mine.addEventListener("open", look);
  mine.addEventListener("message", refresh);
  mine.addEventListener("error", () => {
    if (mine.readyState === EventSource.CLOSED && source === mine) setTimeout(() => { if (source === mine) listen(); }, AGAIN);
  });
};

/** While a code is out the account is asked for: no message tells that the gift was handed over. */
const watchCode = async () => {
  if (!liveCode() || document.hidden) return;
  const account = await get("/accounts/me").catch(() => null);
  if (!account || account.version < (state.account?.version ?? 0)) return;
  show($("gift-done"), account.gifts < (state.account?.gifts ?? 0));
  learn({ account });
};

/** Makes the inbox live. */
export const wireNews = () => {
  listen();
  document.addEventListener("visibilitychange", () => { listen(); if (!document.hidden) refresh(); });
  window.addEventListener("online", () => { listen(); refresh(); });
  window.addEventListener("pagehide", () => source?.close());
  setInterval(showCode, 1000);
  setInterval(watchCode, LOOK);
};
