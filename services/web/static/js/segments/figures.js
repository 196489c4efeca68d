// The numbers: tiles, the table beside the ring, the table of moves, the rules.
import { delta, tag, WELCOME } from "../change.js";
import { $, h, say, show } from "../dom.js";
import { isGoal, moves, nameOf } from "./flow.js";
import { ORDER } from "./ring.js";
import { dateOf, number, share, t } from "../words.js";

let before = null;

const since = (change, welcome, day) => [delta(change, welcome), h("span", { class: "quiet small" }, ` ${t("segments.since", { date: dateOf(day) })}`)];

const showTiles = ({ from, to, won_back: wonBack }) => {
  say($("total"), number(to.total));
  $("total-change").replaceChildren(...since(to.total - from.total, 1, from.as_of));
  say($("at-risk"), number(to.segments.leaving));
  $("at-risk-change").replaceChildren(...since(to.segments.leaving - from.segments.leaving, -1, from.as_of));
  say($("won-back"), number(wonBack.guests));
  const note = wonBack.of > 0 ? t("segments.won_back_note", { share: share(wonBack.guests / wonBack.of), of: wonBack.of }) : t("segments.won_back_none");
  say($("won-back-note"), `${note} · ${t("segments.goal")}`);
};

const figuresRow = (name, { from, to }) => {
  const [now, was] = [to.segments[name], from.segments[name]];
  const moved = before && before[name] !== now;
  return h("tr", { class: moved ? "moved" : "", "data-segment": name },
    h("th", { scope: "row" }, tag(name)),
    h("td", { class: "now" }, number(now)),
    h("td", { class: "wide quiet" }, to.total > 0 ? share(now / to.total) : "—"),
    h("td", { class: "quiet" }, number(was)),
    h("td", {}, delta(now - was, WELCOME[name])));
};

const showFigures = (picture) => {
  say($("col-to"), dateOf(picture.to.as_of, "short"));
  say($("col-from"), dateOf(picture.from.as_of, "short"));
  $("figures").tBodies[0].replaceChildren(...ORDER.map((name) => figuresRow(name, picture)));
  before = { ...picture.to.segments };
};

const moveRow = ({ from, to, guests }, note) => h("tr", { class: note },
  h("td", { class: "word" }, tag(from)),
  h("td", { class: "word" }, note === "stayed" ? t("segments.stayed") : tag(to)),
  h("td", {}, note === "goal" && h("span", { class: "small" }, `${t("segments.goal_row")} `), h("strong", {}, number(guests))));

const showMoves = ({ flow }) => {
  const rank = (name) => ["none", ...ORDER, "gone"].indexOf(name);
  const named = flow.map((move) => ({ from: nameOf(move.from, "none"), to: nameOf(move.to, "gone"), guests: move.guests }));
  const stayed = named.filter(({ from, to, guests }) => from === to && guests > 0).sort((a, b) => rank(a.from) - rank(b.from));
  const moved = moves(flow).sort((a, b) => b.guests - a.guests || rank(a.from) - rank(b.from) || rank(a.to) - rank(b.to));
  $("moves").tBodies[0].replaceChildren(
    ...moved.map((move) => moveRow(move, isGoal(move) ? "goal" : "")),
    ...stayed.map((move) => moveRow(move, "stayed")));
};

/** The sentence over the ring: the greatest change, in the order of the segments when two are equal. */
export const finding = ({ from, to }) => {
  if (to.total === 0) return t("segments.finding_empty");
  const changes = ORDER.map((name) => ({ name, change: to.segments[name] - from.segments[name] }));
  const greatest = changes.reduce((best, next) => (Math.abs(next.change) > Math.abs(best.change) ? next : best));
  if (greatest.change === 0) return t("segments.finding_same", { date: dateOf(from.as_of) });
  const key = greatest.change > 0 ? "segments.finding_up" : "segments.finding_down";
  return t(key, { segment: t(`segment.${greatest.name}`), n: Math.abs(greatest.change) });
};

/** "Новички 69, Активные 34, …": the ring in words. */
export const inWords = ({ segments }) => ORDER.map((name) => `${t(`segment.${name}`)} ${number(segments[name])}`).join(", ");

export const showNumbers = (picture) => {
  showTiles(picture);
  showFigures(picture);
  showMoves(picture);
};

export const showRules = (settings) => {
  const values = {
    regular: settings.regular_purchases, few_below: settings.regular_purchases - 1, new_days: settings.new_days,
    active_days: settings.active_days, active_next: settings.active_days + 1, sleeping_days: settings.sleeping_days,
  };
  $("rules").replaceChildren(...ORDER.flatMap((name) => [h("dt", {}, tag(name)), h("dd", {}, t(`segments.rule_${name}`, values))]));
  show($("rules").parentElement, true);
};
