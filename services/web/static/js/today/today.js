// The owner's first page: today beside the same weekday last week, who waits for an answer, and one thing to do now.
import { get } from "../api.js";
import { calmly } from "../calm.js";
import { delta, tag, WELCOME } from "../change.js";
import { $, h, say, show } from "../dom.js";
import { onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { before, today } from "../segments/days.js";
import { drawRing, ORDER } from "../segments/ring.js";
import { listen } from "../stream.js";
import { money, number, t } from "../words.js";
import { wireDaily } from "./daily.js";

const AGAIN = 20_000;
const WEEK = 7;
// In this order; revenue and average ticket are money. More is good news for all of them but gifts, which only tell.
const FIGURES = [
  ["purchases", "today.purchases", number, 1], ["revenue", "today.revenue", money, 1], ["average_ticket", "today.average_ticket", money, 1],
  ["new_guests", "today.new_guests", number, 1], ["gifts", "today.gifts", number, 0],
];

const figure = ([name, word, shown, welcome], { now, week_ago: was }) => h("li", { class: "card tile", "data-figure": name },
  h("h2", {}, t(word)),
  h("b", {}, now === null ? "–" : shown(now)),
  h("p", {}, now !== null && was !== null && Boolean(now || was) && delta(now - was, welcome, shown), h("span", { class: "quiet small" }, t("today.week_ago", { amount: was === null ? "–" : shown(was) }))));

const finding = ({ now, week_ago: was }) => {
  if (!now) return t("today.finding_none");
  if (now === was) return t("today.finding_same");
  return t(now > was ? "today.finding_more" : "today.finding_fewer", { n: Math.abs(now - was) });
};

const showStep = (step) => {
  say($("step-title"), step ? t(`today.step_${step.segment}`, { n: step.guests }) : t("today.step_none"));
  say($("step-note"), step ? t("today.step_note") : "");
  say($("step-link"), t(step ? "today.step_action" : "today.to_reports"));
  $("step-link").href = step ? `/owner/mailings?mailing=new&segment=${step.segment}` : "/owner/reports";
};

const row = (name, { from, to }) => h("tr", {},
  h("th", { scope: "row" }, tag(name)), h("td", { class: "now" }, number(to.segments[name])), h("td", {}, delta(to.segments[name] - from.segments[name], WELCOME[name])));

const inWords = ({ segments }) => ORDER.map((name) => `${t(`segment.${name}`)} ${number(segments[name])}`).join(", ");

const showSegments = (picture) => {
  const label = [["today.ring_now", picture.to], ["today.ring_before", picture.from]].map(([when, side]) => t("today.ring_text", { when: t(when), parts: inWords(side) })).join(" ");
  drawRing($("ring"), picture, label);
  $("segments").tBodies[0].replaceChildren(...ORDER.map((name) => row(name, picture)));
  say($("won-back"), number(picture.won_back.guests));
};

const showUnanswered = ({ waiting }) => {
  say($("unanswered"), number(waiting));
  say($("unanswered-note"), waiting ? t("today.unanswered_some", { n: waiting }) : t("today.unanswered_none"));
  show($("answer"), waiting > 0);
};

const load = () => trying(async () => {
  const day = today();
  const [found, picture, threads] = await Promise.all([get("/reports/today"), get(`/segments/comparison?from=${before(day, WEEK)}&to=${day}`), get("/feedback/threads?state=open&limit=1")]);
  const { figures } = found;
  const empty = picture.to.total === 0 && !figures.purchases.now;
  show($("teach"), empty);
  show($("day"), !empty);
  say($("finding"), empty ? "" : finding(figures.purchases));
  $("figures").replaceChildren(...FIGURES.map((each) => figure(each, figures[each[0]])));
  showStep(found.next_step);
  showSegments(picture);
  showUnanswered(threads);
});
const refresh = calmly(load);

onRetry(refresh);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
setInterval(() => { if (!document.hidden) refresh(); }, AGAIN);
start().then(refresh).then(() => listen("/feedback/live", "news", { heard: refresh, opened: refresh })).catch(() => show($("failed"), true));
wireDaily();
