// The owner's program: a form, and beside it what a guest will read, as one types.
import { get, post, Problem, put } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { failed, onRetry, recovered } from "../failing.js";
import { start } from "../page.js";
import { fill, firstFault, read, showFaults, showParts } from "./fields.js";
import { dateOf, momentInWords, t } from "../words.js";

const QUIET = 350; // milliseconds without a keystroke before the preview is asked for
const form = $("rules");
let program = null;
let timer = null;
let turn = 0;
let saving = false;

const bodyOf = ({ changed_at: _, ...rest }) => rest;
const chosen = () => read(bodyOf(program));

const showReading = (reading) => {
  for (const language of ["ru", "en"]) {
    for (const what of ["conditions", "receipt"]) say($(`${what}-${language}`), reading[language][what]);
  }
};

const wrong = (text) => { say($("save-wrong"), text); show($("save-wrong"), Boolean(text)); };

const tell = (problem) => {
  if (!(problem instanceof Problem)) throw problem;
  if (!showFaults(problem.body.errors)) wrong(problem.sentence);
};

/** Asks for the preview; an answer that a newer keystroke overtook is not shown. */
const preview = async () => {
  const body = chosen();
  const mine = (turn += 1);
  if (!body) return;
  try {
    const reading = await post("/program/preview", body, { repeatable: true });
    if (mine === turn) showReading(reading);
  } catch (problem) {
    if (mine === turn) tell(problem);
  }
};

const edited = () => {
  say($("saved"), "");
  wrong("");
  showParts(form.elements.mode.value);
  chosen();
  clearTimeout(timer);
  timer = setTimeout(preview, QUIET);
};

const showSince = () => say($("since"), program.changed_at ? t("program.since", { n: program.version, when: momentInWords(program.changed_at) }) : t("program.untouched"));

const taken = (found) => {
  program = found;
  fill(program);
  showParts(program.mode);
  showSince();
};

const setSaving = (yes) => {
  saving = yes;
  $("save").setAttribute("aria-disabled", String(yes));
  say($("save"), t(yes ? "program.saving" : "program.save"));
};

const save = async (event) => {
  event.preventDefault();
  if (saving) return;
  const body = chosen();
  wrong("");
  if (!body) { wrong(t("program.see_fields")); firstFault()?.focus(); return; }
  setSaving(true);
  try {
    taken(await put("/program", body, { repeatable: true }));
    say($("saved"), t("program.saved"));
    preview();
  } catch (problem) {
    tell(problem);
    firstFault()?.focus();
  } finally {
    setSaving(false);
  }
};

const showFlags = async () => {
  const { flags } = await get("/accounts/flags");
  if (flags.length === 0) return;
  const { staff } = await get("/staff");
  const names = new Map(staff.map(({ id, name }) => [id, name]));
  const guest = (id) => get(`/guests/${encodeURIComponent(id)}`).then(({ name, masked_phone: number }) => [name, number].filter(Boolean).join(", "), () => t("program.gone"));
  const rows = await Promise.all(flags.slice(0, 10).map(async (flag) => h("li", {}, t("program.flag", {
    date: dateOf(flag.day), who: names.get(flag.actor_id) ?? t("program.gone"), guest: (await guest(flag.guest_id)) || t("program.gone"), purchases: flag.purchases,
  }))));
  $("flag-list").replaceChildren(...rows);
  show($("flags"), true);
};

const load = async () => {
  recovered();
  try {
    taken(await get("/program"));
    show($("program"), true);
    show($("loading"), false);
    await Promise.all([preview(), showFlags()]);
  } catch (problem) {
    show($("loading"), false);
    failed(problem);
  }
};

form.addEventListener("input", edited);
form.addEventListener("submit", save);
onRetry(load);
start().then(load).catch(failed);
