// Letting a mailing go: the question with the number of guests, and four seconds to change one's mind.
import { newKey, post, Problem } from "../api.js";
import { $, say, show } from "../dom.js";
import { t } from "../words.js";
import { audienceInWords } from "./audience.js";

const SECONDS = 4;
const MANY = 1000;
let left = () => {};
let timer = null;

const sure = ({ name, audience, schedule }, guests) => new Promise((resolve) => {
  const now = schedule.kind === "now";
  say($("sure-title"), t(now ? "mailings.sure_now" : "mailings.sure_later", { n: guests }));
  say($("sure-text"), t("mailings.sure_text", { name, audience: audienceInWords(audience) }));
  say($("sure-note"), [guests >= MANY && t("mailings.sure_many"), now && t("mailings.sure_undo")].filter(Boolean).join(" "));
  say($("sure-yes"), t(now ? "mailings.sure_yes_now" : "mailings.sure_yes_later"));
  $("sure").returnValue = "";
  $("sure").addEventListener("close", () => resolve($("sure").returnValue === "yes"), { once: true });
  $("sure").showModal();
});

const hide = () => { clearInterval(timer); show($("undo"), false); };

const undo = async (mailing) => {
  clearInterval(timer);
  show($("undo-button"), false);
  try {
    await post(`/mailings/${encodeURIComponent(mailing.id)}/cancel`, undefined, { repeatable: true });
    say($("undo-text"), t("mailings.undone"));
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    say($("undo-text"), problem.sentence);
  }
  left(mailing.id);
};

/** Counts four seconds down beside a button that takes it all back. */
const offerUndo = (mailing, guests) => {
  let seconds = SECONDS;
  const tell = () => say($("undo-text"), t("mailings.leaving_soon", { guests: t("mailings.to_guests", { n: guests }), n: seconds }));
  clearInterval(timer);
  tell();
  show($("undo-button"), true);
  show($("undo"), true);
  $("undo-button").onclick = () => undo(mailing);
  $("undo-button").focus();
  timer = setInterval(() => {
    seconds -= 1;
    if (seconds > 0) tell();
    else hide();
  }, 1000);
};

/** Asks, launches, and leads on. A number that changed meanwhile is asked about again. */
export const launching = async ({ mailing, expected }) => {
  const key = newKey();
  let guests = expected;
  for (;;) {
    if (!(await sure(mailing, guests))) return;
    try {
      await post(`/mailings/${encodeURIComponent(mailing.id)}/launch`, { expected: guests }, { key: `${key}-${guests}` });
      break;
    } catch (problem) {
      if (problem.slug !== "audience-changed" || typeof problem.body.count !== "number" || problem.body.count === guests) throw problem;
      guests = problem.body.count;
    }
  }
  left(mailing.id);
  if (mailing.schedule.kind === "now") offerUndo(mailing, guests);
};

/** `changed(id)` after a mailing was launched or taken back. */
export const wireLaunch = ({ changed }) => { left = changed; };
export const forgetUndo = () => { if (!timer || $("undo-button").hidden) hide(); };
