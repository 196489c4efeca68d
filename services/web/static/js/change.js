// How much something changed, and segments by name: said alike on every page.
import { h, icon } from "./dom.js";
import { number, t } from "./words.js";

/** Whether more guests of a segment are good news: 1 yes, -1 no, 0 neither. */
export const WELCOME = { new: 1, active: 1, leaving: -1, rare: 0, sleeping: -1 };

export const tag = (segment) => h("span", { class: `tag ${segment}` }, icon(segment), t(`segment.${segment}`));

/** A change with sign, arrow and words for those who listen; `welcome`: 1 more is good, -1 more is bad, 0 neither; `shown(amount)` writes an amount. */
export const delta = (change, welcome, shown = number) => {
  if (change === 0) return h("span", { class: "delta flat" }, h("span", { "aria-hidden": "true" }, "0"), h("span", { class: "unseen" }, t("change.none")));
  const mood = change * welcome > 0 ? "good" : change * welcome < 0 ? "bad" : "";
  const amount = shown(Math.abs(change));
  const words = t(change > 0 ? "change.more" : "change.fewer", { amount });
  return h("span", { class: `delta ${mood}` }, icon(change > 0 ? "up" : "down"), h("span", { "aria-hidden": "true" }, `${change < 0 ? "−" : "+"}${amount}`), h("span", { class: "unseen" }, words));
};
