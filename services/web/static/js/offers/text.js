// The words of a message: one text or two, placeholders put in where the cursor stands.
import { $, say, show } from "../dom.js";
import { t } from "../words.js";

const fields = [...document.querySelectorAll("[data-variant]")];
const boxOf = (field) => field.querySelector("textarea");
const second = $("second-text");
let last = boxOf(fields[0]);
let changed = () => {};

const shown = () => fields.filter((field) => !field.hidden);

const showSecond = (yes) => {
  if (!second) return;
  show(fields[1], yes);
  show(fields[0].querySelector("[data-variant-name]"), yes);
  say(second, t(yes ? "offers.one_text" : "offers.second_text"));
};

const put = (name) => {
  const [start, end] = [last.selectionStart, last.selectionEnd];
  last.setRangeText(`{${name}}`, start, end, "end");
  last.focus();
  changed();
};

export const texts = () => shown().map((field) => ({ variant: field.dataset.variant, text: boxOf(field).value.trim() }));
export const fallbackName = () => $("fallback-name").value.trim();
/** The text one is at, for the preview. */
export const textAtHand = () => (shown().some((field) => boxOf(field) === last) ? last : boxOf(fields[0])).value.trim();

export const fillTexts = (found, fallback) => {
  for (const field of fields) boxOf(field).value = found.find(({ variant }) => variant === field.dataset.variant)?.text ?? "";
  showSecond(found.length > 1);
  $("fallback-name").value = fallback ?? "";
  complain("a", "");
  complain("b", "");
};

const complain = (variant, words) => {
  const place = $(`text-${variant}-wrong`);
  if (!place) return;
  say(place, words);
  show(place, Boolean(words));
  $(`text-${variant}`).setAttribute("aria-invalid", String(Boolean(words)));
};

/** Says at the texts what is wrong; `faults` are the API's errors with pointers. True if nothing is. */
export const checkTexts = (faults = []) => {
  let fine = true;
  texts().forEach(({ variant, text }, place) => {
    const fault = faults.find(({ pointer }) => pointer === `/texts/${place}/text` || pointer === "/text");
    const words = text ? (fault ? t("offers.text_wrong") : "") : t("offers.text_needed");
    complain(variant, words);
    if (words) fine = false;
  });
  return fine;
};

/** `edited()` after every change. */
export const wireTexts = (edited) => {
  changed = edited;
  for (const field of fields) {
    const box = boxOf(field);
    box.addEventListener("focus", () => { last = box; edited(); });
    box.addEventListener("input", () => { complain(field.dataset.variant, ""); edited(); });
  }
  $("fallback-name").addEventListener("input", edited);
  for (const button of document.querySelectorAll("[data-placeholder]")) button.addEventListener("click", () => put(button.dataset.placeholder));
  second?.addEventListener("click", () => { showSecond(fields[1].hidden); if (!fields[1].hidden) boxOf(fields[1]).focus(); edited(); });
};
