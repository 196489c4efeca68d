// The reports of past days: one day at a time, the day in the address.
import { get, newKey, post, Problem } from "../api.js";
import { $, say, show } from "../dom.js";
import { failed } from "../failing.js";
import { before, isDay, today } from "../segments/days.js";
import { dateOf, inLanguage, t } from "../words.js";

const query = new URLSearchParams(location.search);
const field = $("which-day");

const draw = (found, day) => {
  say($("daily-text"), inLanguage(found.text));
  $("daily-picture").alt = t("today.daily_picture", { date: dateOf(day) });
  $("daily-picture").src = `/api/v1/reports/daily/${day}/picture.png`;
};

const load = async () => {
  const day = field.value;
  say($("daily-sent"), "");
  $("later").disabled = day >= today();
  const found = await get(`/reports/daily/${day}`).catch((problem) => {
    if (problem instanceof Problem && [404, 422].includes(problem.status)) return null;
    throw problem;
  });
  if (field.value !== day) return;
  show($("daily"), true);
  show($("daily-parts"), Boolean(found));
  show($("daily-none"), !found);
  show($("daily-send"), Boolean(found));
  say($("daily-none"), found ? "" : t("today.daily_none", { date: dateOf(day) }));
  if (found) draw(found, day);
};

const choose = (day) => {
  if (!isDay(day) || day > today()) return;
  field.value = day;
  query.set("day", day);
  history.replaceState(null, "", `?${query}`);
  load().catch(failed);
};

const send = async () => {
  const button = $("daily-send");
  button.disabled = true;
  say(button, t("today.sending"));
  try {
    await post(`/reports/daily/${field.value}/send`, undefined, { key: newKey() });
    say($("daily-sent"), t("today.sent"));
  } catch (problem) {
    failed(problem);
  } finally {
    button.disabled = false;
    say(button, t("today.send"));
  }
};

/** Yesterday's report, or the day's that stands in the address. */
export const wireDaily = () => {
  field.max = today();
  field.value = isDay(query.get("day")) ? query.get("day") : before(today(), 1);
  field.addEventListener("change", () => choose(field.value));
  $("turn").addEventListener("submit", (event) => event.preventDefault());
  $("earlier").addEventListener("click", () => choose(before(field.value, 1)));
  $("later").addEventListener("click", () => choose(before(field.value, -1)));
  $("daily-picture").addEventListener("load", () => show($("daily-picture"), true));
  $("daily-picture").addEventListener("error", () => show($("daily-picture"), false));
  $("daily-send").addEventListener("click", send);
  load().catch(failed);
};
