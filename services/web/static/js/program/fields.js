// The form's fields by the pointers of the API: filling them in, reading them, saying at a field what is wrong with it.
import { $, say, show } from "../dom.js";
import { number, t } from "../words.js";

const inputs = [...document.querySelectorAll("[data-path]")];

const keysOf = (path) => path.slice(1).split("/");
const valueAt = (body, path) => keysOf(path).reduce((part, key) => part?.[key], body);
const put = (body, path, value) => {
  const keys = keysOf(path);
  const last = keys.pop();
  const place = keys.reduce((part, key) => part?.[key], body);
  if (place) place[last] = value;
};

const shownText = (value, scale) => (scale ? String(value / scale).replace(".", document.documentElement.lang === "ru" ? "," : ".") : String(value ?? ""));

/** Fills the form with a program as the API gives it. */
export const fill = (program) => {
  for (const input of inputs) {
    const value = valueAt(program, input.dataset.path);
    input.closest("[data-tier]")?.toggleAttribute("hidden", value === undefined);
    if (value !== undefined) input.value = shownText(value, Number(input.dataset.scale) || 0);
  }
  for (const mode of document.querySelectorAll("[name=mode]")) mode.checked = mode.value === program.mode;
};

const complain = (path, text) => {
  const input = inputs.find((each) => each.dataset.path === path);
  if (!input) return false;
  const place = input.closest("[data-field]").querySelector("[data-wrong-of]");
  say(place, text);
  show(place, Boolean(text));
  input.setAttribute("aria-invalid", String(Boolean(text)));
  return true;
};

/** A number of the form, in the API's unit; or the sentence that says what is wrong with it. */
const numberOf = ({ value, dataset: { scale, low, high } }) => {
  const text = value.replace(/[\s\u00a0]/g, "").replace(",", ".");
  const most = Number(scale) > 1 ? /^\d{1,7}(\.\d{1,2})?$/ : /^\d{1,7}$/;
  const found = Number(text);
  if (most.test(text) && found >= Number(low) && found <= Number(high)) return Math.round(found * Number(scale));
  return t(Number(scale) > 1 ? "program.between_exact" : "program.between", { low: number(Number(low)), high: number(Number(high)) });
};

/** The program as the form says, `null` while a field holds something impossible; each such field says so. */
export const read = (before) => {
  const body = structuredClone(before);
  let fine = true;
  body.mode = document.querySelector("[name=mode]:checked").value;
  for (const input of inputs) {
    const { path, scale } = input.dataset;
    if (valueAt(body, path) === undefined) continue;
    const value = scale ? numberOf(input) : input.value.trim();
    const wrong = scale ? (typeof value === "string" ? value : "") : path === "/gift" && value.length < 2 ? t("program.gift_needed") : "";
    complain(path, wrong);
    if (wrong) fine = false;
    else put(body, path, value);
  }
  return fine ? body : null;
};

const reason = (pointer) => {
  if (pointer === "/points/tiers/0/spend") return t("program.first_tier");
  if (/^\/points\/tiers\/\d\/spend$/.test(pointer)) return t("program.tier_above");
  if (/^\/points\/tiers\/\d\/rate$/.test(pointer)) return t("program.rate_above");
  if (pointer === "/points/warn_days") return t("program.warn_earlier");
  return t(pointer === "/guards/purchases_a_day" ? "program.fewer_purchases" : "program.not_possible");
};

/** Shows what the API found wrong, at its fields. True if every fault has a field. */
export const showFaults = (errors = []) => errors.length > 0 && errors.map(({ pointer }) => complain(pointer, reason(pointer))).every(Boolean);

export const firstFault = () => inputs.find((input) => input.getAttribute("aria-invalid") === "true" && input.offsetParent);
export const showParts = (mode) => {
  for (const part of document.querySelectorAll("[data-when]")) show(part, mode === "both" || mode === part.dataset.when);
  return $("rules");
};
