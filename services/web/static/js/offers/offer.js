// What a guest gets with the message: nothing, points, or a coupon of one of the promotions.
import { get } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { number, t } from "../words.js";

const kinds = [...document.querySelectorAll("[name=offer]")];
const chosen = () => kinds.find((radio) => radio.checked)?.value ?? "none";

const showFields = () => {
  for (const field of document.querySelectorAll("[data-offer]")) show(field, field.dataset.offer.split(" ").includes(chosen()));
  show($("no-coupons"), $("offer-promotion").options.length === 0);
  say($("offer-wrong"), "");
  show($("offer-wrong"), false);
};

const whole = (field, low, high) => (/^\d{1,5}$/.test(field.value.trim()) && Number(field.value) >= low && Number(field.value) <= high ? Number(field.value) : null);

const complain = (words, field) => {
  say($("offer-wrong"), words);
  show($("offer-wrong"), Boolean(words));
  field?.setAttribute("aria-invalid", String(Boolean(words)));
  return undefined;
};

/** The offer as the API takes it, null for none, undefined while a field holds something impossible (which is said). */
export const offer = () => {
  const kind = chosen();
  if (kind === "none") return null;
  const days = whole($("offer-days"), 1, 365);
  if (days === null) return complain(t("offers.number_wrong", { low: 1, high: 365 }), $("offer-days"));
  if (kind === "coupon") return $("offer-promotion").value ? { kind, promotion_id: $("offer-promotion").value, valid_days: days } : complain(t("offers.promotion_wrong"), $("offer-promotion"));
  const points = whole($("offer-points-amount"), 1, 10_000);
  return points === null ? complain(t("offers.number_wrong", { low: 1, high: number(10_000) }), $("offer-points-amount")) : { kind, points: points * 100, valid_days: days };
};

export const fillOffer = (found) => {
  for (const radio of kinds) radio.checked = radio.value === (found?.kind ?? "none");
  if (found?.points) $("offer-points-amount").value = String(found.points / 100);
  if (found?.promotion_id) $("offer-promotion").value = found.promotion_id;
  if (found?.valid_days) $("offer-days").value = String(found.valid_days);
  showFields();
};

/** An offer in words: "100 баллов, 14 дней". */
export const offerInWords = (found) => {
  if (!found) return "";
  const days = t("offers.days", { n: found.valid_days });
  return found.kind === "points" ? t("offers.gives_points", { points: t("count.points", { n: found.points / 100 }), days }) : t("offers.gives_coupon", { days });
};

/** Asks which promotions give coupons; without any the page says where to make one. */
export const loadCoupons = async () => {
  const found = await get("/promotions").catch(() => ({ promotions: [] }));
  const coupons = found.promotions.filter(({ kind, rule, state }) => (kind ?? rule?.kind) === "coupon" && state !== "ended");
  $("offer-promotion").replaceChildren(...coupons.map(({ id, name }) => h("option", { value: id }, name)));
  showFields();
};

export const wireOffer = (edited) => $("offer").addEventListener("input", () => { showFields(); edited(); });
