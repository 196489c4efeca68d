// When: now, at an hour, every week or month; by the shop's clock.
import { now } from "../api.js";
import { $, say, show } from "../dom.js";
import { dayOf, momentInWords, momentOf, t, timeOf } from "../words.js";

const DAY = 86_400_000;
const kinds = [...document.querySelectorAll("[name=schedule]")];
const weekdays = [...document.querySelectorAll("[data-weekday]")];
export const scheduleKind = () => kinds.find((radio) => radio.checked).value;

const showFields = () => {
  for (const field of document.querySelectorAll("[data-schedule]")) show(field, field.dataset.schedule.split(" ").includes(scheduleKind()));
};
const complain = (words) => { say($("schedule-wrong"), words); show($("schedule-wrong"), Boolean(words)); };
const refuse = (words) => { complain(words); return null; };

/** The schedule as the API takes it; null while something is missing, which is said. */
export const schedule = () => {
  complain("");
  const kind = scheduleKind();
  const [day, time] = [$("at-day").value, $("at-time").value];
  if (kind === "now") return { kind };
  if (!time) return refuse(t("mailings.schedule_wrong"));
  if (kind === "at") {
    const at = day && momentOf(day, time);
    return at && Date.parse(at) > now() ? { kind, at } : refuse(t("mailings.schedule_wrong"));
  }
  if (kind === "weekly") {
    const days = weekdays.filter((box) => box.checked).map((box) => Number(box.value));
    return days.length ? { kind, weekdays: days, time } : refuse(t("mailings.weekday_wrong"));
  }
  const monthDay = Number($("month-day").value);
  return Number.isInteger(monthDay) && monthDay >= 1 && monthDay <= 28 ? { kind, day: monthDay, time } : refuse(t("mailings.schedule_wrong"));
};

/** When a repeated mailing sends no more: the end of its last day; null for no end. */
export const endsAt = () => (["weekly", "monthly"].includes(scheduleKind()) && $("ends-day").value ? momentOf($("ends-day").value, "23:59") : null);

export const fillSchedule = (found = { kind: "now" }, ends = null) => {
  for (const radio of kinds) radio.checked = radio.value === found.kind;
  $("at-day").value = dayOf(found.at ? new Date(found.at) : new Date(now() + DAY));
  $("at-time").value = found.at ? timeOf(found.at) : found.time?.slice(0, 5) ?? "10:00";
  $("month-day").value = String(found.day ?? 1);
  for (const box of weekdays) box.checked = (found.weekdays ?? []).includes(Number(box.value));
  $("ends-day").value = ends ? dayOf(new Date(ends)) : "";
  $("at-day").min = dayOf(new Date());
  complain("");
  showFields();
};

/** "каждую неделю: Пн, Ср, 10:00". */
export const scheduleInWords = (found) => {
  if (found.kind === "at") return momentInWords(found.at);
  if (found.kind === "weekly") return `${t("mailings.schedule_weekly")}: ${found.weekdays.map((day) => t(`mailings.weekday_${day}`)).join(", ")}, ${found.time.slice(0, 5)}`;
  return found.kind === "monthly" ? `${t("mailings.schedule_monthly")}: ${found.day}, ${found.time.slice(0, 5)}` : t("mailings.schedule_now");
};

export const wireSchedule = (edited) => $("schedule").addEventListener("input", () => { showFields(); complain(""); edited(); });
