// The numbers behind the charts, as tables: what a screen reader reads, and what one copies.
import { ORDER } from "../segments/ring.js";
import { h, show } from "../dom.js";
import { dateOf, money, monthOf, number, share, t, weekdayOf } from "../words.js";

const head = (...words) => h("tr", {}, ...words.map((word, place) => h("th", { scope: "col", class: place === 0 ? "word" : "" }, word)));
const row = (first, ...cells) => h("tr", {}, h("th", { scope: "row", class: "word" }, first), ...cells.map((cell) => h("td", {}, cell)));
const cash = (minor) => (minor === null ? "–" : money(minor));

const days = ({ days: found }) => [
  head(t("reports.col_day"), t("reports.col_purchases"), t("reports.col_cups"), t("reports.col_revenue"), t("reports.col_average"), t("reports.col_new"), t("reports.col_gifts"), t("reports.col_rating")),
  [...found].reverse().map((day) => row(dateOf(day.day, "short"), number(day.purchases), number(day.cups), cash(day.revenue), cash(day.average_ticket), number(day.new_guests), number(day.gifts), day.rating_average === null ? "–" : number(day.rating_average))),
];

const segments = ({ days: found }) => [
  head(t("reports.col_day"), ...ORDER.map((name) => t(`segment.${name}`))),
  [...found].reverse().map((day) => row(dateOf(day.day, "short"), ...ORDER.map((name) => number(day.segments[name] ?? 0)))),
];

const hours = ({ cells }) => {
  const open = [...new Set(cells.map(({ hour }) => hour))].sort((a, b) => a - b);
  const at = new Map(cells.map((cell) => [`${cell.weekday} ${cell.hour}`, cell.purchases]));
  return [
    head(t("reports.col_weekday"), ...open.map((hour) => `${hour}:00`)),
    [1, 2, 3, 4, 5, 6, 7].map((weekday) => row(weekdayOf(weekday), ...open.map((hour) => number(at.get(`${weekday} ${hour}`) ?? 0)))),
  ];
};

const cohorts = ({ cohorts: found }) => {
  const most = Math.max(0, ...found.flatMap(({ returned }) => returned.map(({ month }) => month)));
  const months = Array.from({ length: most + 1 }, (_, month) => month);
  return [
    head(t("reports.col_month"), t("reports.col_guests"), ...months.map((n) => t("reports.col_later", { n }))),
    found.map(({ month, guests, returned }) => row(monthOf(month), number(guests), ...months.map((n) => {
      const part = returned.find((each) => each.month === n);
      return part && part.share !== null ? share(part.share / 100) : "";
    }))),
  ];
};

const staff = (nameOf) => ({ staff: found }) => [
  head(t("reports.col_staff"), t("reports.col_purchases"), t("reports.col_cups"), t("reports.col_revenue"), t("reports.col_average"), t("reports.col_undos"), t("reports.col_gifts"), t("reports.col_rating")),
  found.map((each) => row(nameOf(each.staff_id), number(each.purchases), number(each.cups), cash(each.revenue), cash(each.average_ticket), number(each.undos), number(each.gifts), each.rating_average === null ? "–" : number(each.rating_average))),
];

/** Fills the tables; `found` is what the API says of each. */
export const showTables = (found, nameOf) => {
  const makers = { days, segments, hours, cohorts, staff: staff(nameOf) };
  for (const [name, make] of Object.entries(makers)) {
    const table = document.querySelector(`[data-table=${name}]`);
    const [titles, rows] = make(found[name]);
    table.tHead.replaceChildren(titles);
    table.tBodies[0].replaceChildren(...rows);
    show(document.querySelector(`[data-nothing=${name}]`), rows.length === 0);
    show(table.closest("details"), rows.length > 0);
  }
};
