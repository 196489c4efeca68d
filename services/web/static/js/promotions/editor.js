// One promotion: its rule, and what it would do with a basket as one types.
import { call, newKey, post, Problem } from "../api.js";
import { $, say, show } from "../dom.js";
import { t } from "../words.js";
import { EMPTY, fillRule, readRule, showFaults, showGives } from "./rule.js";
import { tryAgain } from "./trying.js";

let promotion = null;
let key = newKey();
let busy = false;

const wrong = (words) => { say($("save-wrong"), words); show($("save-wrong"), Boolean(words)); };
const edited = () => { wrong(""); showGives(); tryAgain(readRule, promotion?.id ?? null); };

/** Opens `found`, or a new one. */
export const openEditor = async (found) => {
  promotion = found;
  key = newKey();
  say($("editor-title"), t(found ? "promotions.editor" : "promotions.editor_new"));
  fillRule(found?.rule ?? EMPTY);
  $("kind").disabled = Boolean(found?.started_at);
  show($("active").closest("label"), !found);
  $("active").checked = !found;
  edited();
};

const keep = (rule) => (promotion
  ? call("PATCH", `/promotions/${encodeURIComponent(promotion.id)}`, { body: { rule, version: promotion.version }, repeatable: true })
  : post("/promotions", { rule, active: $("active").checked }, { key }));

const save = async (saved) => {
  const rule = readRule();
  if (!rule) { wrong(t("promotions.see_fields")); return; }
  if (busy) return;
  busy = true;
  $("save").setAttribute("aria-disabled", "true");
  try {
    saved((await keep(rule)).id);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (!problem.maybe) key = newKey();
    wrong(showFaults(problem.body.errors) ? t("promotions.see_fields") : problem.sentence);
    document.querySelector("#editor [aria-invalid=true]")?.focus();
  } finally {
    busy = false;
    $("save").removeAttribute("aria-disabled");
  }
};

/** `saved(id)` after it was kept, `left()` when it was not. */
export const wireEditor = ({ saved, left }) => {
  $("editor").addEventListener("input", edited);
  $("leave").addEventListener("click", left);
  $("editor").addEventListener("submit", (submitted) => { submitted.preventDefault(); save(saved); });
};
