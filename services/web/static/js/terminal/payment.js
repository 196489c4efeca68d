// Points on the card: how many, which tier, and paying a part of the bill with them.
import { $, say, show } from "../dom.js";
import { record, setPayment, state } from "./desk.js";
import { dateOf, dayOf, minorOf, money, number, t } from "../words.js";

const amount = $("amount");
const spend = $("spend");
const givesPoints = () => Boolean(state.program && state.program.mode !== "stamps");

/** The most that points may pay of a bill: the system's own rule, in minor units. */
const most = (bill) => Math.min(state.account.points, Math.floor((bill * state.program.points.max_share) / 100));

const inPoints = (minor) => t("count.points", { n: minor / 100 });

const standing = ({ points, points_owed: owed, tier, next_tier: next, points_expiring: expiring }) => [
  inPoints(points),
  owed > 0 && t("points.owed", { points: inPoints(owed) }),
  tier && t(`tier.${tier}`),
  next && t("points.to_next", { money: money(next.spend_left), tier: t(`tier_to.${next.tier}`) }),
  expiring && t("points.expiring", { points: inPoints(expiring.points), date: dateOf(dayOf(new Date(expiring.expires_at))) }),
].filter(Boolean).join(" · ");

const hint = (bill) => {
  const { points } = state.account;
  if (points <= 0) return t("points.none");
  if (bill === null || Number.isNaN(bill)) return t("points.amount_first");
  return t("points.at_most", { most: money(most(bill)), share: state.program.points.max_share });
};

const fault = (bill, paid) => {
  if (Number.isNaN(bill) || Number.isNaN(paid)) return t("points.not_a_sum");
  if (paid && bill === null) return t("problem.amount-needed");
  return paid && paid > most(bill) ? t("points.too_many", { most: money(most(bill)) }) : "";
};

const read = () => {
  const [bill, paid] = [minorOf(amount.value), minorOf(spend.value)];
  const wrong = fault(bill, paid);
  say($("pay-wrong"), wrong);
  show($("pay-wrong"), Boolean(wrong));
  amount.setAttribute("aria-invalid", String(Number.isNaN(bill) || Boolean(paid && bill === null)));
  spend.setAttribute("aria-invalid", String(Boolean(wrong) && bill !== null && !Number.isNaN(bill)));
  setPayment({ amount: Number.isNaN(bill) ? null : bill, spend: wrong ? 0 : paid ?? 0, wrong: Boolean(wrong) });
};

export const showPayment = ({ account, payment }) => {
  const on = givesPoints();
  show($("guest-points"), on);
  show($("pay"), on || Boolean(account.bill_matters));
  show(spend.parentElement, on);
  show($("spend-most"), on);
  if (!payment.wrong && payment.amount === null && !payment.spend && (amount.value || spend.value)) { amount.value = ""; spend.value = ""; }
  if (!on) { show($("spend-all"), false); return; }
  say($("guest-points"), standing(account));
  const bill = minorOf(amount.value);
  say($("spend-most"), hint(bill));
  const all = bill > 0 ? most(bill) : 0;
  show($("spend-all"), all > 0 && payment.spend !== all);
  say($("spend-all"), t("points.spend_all", { n: number(all / 100) }));
  $("spend").disabled = account.points <= 0;
};

/** Makes the fields work; Enter in them records. */
export const wirePayment = () => {
  for (const field of [amount, spend]) {
    field.addEventListener("input", read);
    field.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.repeat) { event.preventDefault(); record(); } });
  }
  $("spend-all").addEventListener("click", () => { spend.value = String(most(minorOf(amount.value)) / 100); read(); });
};
