// A mailing that was launched: how far it is, live; a stop that says whom it spares; what it brought.
import { get, post, Problem } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { effectTable } from "../effect/table.js";
import { offerInWords } from "../offers/offer.js";
import { has, momentInWords, number, share, t } from "../words.js";
import { audienceInWords } from "./audience.js";
import { stateOf } from "./list.js";
import { scheduleInWords } from "./schedule.js";

const RUNNING = ["launching", "sending"];
let mailing = null;
let progress = null;
let again = () => {};

const path = () => `/mailings/${encodeURIComponent(mailing.id)}`;
const line = (word, amount) => [h("dt", {}, word), h("dd", {}, number(amount))];
const complain = (words) => { say($("watch-wrong"), words); show($("watch-wrong"), Boolean(words)); };

const facts = () => [
  audienceInWords(mailing.audience), offerInWords(mailing.offer), mailing.schedule.kind !== "now" && scheduleInWords(mailing.schedule),
  mailing.state === "scheduled" && mailing.starts_at ? t("mailings.starts_at", { when: momentInWords(mailing.starts_at) }) : progress.started_at && momentInWords(progress.started_at),
].filter(Boolean).join(" · ");

const reason = () => {
  if (!mailing.reason) return "";
  return t(has(`mailings.reason_${mailing.reason}`) ? `mailings.reason_${mailing.reason}` : "mailings.reason_other");
};

const ended = () => progress.delivered + progress.failed + progress.expired + progress.cancelled;
const underWay = () => RUNNING.includes(mailing.state) || (mailing.state === "done" && ended() < progress.handed);

/** How many messages have come to their end, of those that left or may still leave. */
const showBar = () => {
  const [done, all] = [ended(), progress.handed + progress.waiting];
  show($("watch-progress"), underWay());
  if (!underWay()) return;
  if (all) $("bar").value = Math.min((done / all) * 100, 100);
  else $("bar").removeAttribute("value");
  say($("bar-text"), all ? `${t("mailings.progress_text", { done, all })} · ${share(Math.min(done / all, 1))}` : t("mailings.gathering"));
};

const showSums = () => {
  const { handed, delivered, failed, expired, cancelled, held_out: holdout, left_out: excluded } = progress;
  $("watch-sums").replaceChildren(...[
    line(t("mailings.sum_handed"), handed),
    line(t("mailings.sum_delivered"), delivered),
    failed ? line(t("mailings.sum_failed"), failed) : [],
    expired ? line(t("mailings.sum_expired"), expired) : [],
    cancelled ? line(t("mailings.sum_cancelled"), cancelled) : [],
    holdout ? line(t("mailings.held_out"), holdout) : [],
    ...Object.entries(excluded ?? {}).filter(([, count]) => count > 0).map(([name, count]) => line(t(has(`mailings.excluded_${name}`) ? `mailings.excluded_${name}` : "mailings.excluded_other"), count)),
  ].flat());
};

const draw = () => {
  say($("watch-title"), mailing.name);
  $("watch-state").replaceChildren(stateOf(mailing.state));
  say($("watch-facts"), facts());
  say($("watch-reason"), reason());
  show($("watch-reason"), Boolean(mailing.reason));
  show($("stop"), RUNNING.includes(mailing.state));
  show($("unschedule"), mailing.state === "scheduled");
  $("sent-texts").replaceChildren(...mailing.texts.map(({ text }) => h("p", { class: "bubble written" }, text)));
  show($("watch-held"), Boolean(progress.held_until) && underWay());
  say($("watch-held"), progress.held_until ? t("mailings.held_until", { when: momentInWords(progress.held_until) }) : "");
  showBar();
  showSums();
};

const showEffect = async () => {
  const wanted = progress.delivered > 0 && !RUNNING.includes(mailing.state);
  show($("effect-part"), wanted);
  if (wanted) $("effect").replaceChildren(...effectTable(await get(`${path()}/effect`), mailing.name));
};

/** Shows `found` as it is now; resolves to whether more news are to come. */
export const openWatch = async (found) => {
  const other = mailing?.id !== found.id;
  mailing = found;
  progress = await get(`${path()}/progress`);
  if (mailing.id !== found.id) return false;
  if (other) complain("");
  draw();
  await showEffect();
  return underWay() || found.state === "scheduled";
};

const sure = () => new Promise((resolve) => {
  say($("stop-text"), t("mailings.stop_text", { n: Math.max(progress.handed + progress.waiting - ended(), 0) }));
  $("stop-sure").returnValue = "";
  $("stop-sure").addEventListener("close", () => resolve($("stop-sure").returnValue === "yes"), { once: true });
  $("stop-sure").showModal();
});

const doing = (verb, ask) => async () => {
  if (ask && !(await ask())) return;
  complain("");
  try {
    await post(`${path()}/${verb}`, undefined, { repeatable: true });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    complain(problem.sentence);
  }
  again(mailing.id);
};

/** `changed(id)` after it was stopped or taken back, `repeat(mailing)` for a new one like it. */
export const wireWatch = ({ changed, repeat }) => {
  again = changed;
  $("stop").addEventListener("click", doing("stop", sure));
  $("unschedule").addEventListener("click", doing("cancel"));
  $("again").addEventListener("click", () => repeat(mailing));
};
