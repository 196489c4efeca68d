// What a campaign brought, in a table and one honest sentence.
import { h, icon } from "../dom.js";
import { dateOf, dayOf, money, number, share, t } from "../words.js";

const nameOf = (variant, sides) => {
  if (variant === "holdout") return t("effect.side_holdout");
  if (variant === "b") return t("effect.side_b");
  return t(sides.some((side) => side.variant === "b") ? "effect.side_a_of_two" : "effect.side_a");
};

const part = (count, all) => (all ? [number(count), " ", h("small", { class: "quiet" }, share(count / all))] : "–");
// A message that did not arrive did nothing: its share is of those who got it; who was held back counts whole.
const base = ({ variant, guests, delivered }) => (variant === "holdout" ? guests : delivered);

const row = (side, sides) => h("tr", {},
  h("th", { scope: "row", class: "word" }, nameOf(side.variant, sides)),
  h("td", {}, number(base(side))),
  h("td", {}, part(side.bought, base(side))),
  h("td", { class: "wide" }, part(side.came_back, base(side))),
  h("td", {}, money(side.revenue)),
  h("td", { class: "wide" }, side.variant === "holdout" ? "–" : money(side.gift_cost)));

const points = (value) => `${value < 0 ? "−" : "+"}${number(Math.abs(Math.round(value * 10) / 10))}`;

const verdict = ({ verdict: found, uplift, sides, needed }) => {
  if (found !== "enough" || !uplift) {
    const least = sides.length ? Math.min(...sides.map(base)) : 0;
    return [h("p", { class: "verdict little" }, icon("rare"), h("strong", {}, t("effect.little"))), h("p", { class: "quiet" }, t("effect.little_text", { needed, least }))];
  }
  const mood = uplift.from > 0 ? "up" : uplift.to < 0 ? "down" : "flat";
  const words = t(`effect.enough_${mood}`, { points: mood === "down" ? number(Math.abs(uplift.percent_points)) : points(uplift.percent_points), low: points(uplift.from), high: points(uplift.to) });
  return [h("p", { class: `verdict ${mood}` }, icon({ up: "up", down: "down", flat: "minus" }[mood]), h("strong", {}, words))];
};

const columns = () => h("thead", {}, h("tr", {},
  h("th", { scope: "col", class: "word" }, t("effect.col_side")), h("th", { scope: "col" }, t("effect.col_guests")), h("th", { scope: "col" }, t("effect.col_bought")),
  h("th", { scope: "col", class: "wide" }, t("effect.col_came_back")), h("th", { scope: "col" }, t("effect.col_revenue")), h("th", { scope: "col", class: "wide" }, t("effect.col_gifts"))));

const better = (uplift) => {
  const which = uplift.from > 0 ? "b" : uplift.to < 0 ? "a" : "same";
  return h("p", {}, t(`effect.variant_${which}`, { points: number(Math.abs(Math.round(uplift.percent_points * 10) / 10)), low: points(uplift.from), high: points(uplift.to) }));
};

/** The effect as elements: the verdict first, then the figures it stands on. */
export const effectTable = (effect, name) => {
  return [
    ...verdict(effect),
    effect.b_over_a && better(effect.b_over_a),
    effect.counting && effect.until && h("p", { class: "quiet small" }, t("effect.still", { date: dateOf(dayOf(new Date(effect.until))) })),
    effect.sides.length > 0 && h("table", { class: "plain-table" }, h("caption", { class: "unseen" }, name), columns(), h("tbody", {}, ...effect.sides.map((side) => row(side, effect.sides)))),
  ].filter(Boolean);
};
