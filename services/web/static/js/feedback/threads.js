// The list of conversations: who waits, since when, and what was said last. The filter stays in the address.
import { get } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { momentInWords, t } from "../words.js";
import { guestOf } from "./people.js";

const PAGE = 30;
const buttons = [...document.querySelectorAll("[data-state]")];
let state = "open";
let next = null;
let shown = [];
let opened = () => {};

/** Stars as a picture with words: the empty ones belong to it. */
export const starsOf = (stars) => h("span", { class: "given", role: "img", "aria-label": t("feedback.stars", { n: stars }) }, "★".repeat(stars), h("span", { class: "rest", "aria-hidden": "true" }, "★".repeat(5 - stars)));

const lastWords = ({ last_message: last, rating }) => {
  if (last) return last.author === "owner" ? t("feedback.by_you", { text: last.text }) : last.text;
  return rating?.comment || t("feedback.stars_only");
};

const row = (thread) => {
  const name = h("b", {}, t("feedback.guest"));
  guestOf(thread.guest_id).then((guest) => say(name, guest.name));
  return h("li", {}, h("button", { class: "card thread", type: "button", "data-thread": thread.id, onclick: () => opened(thread.id) },
    name,
    thread.rating ? starsOf(thread.rating.stars) : h("span"),
    h("span", { class: "last" }, lastWords(thread)),
    h("span", { class: "when small" }, thread.waiting_since ? h("span", { class: "waits" }, t("feedback.waits_since", { when: momentInWords(thread.waiting_since) })) : h("span", { class: "quiet" }, momentInWords(thread.last_at))),
    thread.contact_me && thread.waiting_since && h("span", { class: "small waits when" }, t("feedback.contact_me"))));
};

/** Marks the conversation that is open beside the list. */
export const mark = (id) => {
  for (const button of $("threads").querySelectorAll("[data-thread]")) {
    if (button.dataset.thread === id) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
};

const page = async (after) => {
  const query = new URLSearchParams({ state, limit: PAGE, ...(after ? { after } : {}) });
  return get(`/feedback/threads?${query}`);
};

const draw = () => {
  $("threads").replaceChildren(...shown.map(row));
  show($("threads-none"), shown.length === 0);
  say($("threads-none"), t(state === "open" ? "feedback.none_open" : "feedback.none"));
  show($("threads-more"), Boolean(next));
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.state === state));
};

/** Loads the first page again. */
export const loadThreads = async (current) => {
  const found = await page(null);
  const same = JSON.stringify(found.threads) === JSON.stringify(shown.slice(0, PAGE));
  if (!same || shown.length === 0) {
    shown = found.threads;
    next = found.next;
    draw();
  }
  mark(current);
};

const more = async () => {
  const found = await page(next);
  shown = [...shown, ...found.threads];
  next = found.next;
  draw();
};

/** `open(id)` when one is chosen, `chosen(state)` when the filter changes; `failed` hears of problems. */
export const wireThreads = ({ open, chosen, failed, first }) => {
  opened = open;
  state = buttons.some((button) => button.dataset.state === first) ? first : "open";
  for (const button of buttons) {
    button.addEventListener("click", () => {
      state = button.dataset.state;
      shown = [];
      chosen(state);
    });
  }
  $("threads-more").addEventListener("click", () => more().catch(failed));
};
