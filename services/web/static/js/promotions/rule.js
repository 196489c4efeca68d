// A promotion's rule as the API knows it, to and from the form's fields.
import { $, say, show } from "../dom.js";
import { dayOf, minorOf, momentOf, t } from "../words.js";

const DAY = 86_400_000;
/** What each kind may give; the first is what it begins with. */
const GIVES = {
  discount: ["percent", "amount"],
  "n-for-m": ["buy"],
  "bonus-multiplier": ["factor"],
  "extra-stamps": ["stamps"],
  coupon: ["percent", "amount", "buy", "points", "stamps", "gift", "factor"],
  "spend-get": ["points", "gift", "percent", "amount", "stamps"],
  combo: ["amount", "price", "percent"],
};
const inputs = [...document.querySelectorAll("[data-path]")];
const boxes = (name) => [...document.querySelectorAll(`[data-${name}]`)];
const keysOf = (path) => path.slice(1).split("/");
const valueAt = (rule, path) => keysOf(path).reduce((part, key) => part?.[key], rule);

const shownMoney = (minor) => (minor ? String(minor / 100).replace(".", document.documentElement.lang === "ru" ? "," : ".") : "");
const SHOWN = {
  money: shownMoney,
  count: (value) => (value ? String(value) : ""),
  items: (value) => (value ?? []).join(", "),
  text: (value) => value ?? "",
  day: (moment) => (moment ? dayOf(new Date(Date.parse(moment) - 1)) : ""),
  time: (value) => (value ?? "").slice(0, 5),
};
const READ = {
  money: (text) => minorOf(text) ?? 0,
  count: (text) => (/^\d{0,7}$/.test(text) ? Number(text) : NaN),
  items: (text) => text.split(",").map((item) => item.trim()).filter(Boolean),
  text: (text) => text,
  day: (day) => (day ? momentOf(dayOf(new Date(Date.parse(`${day}T12:00Z`) + DAY)), "00:00") : null),
  time: (time) => time || null,
};

/** Shows the fields of what is given; a kind that cannot give it gets what it can. */
export const showGives = () => {
  const possible = GIVES[$("kind").value];
  for (const option of $("gives").options) { option.hidden = !possible.includes(option.value); option.disabled = option.hidden; }
  if (!possible.includes($("gives").value)) [$("gives").value] = possible;
  for (const part of document.querySelectorAll("[data-gives]")) show(part, part.dataset.gives === $("gives").value);
};

export const EMPTY = { kind: "discount", name: "", benefit: { percent: 10 }, conditions: {}, limits: {}, priority: 100 };

/** Fills the form with a rule. */
export const fillRule = (rule) => {
  $("kind").value = rule.kind;
  $("gives").value = GIVES[rule.kind].find((name) => rule.benefit[name]) ?? GIVES[rule.kind][0];
  for (const input of inputs) input.value = SHOWN[input.dataset.kind](valueAt(rule, input.dataset.path));
  for (const box of boxes("segment")) box.checked = (rule.conditions.segments ?? []).includes(box.value);
  for (const box of boxes("weekday")) box.checked = (rule.conditions.weekdays ?? []).includes(Number(box.value));
  $("from-day").value = rule.conditions.from_at ? dayOf(new Date(rule.conditions.from_at)) : "";
  $("from-time").value = SHOWN.time(rule.conditions.from_time);
  $("first-purchase").checked = Boolean(rule.conditions.first_purchase);
  clearFaults();
  showGives();
};

const complain = (path, words) => {
  const input = inputs.find((each) => each.dataset.path === path);
  const place = document.querySelector(`[data-wrong-of="${path}"]`);
  if (!input || !place) return false;
  say(place, words);
  show(place, Boolean(words));
  input.setAttribute("aria-invalid", String(Boolean(words)));
  return Boolean(input.offsetParent);
};
export const clearFaults = () => inputs.forEach(({ dataset: { path } }) => complain(path, ""));
/** Shows what the API found wrong at its fields (pointers `/rule/…`, `/promotion/…` or of the rule itself). True if all have one. */
export const showFaults = (errors = []) => errors.length > 0 && errors.map(({ pointer = "" }) => complain(pointer.replace(/^\/(rule|promotion)/, ""), t("promotions.check"))).every(Boolean);

/** The rule as the form says, null while a field holds what is no number. */
export const readRule = () => {
  clearFaults();
  const rule = { kind: $("kind").value, benefit: {}, conditions: {}, limits: {} };
  let fine = true;
  for (const input of inputs) {
    const { path, kind } = input.dataset;
    const off = input.closest("[data-gives]")?.hidden;
    const value = off ? undefined : READ[kind](input.value.trim());
    if (Number.isNaN(value)) { complain(path, t("promotions.no_number")); fine = false; continue; }
    const keys = keysOf(path);
    const last = keys.pop();
    if (value !== undefined && !(path === "/priority" && !value)) keys.reduce((part, key) => part[key], rule)[last] = value;
  }
  rule.conditions.segments = boxes("segment").filter((box) => box.checked).map((box) => box.value);
  rule.conditions.weekdays = boxes("weekday").filter((box) => box.checked).map((box) => Number(box.value));
  rule.conditions.from_at = $("from-day").value ? momentOf($("from-day").value, "00:00") : null;
  rule.conditions.from_time = $("from-time").value || null;
  rule.conditions.first_purchase = $("first-purchase").checked;
  return fine ? rule : null;
};
