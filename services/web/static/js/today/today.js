// The owner's first page: today beside the same weekday last week, who waits for an answer, and one thing to do now.
import { get } from "../api.js";
import { calmly } from "../calm.js";
import { delta, tag, WELCOME } from "../change.js";
import { $, h, say, show } from "../dom.js";
import { onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { drawRing, ORDER } from "../segments/ring.js";
import { listen } from "../stream.js";
import { money, number, t } from "../words.js";
import { wireDaily } from "./daily.js";

const AGAIN = 20_000;
// In this order; revenue and average ticket are money. More is good news for all of them but gifts, which only tell.
const FIGURES = [
  ["purchases", "today.purchases", number, 1], ["revenue", "today.revenue", money, 1], ["average_ticket", "today.average_ticket", money, 1],
  ["new_guests", "today.new_guests", number, 1], ["gifts", "today.gifts", number, 0],
];

const figure = ([name, word, shown, welcome], { now, week_ago: before }) => h("li", { class: "card tile", "data-figure": name },
  h("h2", {}, t(word)),
  h("b", {}, now === null ? "–" : shown(now)),
  h("p", {}, now !== null && before !== null && delta(now - before, welcome, shown), h("span", { class: "quiet small" }, t("today.week_ago", { amount: before === null ? "–" : shown(before) }))));

const finding = ({ now, week_ago: before }) => {
  if (!now) return t("today.finding_none");
  if (now === before) return t("today.finding_same");
  return t(now > before ? "today.finding_more" : "today.finding_fewer", { n: Math.abs(now - before) });
};

const showStep = (step) => {
  say($("step-title"), step ? t(`today.step_${step.segment}`, { n: step.guests }) : t("today.step_none"));
  say($("step-note"), step ? t("today.step_note") : "");
  say($("step-link"), t(step ? "today.step_action" : "today.to_reports"));
  $("step-link").href = step ? `/owner/mailings?mailing=new&segment=${step.segment}` : "/owner/reports";
};

const row = ({ segment, guests, week_ago: before }) => h("tr", {},
  h("th", { scope: "row" }, tag(segment)), h("td", { class: "now" }, number(guests)), h("td", {}, delta(guests - before, WELCOME[segment])));

const sideOf = (found, field) => {
  const segments = Object.fromEntries(found.map((each) => [each.segment, each[field]]));
  return { segments, total: found.reduce((sum, each) => sum + each[field], 0) };
};
const inWords = ({ segments }) => ORDER.map((name) => `${t(`segment.${name}`)} ${number(segments[name] ?? 0)}`).join(", ");

const showSegments = (found) => {
  const sorted = [...found].sort((a, b) => ORDER.indexOf(a.segment) - ORDER.indexOf(b.segment));
  const [to, from] = [sideOf(sorted, "guests"), sideOf(sorted, "week_ago")];
  const label = [[t("today.ring_now"), to], [t("today.ring_before"), from]].map(([when, side]) => t("today.ring_text", { when, parts: inWords(side) })).join(" ");
  drawRing($("ring"), { from, to }, label);
  $("segments").tBodies[0].replaceChildren(...sorted.map(row));
};

const showUnanswered = ({ waiting }) => {
  say($("unanswered"), number(waiting));
  say($("unanswered-note"), waiting ? t("today.unanswered_some", { n: waiting }) : t("today.unanswered_none"));
  show($("answer"), waiting > 0);
};

const load = () => trying(async () => {
  const [today, threads] = await Promise.all([get("/reports/today"), get("/feedback/threads?state=open&limit=1")]);
  const empty = today.segments.every(({ guests }) => guests === 0) && !today.figures.purchases.now;
  show($("teach"), empty);
  show($("day"), !empty);
  say($("finding"), empty ? "" : finding(today.figures.purchases));
  $("figures").replaceChildren(...FIGURES.map((each) => figure(each, today.figures[each[0]])));
  showStep(today.next_step);
  say($("won-back"), number(today.won_back_week));
  showSegments(today.segments);
  showUnanswered(threads);
});
const refresh = calmly(load);

onRetry(refresh);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(() => { if (!document.hidden) refresh(); }, AGAIN);
start().then(refresh).then(() => listen("/feedback/live", "news", { heard: refresh, opened: refresh })).catch(() => show($("failed"), true));
wireDaily();
