// One trigger: its event, words and gift, and how it reads as one types.
import { call, get, newKey, post, Problem } from "../api.js";
import { $, say, show } from "../dom.js";
import { effectTable } from "../effect/table.js";
import { fillOffer, loadCoupons, offer, wireOffer } from "../offers/offer.js";
import { wirePreview } from "../offers/preview.js";
import { checkTexts, fallbackName, fillTexts, textAtHand, texts, wireTexts } from "../offers/text.js";
import { t } from "../words.js";
import { event, fillEvent, wireEvent } from "./event.js";

const NEW = { name: "", on: { kind: "segment-entered", segment: "leaving" }, text: "", fallback_name: "", offer: null, delay_minutes: 60, once_per_days: 30, cancel_on_purchase: true, holdout_percent: 10 };
let trigger = null;
let key = newKey();
let previewAgain = () => {};
let busy = false;

const place = (name, words) => { say($(`${name}-wrong`), words); show($(`${name}-wrong`), Boolean(words)); return !words; };
const edited = () => { place("save", ""); previewAgain(); };

const showEffect = async () => {
  show($("effect-part"), Boolean(trigger));
  if (trigger) $("effect").replaceChildren(...effectTable(await get(`/triggers/${encodeURIComponent(trigger.id)}/effect`), trigger.name));
};

/** Opens `found`, or a new one. */
export const openEditor = async (found) => {
  trigger = found;
  key = newKey();
  await loadCoupons();
  const shown = found ?? NEW;
  say($("editor-title"), t(found ? "triggers.editor" : "triggers.editor_new"));
  $("name").value = shown.name;
  fillEvent(shown);
  fillTexts([{ variant: "a", text: shown.text }], shown.fallback_name);
  fillOffer(shown.offer);
  place("name", "");
  edited();
  await showEffect();
};

const body = () => {
  const name = $("name").value.trim();
  const [named, waits, gives, worded] = [place("name", name ? "" : t("triggers.name_wrong")), event(), offer(), checkTexts()];
  if (!named || !waits || gives === undefined || !worded) return null;
  return { name, ...waits, text: texts()[0].text, fallback_name: fallbackName(), offer: gives };
};

const refused = (problem) => {
  if (!(problem instanceof Problem)) throw problem;
  place("save", checkTexts(problem.body.errors) ? problem.sentence : t("mailings.see_fields"));
};

/** `saved(id)` after it was kept, `left()` when it was not. */
export const wireEditor = ({ saved, left }) => {
  previewAgain = wirePreview(() => ({ text: textAtHand(), fallback_name: fallbackName(), offer: offer() ?? null }));
  wireEvent(edited);
  wireTexts(edited);
  wireOffer(edited);
  $("leave").addEventListener("click", left);
  $("editor").addEventListener("submit", async (submitted) => {
    submitted.preventDefault();
    const said = body();
    if (!said) { place("save", t("mailings.see_fields")); return; }
    if (busy) return;
    busy = true;
    try {
      const kept = trigger ? await call("PATCH", `/triggers/${encodeURIComponent(trigger.id)}`, { body: said, repeatable: true }) : await post("/triggers", said, { key });
      saved(kept.id);
    } catch (problem) {
      refused(problem);
    } finally {
      busy = false;
    }
  });
};
