// How many guests a message would reach now, why others are left out, and what it may cost.
import { post, Problem } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { has, momentInWords, money, number, t } from "../words.js";

const QUIET = 300;
let timer = null;
let turn = 0;
let found = null;

const line = (word, amount) => [h("dt", {}, word), h("dd", {}, amount)];
const excluded = (counts) => Object.entries(counts ?? {}).filter(([, count]) => count > 0).map(([reason, count]) =>
  line(t(has(`mailings.excluded_${reason}`) ? `mailings.excluded_${reason}` : "mailings.excluded_other"), `−${number(count)}`));

const draw = () => {
  say($("will-get"), number(found.will_get));
  say($("will-get-unit"), t("mailings.will_get", { n: found.will_get }));
  say($("estimate-of"), t("mailings.estimate_of", { n: found.audience }));
  $("estimate-sums").replaceChildren(...[
    ...excluded(found.excluded),
    found.holdout ? line(t("mailings.not_sent_holdout"), `−${number(found.holdout)}`) : [],
    ...Object.entries(found.reachable ?? {}).map(([channel, count]) => (has(`mailings.channel_${channel}`) ? line(t(`mailings.channel_${channel}`), number(count)) : [])),
    line(t("mailings.sms_cost"), found.sms_cost ? money(found.sms_cost) : t("mailings.free")),
    found.gift_cost_max ? line(t("mailings.gift_cost"), money(found.gift_cost_max)) : [],
  ].flat());
  show($("quiet-until"), Boolean(found.quiet_until));
  say($("quiet-until"), found.quiet_until ? t("mailings.quiet_until", { when: momentInWords(found.quiet_until) }) : "");
};

/** Asks for the estimate of `body`; resolves to it, or to null when it cannot be told. */
export const estimate = async (body) => {
  const mine = (turn += 1);
  $("estimate").setAttribute("aria-busy", "true");
  try {
    const answer = await post("/mailings/estimate", body, { repeatable: true });
    if (mine !== turn) return answer;
    found = answer;
    draw();
    return answer;
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (mine === turn) { say($("will-get"), "–"); say($("will-get-unit"), ""); say($("estimate-of"), problem.sentence); $("estimate-sums").replaceChildren(); }
    return null;
  } finally {
    if (mine === turn) $("estimate").setAttribute("aria-busy", "false");
  }
};

/** Asks after a moment of quiet; `said()` gives the body, null while the form holds something impossible. */
export const estimateSoon = (said) => {
  clearTimeout(timer);
  timer = setTimeout(() => { const body = said(); if (body) estimate(body); }, QUIET);
};
