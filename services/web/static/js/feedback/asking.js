// Whether and when guests are asked for a rating.
import { get, put } from "../api.js";
import { $, say, show } from "../dom.js";
import { t } from "../words.js";

const MOST = 720;

const draw = ({ ask_for_ratings: ask, minutes_after: minutes }) => {
  $("ask").checked = ask;
  $("minutes").value = minutes ?? "";
};

export const loadAsking = async () => draw(await get("/feedback/settings"));

/** What was typed: a number, null for nothing, NaN for what cannot be meant. */
const typed = () => {
  const text = $("minutes").value.trim();
  if (!text) return null;
  return /^\d{1,3}$/.test(text) && Number(text) <= MOST ? Number(text) : NaN;
};

export const wireAsking = ({ failed }) => {
  const clean = () => { say($("asking-saved"), ""); show($("minutes-wrong"), Number.isNaN(typed())); };
  $("asking").addEventListener("input", clean);
  $("asking").addEventListener("submit", async (event) => {
    event.preventDefault();
    clean();
    const minutes = typed();
    if (Number.isNaN(minutes)) { $("minutes").focus(); return; }
    try {
      draw(await put("/feedback/settings", { ask_for_ratings: $("ask").checked, minutes_after: minutes }, { repeatable: true }));
      say($("asking-saved"), t("feedback.saved"));
    } catch (problem) {
      failed(problem);
    }
  });
};
