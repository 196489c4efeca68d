// The figures of a period, each with its exact definition at hand: by pointer, by keyboard, by touch.
import { $, h } from "../dom.js";
import { money, number, t } from "../words.js";

const SHOWN = {
  percent: (value) => t("reports.unit_percent", { value: number(value) }),
  money,
  days: (value) => t("reports.unit_days", { n: value }),
  visits: (value) => t("reports.unit_visits", { n: value }),
  points: (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${number(Math.abs(value))}`,
};

const card = ({ name, title, value, unit, definition, enough }) => h("li", { class: "card kpi", "data-kpi": name },
  h("h3", {}, title),
  h("button", { class: "what", type: "button", "aria-label": t("reports.what", { title }), "aria-describedby": `kpi-${name}` }, "?"),
  h("p", { class: "definition small", id: `kpi-${name}`, role: "tooltip" }, definition),
  h("b", {}, value === null ? "–" : SHOWN[unit](value)),
  !enough && h("p", { class: "quiet small" }, t("reports.little")));

export const showKpis = ({ kpis }) => $("kpis").replaceChildren(...kpis.map(card));
