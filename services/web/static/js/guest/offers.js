// What is on for this guest: coupons of the own first, then what holds for everybody of the kind.
import { $, h, icon, show } from "../dom.js";
import { dateOf, dayOf, inLanguage, t } from "../words.js";

const MOMENT = 1000;
let shown = "";

/** The end itself is not part of it: what ends at midnight was good on the day before. */
const lastDay = (until) => dateOf(dayOf(new Date(Date.parse(until) - MOMENT)));

const row = ({ name, about, coupon }) => h("li", { class: coupon ? "own" : "" },
  h("p", { class: "what" }, icon(coupon ? "gift" : "cup"), h("b", {}, inLanguage(name))),
  inLanguage(about) && h("p", { class: "quiet" }, inLanguage(about)),
  coupon && h("p", { class: "small" }, t("guest.coupon", { date: lastDay(coupon.valid_until) })));

export const showOffers = ({ offers }) => {
  const mine = (offers ?? []).filter(({ kind, coupon }) => kind !== "coupon" || coupon);
  const sorted = [...mine.filter(({ coupon }) => coupon), ...mine.filter(({ coupon }) => !coupon)];
  show($("offers"), sorted.length > 0);
  const key = JSON.stringify(sorted);
  if (key === shown) return;
  shown = key;
  $("offers-list").replaceChildren(...sorted.map(row));
};
