// What a trigger waits for: its fields, and the same in words.
import { $, say, show } from "../dom.js";
import { t } from "../words.js";

const kind = $("on");
const WITH_DAYS = { silent: ["days", 1, 366], birthday: ["days_before", 0, 30], "points-expiring": ["days", 1, 60] };

const showFields = () => {
  for (const field of document.querySelectorAll("[data-on]")) show(field, field.dataset.on.split(" ").includes(kind.value));
};
const whole = (id, low, high) => {
  const text = $(id).value.trim();
  return /^\d{1,5}$/.test(text) && Number(text) >= low && Number(text) <= high ? Number(text) : null;
};

const on = () => {
  if (kind.value === "segment-entered") return { kind: kind.value, segment: $("on-segment").value };
  if (kind.value === "near-gift") return { kind: kind.value, left: whole("on-left", 1, 20) };
  const days = WITH_DAYS[kind.value];
  return days ? { kind: kind.value, [days[0]]: whole("on-days", days[1], days[2]) } : { kind: kind.value };
};

/** `{on, delay_minutes, once_per_days, holdout_percent, cancel_on_purchase}`; null while a number is impossible, which is said. */
export const event = () => {
  const found = { on: on(), delay_minutes: whole("delay", 0, 43_200), once_per_days: whole("once", 1, 366), holdout_percent: whole("holdout", 0, 50) };
  const fine = ![...Object.values(found), ...Object.values(found.on)].includes(null);
  say($("numbers-wrong"), fine ? "" : t("triggers.numbers_wrong"));
  show($("numbers-wrong"), !fine);
  return fine ? { ...found, cancel_on_purchase: $("cancel-on-purchase").checked } : null;
};

export const fillEvent = (trigger) => {
  kind.value = trigger.on.kind;
  if (trigger.on.segment) $("on-segment").value = trigger.on.segment;
  $("on-days").value = String(trigger.on.days ?? trigger.on.days_before ?? 7);
  $("on-left").value = String(trigger.on.left ?? 1);
  $("delay").value = String(trigger.delay_minutes);
  $("once").value = String(trigger.once_per_days);
  $("holdout").value = String(trigger.holdout_percent);
  $("cancel-on-purchase").checked = trigger.cancel_on_purchase;
  show($("numbers-wrong"), false);
  showFields();
};

const SAID = {
  "segment-entered": ({ segment }) => t("triggers.said_segment-entered", { segment: t(`segment.${segment}`) }),
  registered: () => t("triggers.said_registered"),
  silent: ({ days }) => t("triggers.said_silent", { days: t("offers.days", { n: days }) }),
  "near-gift": ({ left }) => t("triggers.said_near-gift", { n: left }),
  "low-rating-answered": () => t("triggers.said_low-rating-answered"),
  birthday: ({ days_before: days }) => (days ? t("triggers.said_birthday", { days: t("offers.days", { n: days }) }) : t("triggers.said_birthday_today")),
  "points-expiring": ({ days }) => t("triggers.said_points-expiring", { days: t("offers.days", { n: days }) }),
};
export const eventInWords = (found) => SAID[found.kind](found);

const wait = (minutes) => {
  if (minutes % 1440 === 0) return t("offers.days", { n: minutes / 1440 });
  return minutes % 60 === 0 ? t("triggers.hours", { n: minutes / 60 }) : t("count.minutes", { n: minutes });
};
/** "через 1 час · не чаще раза в 30 дней". */
export const pace = ({ delay_minutes: delay, once_per_days: days }) => [delay > 0 && t("triggers.after", { wait: wait(delay) }), t("triggers.once_per", { days: t("offers.days", { n: days }) })].filter(Boolean).join(" · ");

export const wireEvent = (edited) => $("event").addEventListener("input", () => { showFields(); edited(); });
