// How the message reads: to somebody made up, or to a real guest found by four digits.
import { post, Problem } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { t } from "../words.js";

const QUIET = 350; // milliseconds without a keystroke before it is asked for
let guest = null;
let timer = null;
let turn = 0;

const wrong = (words) => { say($("preview-wrong"), words); show($("preview-wrong"), Boolean(words)); };
const draw = (text, note) => {
  $("preview").replaceChildren(...(text ? [h("p", { class: "bubble written" }, text)] : []));
  say($("preview-of"), note);
};

const ask = async (said) => {
  const mine = (turn += 1);
  const body = said();
  if (!body.text) { draw("", t("offers.preview_empty")); wrong(""); return; }
  try {
    const found = await post("/mailings/preview", { ...body, ...(guest ? { guest_id: guest.id } : {}) }, { repeatable: true });
    if (mine !== turn) return;
    const reader = guest?.name || guest?.masked_phone;
    draw(found.text, guest ? t("offers.preview_of", { guest: reader }) : t("offers.preview_sample"));
    wrong(found.problems.length ? t("offers.text_wrong") : "");
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (mine === turn) wrong(problem.sentence);
  }
};

const find = async (digits) => {
  guest = null;
  if (digits.length < 4) return;
  const { guests } = await post("/guests/search", { last4: digits }, { repeatable: true });
  guest = guests[0] ?? null;
};

/** Returns `again()`, which shows `said()` ({text, fallback_name, offer}) anew after a moment of quiet. */
export const wirePreview = (said) => {
  const again = () => { clearTimeout(timer); timer = setTimeout(() => ask(said), QUIET); };
  $("preview-guest").addEventListener("input", async () => {
    const digits = $("preview-guest").value.replace(/\D/g, "");
    await find(digits).catch(() => null);
    if (digits.length === 4 && !guest) wrong(t("offers.preview_nobody"));
    else again();
  });
  return again;
};
