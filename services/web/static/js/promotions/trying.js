// "Try a basket": what would apply at the till, and why the rest would not, as one types.
import { post, Problem } from "../api.js";
import { $, h, say } from "../dom.js";
import { outcomes } from "../terminal/promotions.js";
import { dayOf, minorOf, momentOf, money, t } from "../words.js";

const QUIET = 350;
let timer = null;
let turn = 0;

const moment = () => {
  const [day, time] = [$("try-day").value, $("try-time").value];
  return day || time ? momentOf(day || dayOf(new Date()), time || "12:00") : null;
};

const wish = (rule, replaces) => ({
  promotion: rule,
  replaces,
  basket: {
    cups: Math.min(20, Math.max(1, Number.parseInt($("try-cups").value, 10) || 1)),
    amount: minorOf($("try-amount").value) || null,
    items: $("try-items").value.split(",").map((item) => item.trim()).filter(Boolean),
    at: moment(),
  },
  guest: { segment: $("try-segment").value || null, first_purchase: $("try-first").checked },
});

const told = ({ promotions, to_pay: pay, discount }) => {
  const own = promotions.map((each) => (each.id === "draft" ? { ...each, name: { ru: t("promotions.this_one"), en: t("promotions.this_one") } } : each));
  const [applied, refused] = outcomes(own);
  return [
    discount > 0 && pay !== null && h("p", { class: "large" }, t("promo.to_pay", { money: money(pay) })),
    applied.length > 0 && h("ul", { class: "stack" }, applied),
    applied.length === 0 && h("p", { class: "quiet" }, t("promotions.nothing_applies")),
    refused.length > 0 && h("h3", {}, t("promotions.why_not")),
    refused.length > 0 && h("ul", { class: "quiet" }, refused),
  ].filter(Boolean);
};

/** Asks after a moment without a keystroke; `rule()` gives the draft, null while it is not one. */
export const tryAgain = (rule, replaces) => {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    const draft = rule();
    const mine = (turn += 1);
    if (!draft) return;
    try {
      const answer = await post("/purchases/try", wish(draft, replaces), { repeatable: true });
      if (mine === turn) $("tried").replaceChildren(...told(answer));
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (mine === turn) say($("tried"), problem.slug === "promotion-invalid" ? t("promotions.not_yet") : problem.sentence);
    }
  }, QUIET);
};
