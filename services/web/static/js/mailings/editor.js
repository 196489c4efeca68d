// A mailing that has not left: the form, its estimate and preview as one types, keeping it, trying it, launching it.
import { call, newKey, post, Problem } from "../api.js";
import { $, say, show } from "../dom.js";
import { estimate, estimateSoon } from "../offers/estimate.js";
import { fillOffer, loadCoupons, offer, wireOffer } from "../offers/offer.js";
import { wirePreview } from "../offers/preview.js";
import { checkTexts, fallbackName, fillTexts, textAtHand, texts, wireTexts } from "../offers/text.js";
import { minorOf, t } from "../words.js";
import { audience, fillAudience, loadKept, wireAudience } from "./audience.js";
import { launching } from "./launch.js";
import { endsAt, fillSchedule, schedule, scheduleKind, wireSchedule } from "./schedule.js";

const SEGMENTS = ["leaving", "sleeping", "rare", "new", "active"];
// What a ready mailing gives: whom it must bring back gets points, for so many days.
const READY = { leaving: { kind: "points", points: 5000, valid_days: 14 }, sleeping: { kind: "points", points: 10_000, valid_days: 30 }, active: { kind: "points", points: 3000, valid_days: 30 } };
let mailing = null; // as the API last gave it; null while it is only on this page
let key = newKey(); // one key per new mailing, however often it is sent
let landed = () => {};
let gone = () => {};

const complain = (words) => { say($("save-wrong"), words); show($("save-wrong"), Boolean(words)); };
const note = (words) => say($("saved-note"), words);
const place = (name, words) => { say($(`${name}-wrong`), words); show($(`${name}-wrong`), Boolean(words)); return !words; };

const limits = () => {
  const [holdout, most] = [$("holdout").value.trim() || "0", $("max-messages").value.trim()];
  const cost = minorOf($("max-cost").value);
  const fine = /^\d{1,2}$/.test(holdout) && Number(holdout) <= 50 && (!most || /^[1-9]\d{0,6}$/.test(most)) && !Number.isNaN(cost);
  place("limits", fine ? "" : t("mailings.limits_wrong"));
  return fine ? { holdout_percent: Number(holdout), max_messages: most ? Number(most) : null, max_offer_cost: cost } : null;
};

/** What the estimate is asked for; null while the form holds something impossible. */
const asked = () => {
  const [whom, what, most] = [audience(), offer(), limits()];
  return whom && what !== undefined && most ? { audience: whom, offer: what, holdout_percent: most.holdout_percent } : null;
};

/** The mailing as the form says, null while something is missing; each such field says so. */
const body = () => {
  const name = $("name").value.trim();
  const [named, whom, what, when, most] = [place("name", name ? "" : t("mailings.name_wrong")), audience(), offer(), schedule(), limits()];
  const worded = checkTexts();
  if (!named || !whom || what === undefined || !when || !most || !worded) return null;
  return { name, audience: whom, texts: texts(), fallback_name: fallbackName(), offer: what, schedule: when, ends_at: endsAt(), ...most };
};

const path = () => `/mailings/${encodeURIComponent(mailing.id)}`;

const refused = (problem) => {
  if (!(problem instanceof Problem)) throw problem;
  const worded = checkTexts(problem.body.errors);
  complain(worded ? problem.sentence : t("mailings.see_fields"));
  return null;
};

/** Keeps the draft; resolves to it, or to null after saying what is wrong. */
const keep = async () => {
  complain("");
  note("");
  const said = body();
  if (!said) {
    complain(t("mailings.see_fields"));
    document.querySelector("#editor [aria-invalid=true], #name")?.focus();
    return null;
  }
  try {
    const saved = mailing ? await call("PATCH", path(), { body: said, repeatable: true }) : await post("/mailings", said, { key });
    if (!mailing) key = newKey();
    mailing = saved;
    show($("delete"), true);
    landed(saved.id);
    return saved;
  } catch (problem) {
    return refused(problem);
  }
};

/** While something is under way no button is taken twice. */
const once = (work) => async (event) => {
  event.preventDefault();
  const buttons = [...$("editor").querySelectorAll(".actions-part button")];
  if (buttons.some((button) => button.disabled)) return;
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await work();
  } catch (problem) {
    refused(problem);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
};

const save = async () => { if (await keep()) note(t("mailings.saved_draft")); };

const tryIt = async () => {
  if (!(await keep())) return;
  await post(`${path()}/test`, undefined, { key: newKey() });
  note(t("mailings.test_sent"));
};

const launch = async () => {
  const saved = await keep();
  const found = saved && (await estimate(asked()));
  if (found) await launching({ mailing: saved, expected: found.will_get });
};

const remove = async () => {
  if (mailing) await call("DELETE", path(), { repeatable: true });
  gone();
};

const fill = (found) => {
  $("name").value = found.name ?? "";
  fillAudience(found.audience);
  fillTexts(found.texts ?? [], found.fallback_name);
  fillOffer(found.offer);
  fillSchedule(found.schedule, found.ends_at);
  $("holdout").value = String(found.holdout_percent ?? 10);
  $("max-messages").value = found.max_messages ?? "";
  $("max-cost").value = found.max_offer_cost ? String(found.max_offer_cost / 100) : "";
  for (const name of ["name", "limits", "save"]) place(name, "");
  show($("delete"), Boolean(mailing));
  note("");
  edited();
};

/** A prepared mailing for a segment; an empty one without it. */
const ready = (segment) => {
  if (!SEGMENTS.includes(segment)) return {};
  const text = t(`mailings.ready_text_${segment}`, { name: "{name}", stamps_left: "{stamps_left}" });
  return { name: t(`mailings.ready_${segment}`), audience: { segments: [segment] }, texts: [{ variant: "a", text }], fallback_name: t("mailings.ready_guest"), offer: READY[segment] ?? null };
};

let previewAgain = () => {};
const edited = () => {
  say($("launch"), t(scheduleKind() === "now" ? "mailings.launch" : "mailings.plan"));
  note("");
  complain("");
  estimateSoon(asked);
  previewAgain();
};

/** Opens `found`, a draft of the API's, or a new one: for a segment, or from another mailing (`like`). */
export const openEditor = async ({ found = null, segment = null, like = null }) => {
  mailing = found;
  key = newKey();
  await Promise.all([loadKept().catch(() => null), loadCoupons()]);
  fill(found ?? (like ? { ...like, name: t("mailings.copy_name", { name: like.name }), schedule: { kind: "now" }, ends_at: null } : ready(segment)));
  if (!found) $("name").focus();
};

/** `saved(id)` when a draft has its own address, `left()` when it was deleted; `failed` hears of other problems. */
export const wireEditor = ({ saved, left, failed }) => {
  landed = saved;
  gone = left;
  previewAgain = wirePreview(() => ({ text: textAtHand(), fallback_name: fallbackName(), offer: offer() ?? null }));
  wireAudience({ edited, failed });
  wireTexts(edited);
  wireOffer(edited);
  wireSchedule(edited);
  for (const field of [$("name"), $("holdout"), $("max-messages"), $("max-cost")]) field.addEventListener("input", edited);
  $("editor").addEventListener("submit", once(launch));
  $("save").addEventListener("click", once(save));
  $("test").addEventListener("click", once(tryIt));
  $("delete").addEventListener("click", once(remove));
};
