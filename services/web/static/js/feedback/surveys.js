// NPS: start a survey, and what came of each.
import { get, post, Problem } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { dateOf, dayOf, momentInWords, number, share, signed, t } from "../words.js";

const start = $("survey").querySelector("[type=submit]");
let wouldAsk = 0;

const line = (word, count, all) => [h("dt", {}, word), h("dd", {}, number(count), " ", h("small", { class: "quiet" }, share(count / all)))];

const result = ({ nps, answers, promoters, passives, detractors }) => (answers
  ? [h("p", {}, h("b", {}, signed(nps)), " ", h("span", { class: "quiet" }, "NPS")),
    h("dl", {}, line(t("feedback.promoters"), promoters, answers), line(t("feedback.passives"), passives, answers), line(t("feedback.detractors"), detractors, answers))]
  : [h("p", { class: "quiet" }, t("feedback.no_answers"))]);

const card = (survey) => h("li", { class: "card nps", "data-survey": survey.id },
  h("h3", {}, survey.open ? t("feedback.survey_open", { when: dateOf(dayOf(new Date(survey.closes_at))) }) : t("feedback.survey_over", { when: momentInWords(survey.started_at) })),
  survey.question && h("p", { class: "written" }, survey.question),
  ...result(survey.result),
  h("p", { class: "quiet small" }, t("feedback.survey_asked", { asked: survey.asked, answers: survey.result.answers })));

export const loadSurveys = async () => {
  const found = await get("/feedback/surveys");
  wouldAsk = found.would_ask;
  $("surveys").replaceChildren(...found.surveys.map(card));
  show($("survey"), !found.surveys.some(({ open }) => open));
  say($("would-ask"), wouldAsk ? t("feedback.would_ask", { n: wouldAsk }) : t("feedback.would_ask_nobody"));
  start.disabled = wouldAsk === 0;
};

export const wireSurveys = () => $("survey").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (start.disabled) return;
  start.disabled = true;
  show($("survey-wrong"), false);
  try {
    await post("/feedback/surveys", { question: $("question").value.trim() });
    $("question").value = "";
    await loadSurveys();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    say($("survey-wrong"), problem.sentence);
    show($("survey-wrong"), true);
    start.disabled = wouldAsk === 0;
  }
});
