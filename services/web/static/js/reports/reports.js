// Reports of any period: figures, charts with their tables, files to take away, and when the daily report comes.
import { get, put, Problem } from "../api.js";
import { drawChart } from "../chart.js";
import { $, say, show } from "../dom.js";
import { failed, onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { before, isDay, today } from "../segments/days.js";
import { momentInWords, money, number, t } from "../words.js";
import { showKpis } from "./kpis.js";
import { showTables } from "./tables.js";

const MONTH = 30;
const COHORTS = 6;
const presets = [...document.querySelectorAll("[data-days]")];
const charts = [...document.querySelectorAll("[data-chart]")];
const daysBack = (days) => before(today(), days - 1);

/** The period stands in the address; without one it is the last thirty days. */
const period = () => {
  const query = new URLSearchParams(location.search);
  const to = isDay(query.get("to")) ? query.get("to") : today();
  const from = query.get("from");
  return { from: isDay(from) && from <= to ? from : before(to, MONTH - 1), to };
};

const showPeriod = ({ from, to }) => {
  $("from").value = from;
  $("to").value = to;
  $("to").max = today();
  for (const button of presets) button.setAttribute("aria-pressed", String(to === today() && from === daysBack(Number(button.dataset.days))));
  for (const link of document.querySelectorAll("[data-csv]")) link.href = `/api/v1/reports/export.csv?kind=${link.dataset.csv}&from=${from}&to=${to}`;
};

const draw = (query) => Promise.all(charts.map(async (place) => {
  const [finding, about] = place.parentElement.querySelectorAll("[data-finding], [data-about]");
  if (!finding.textContent) say(about, t("reports.drawing"));
  const title = await drawChart(place, `/reports/charts/${place.dataset.chart}?${query}`);
  show(place, Boolean(title));
  say(finding, title ? title.text : "");
  say(about, title ? title.subtitle : t("reports.chart_failed"));
}));

const names = async () => {
  const { staff } = await get("/staff").catch(() => ({ staff: [] }));
  const known = new Map(staff.map(({ id, name }) => [id, name]));
  return (id) => known.get(id) ?? t("reports.somebody");
};

const load = () => trying(async () => {
  const chosen = period();
  showPeriod(chosen);
  const query = new URLSearchParams(chosen);
  const [days, kpis, cohorts, hours, staff, nameOf] = await Promise.all([
    get(`/reports/days?${query}`), get(`/reports/kpis?${query}`), get(`/reports/cohorts?months=${COHORTS}`), get(`/reports/hours?${query}`), get(`/reports/staff?${query}`), names(),
  ]);
  if (JSON.stringify(period()) !== JSON.stringify(chosen)) return;
  const { total } = days;
  say($("finding"), total.purchases ? t("reports.finding", { purchases: t("reports.purchases", { n: total.purchases }), revenue: money(total.revenue), new: number(total.new_guests) }) : t("reports.nothing"));
  showKpis(kpis);
  showTables({ days, segments: days, cohorts, hours, staff }, nameOf);
  show($("report"), true);
  await draw(query);
});

const choose = (from, to) => {
  const fine = isDay(from) && isDay(to) && from <= to;
  show($("period-wrong"), !fine);
  if (!fine) return;
  history.replaceState(null, "", `?${new URLSearchParams({ from, to })}`);
  load();
};

const showSettings = ({ closing_time: closing, daily_report: wanted, next_report_at: next }) => {
  $("closing").value = closing.slice(0, 5);
  $("daily").checked = wanted;
  say($("next-report"), next ? t("reports.next", { when: momentInWords(next) }) : "");
  show($("settings"), true);
};

const saveSettings = async (event) => {
  event.preventDefault();
  say($("settings-saved"), "");
  if (!$("closing").value) { $("closing").focus(); return; }
  try {
    showSettings(await put("/reports/settings", { closing_time: $("closing").value, daily_report: $("daily").checked }, { repeatable: true }));
    say($("settings-saved"), t("reports.saved"));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    failed(problem);
  }
};

$("period").addEventListener("submit", (event) => event.preventDefault());
for (const field of [$("from"), $("to")]) field.addEventListener("change", () => choose($("from").value, $("to").value));
for (const button of presets) button.addEventListener("click", () => choose(daysBack(Number(button.dataset.days)), today()));
$("settings").addEventListener("submit", saveSettings);
onRetry(load);
start().then(() => Promise.all([load(), get("/reports/settings").then(showSettings, failed)])).catch(() => show($("failed"), true));
