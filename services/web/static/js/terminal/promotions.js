// Promotions on the card: the guest's coupons, and after a purchase what applied, what is to be paid and why the rest did not.
import { $, h, icon, say, show } from "../dom.js";
import { dateOf, dayOf, inLanguage, money, t } from "../words.js";

/** The guest's coupons, in words. */
export const showCoupons = ({ account: { offers = [] } }) => {
  const words = offers.map(({ name, valid_until: until }) => t("promo.coupon", { name: inLanguage(name) || "…", date: dateOf(dayOf(new Date(Date.parse(until) - 1))) }));
  say($("guest-coupons"), words.join(" · "));
  show($("guest-coupons"), words.length > 0);
};

const gains = ({ discount, points, stamps, free_cups: free, gift }) => [
  discount > 0 && `−${money(discount)}`,
  free > 0 && t("promo.free", { cups: t("count.cups", { n: free }) }),
  points > 0 && t("count.points", { n: points / 100 }),
  stamps > 0 && t("promo.stamps", { n: stamps }),
  gift && t("promo.gift", { gift: inLanguage(gift) }),
].filter(Boolean).join(", ");

/** Why a promotion did not apply, as a sentence. */
export const why = ({ reason, left, by }, names) => {
  if (reason === "min-amount") return t("promo.why_min-amount", { money: money(left) });
  if (reason === "cups") return t("promo.why_cups", { cups: t("count.cups_accusative", { n: left }) });
  if (reason === "better-one") return t("promo.why_better-one", { name: names.get(by) ?? "…" });
  return t(`promo.why_${reason}`);
};

const named = (promotions) => new Map(promotions.map(({ id, name }) => [id, inLanguage(name)]));

/** What promotions gave and refused, as list items: `[applied, refused]`. */
export const outcomes = (promotions) => {
  const names = named(promotions);
  const applied = promotions.filter((each) => each.applied).map((each) => h("li", {}, icon("check"), h("span", {}, `${names.get(each.id)}: `, h("b", {}, gains(each)))));
  const refused = promotions.filter((each) => !each.applied).map((each) => h("li", {}, h("span", {}, `${names.get(each.id)}: ${why(each, names)}`)));
  return [applied, refused];
};

/** Below «Записано»: to pay, and the promotions. Nothing in a shop that has none. */
export const promotionsOf = ({ promotions = [], toPay, discount }) => {
  if (promotions.length === 0) return null;
  const [applied, refused] = outcomes(promotions);
  return h("div", { class: "promotions" },
    discount > 0 && h("p", { class: "to-pay" }, t("promo.to_pay", { money: money(toPay) })),
    applied.length > 0 && h("ul", {}, applied),
    refused.length > 0 && h("details", {}, h("summary", {}, t("promo.refused", { n: refused.length })), h("ul", { class: "quiet small" }, refused)));
};
