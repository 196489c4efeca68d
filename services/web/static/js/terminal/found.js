// What a search led to when it is not one guest: several, nobody, or a failure.
import { $, h, say } from "../dom.js";
import { open, SHORT_CODE, state, startRegistration } from "./desk.js";
import { t, visitInWords } from "../words.js";

const list = $("hits");
let listed = null;

const hit = (guest) => {
  const visit = guest.last_purchase_at ? t("terminal.last_visit", { when: visitInWords(guest.last_purchase_at) }) : t("terminal.never");
  return h("li", {}, h("button", { class: "hit", type: "button", onclick: () => open(guest) },
    h("strong", {}, guest.name || t("terminal.no_name")),
    h("small", {}, visit),
    h("span", { class: "number" }, guest.masked_phone ?? t("terminal.no_phone"))));
};

const step = (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const buttons = [...list.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement);
  if (!by || at < 0) return;
  event.preventDefault();
  buttons[(at + by + buttons.length) % buttons.length].focus();
};

export const showFound = (current) => {
  const { view, guests, searched, problem } = current;
  if (view === "choose" && guests !== listed) {
    listed = guests;
    say($("choose-title"), t("terminal.choose_title", { guests: t("count.guests", { n: guests.length }), digits: searched }));
    list.replaceChildren(...guests.map(hit));
    list.querySelector("button").focus({ preventScroll: true });
  }
  if (view !== "choose") listed = null;
  if (view === "nobody") say($("nobody-title"), t(SHORT_CODE.test(searched) ? "terminal.nobody_code" : "terminal.nobody_title", { digits: searched }));
  if (view === "failed") say($("failed-text"), problem.sentence);
};

/** Makes the list and the buttons work. */
export const wireFound = () => {
  list.addEventListener("keydown", step);
  $("to-register").addEventListener("click", startRegistration);
  $("failed-retry").addEventListener("click", () => state.retry?.());
};
