// Ratings of a period: figures, who and when, and what guests wrote with their stars.
import { get } from "../api.js";
import { $, h, icon, say, show, svg } from "../dom.js";
import { dateOf, dayOf, momentInWords, number, share, t } from "../words.js";
import { staffNames } from "./people.js";
import { starsOf } from "./threads.js";

const DAY = 86_400_000;
const MONTH = 29;
const PAGE = 20;
const ORDER = ["new", "active", "leaving", "rare", "sleeping", null];
let next = null;

const period = () => new URLSearchParams({ from: $("from").value, to: $("to").value });

const bar = (part) => svg("svg", { viewBox: "0 0 100 12", preserveAspectRatio: "none", "aria-hidden": "true" },
  svg("rect", { width: 100, height: 12 }), svg("rect", { width: Math.max(part * 100, part && 1), height: 12 }));

const spreadRow = (count, stars, all) => h("li", {}, h("span", {}, `${stars} ★`), bar(all ? count / all : 0), h("span", {}, number(count)));

const cells = ({ ratings, average }) => [h("td", {}, number(ratings)), h("td", {}, number(average))];
const tableRow = (title, figures) => h("tr", {}, h("th", { scope: "row", class: "word" }, title), ...cells(figures));
const segment = (name) => (name ? h("span", { class: `tag ${name}` }, icon(name), t(`segment.${name}`)) : t("feedback.no_segment"));

const showFigures = (found, nameOf) => {
  const { total } = found;
  say($("average"), total.ratings ? number(total.average) : "–");
  say($("csat"), total.ratings ? share(total.csat / 100) : "–");
  say($("rated"), number(total.ratings));
  say($("rated-of"), found.opened ? t("feedback.rated_of", { share: share(Math.min(total.ratings / found.opened, 1)) }) : "");
  show($("figures"), total.ratings > 0);
  show($("no-ratings"), total.ratings === 0);
  $("spread").replaceChildren(...total.stars.map((count, place) => spreadRow(count, place + 1, total.ratings)).reverse());
  const staff = [...found.by_staff].sort((a, b) => b.figures.ratings - a.figures.ratings);
  const segments = [...found.by_segment].sort((a, b) => ORDER.indexOf(a.segment) - ORDER.indexOf(b.segment));
  $("by-staff").tBodies[0].replaceChildren(...staff.map((each) => tableRow(nameOf(each.staff_id), each.figures)));
  $("by-segment").tBodies[0].replaceChildren(...segments.map((each) => tableRow(segment(each.segment), each.figures)));
  $("by-day").tBodies[0].replaceChildren(...[...found.by_day].reverse().map((each) => tableRow(dateOf(each.day), each.figures)));
};

const ratingRow = (rating, nameOf) => h("li", {}, starsOf(rating.stars), rating.comment && h("p", { class: "written" }, rating.comment),
  h("small", { class: "quiet" }, `${momentInWords(rating.given_at)} · ${nameOf(rating.staff_id)}`));

const page = async (after) => {
  const query = period();
  query.set("limit", PAGE);
  if (after) query.set("after", after);
  const [found, nameOf] = await Promise.all([get(`/feedback/ratings?${query}`), staffNames()]);
  next = found.next;
  show($("ratings-more"), Boolean(next));
  return found.ratings.map((rating) => ratingRow(rating, nameOf));
};

/** The average of the last thirty days, null without ratings. */
export const averageNow = async () => (await get("/feedback/statistics")).total.average;

export const loadRatings = async () => {
  const [found, nameOf, rows] = await Promise.all([get(`/feedback/statistics?${period()}`), staffNames(), page(null)]);
  showFigures(found, nameOf);
  $("ratings").replaceChildren(...rows);
};

/** The period stands in the address; without one it is the last thirty days. */
export const wireRatings = ({ query, chosen, failed }) => {
  $("to").value = query.get("to") ?? dayOf(new Date());
  $("from").value = query.get("from") ?? dayOf(new Date(Date.now() - MONTH * DAY));
  for (const field of [$("from"), $("to")]) field.addEventListener("change", () => { if ($("from").value && $("to").value) chosen({ from: $("from").value, to: $("to").value }); });
  $("period").addEventListener("submit", (event) => event.preventDefault());
  $("ratings-more").addEventListener("click", () => page(next).then((rows) => $("ratings").append(...rows), failed));
};
