// What guests say: conversations, ratings, surveys. The address says which of them is shown; live hints keep it true.
import { get } from "../api.js";
import { calmly } from "../calm.js";
import { $, say, show } from "../dom.js";
import { failed, onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { listen } from "../stream.js";
import { number, t } from "../words.js";
import { loadAsking, wireAsking } from "./asking.js";
import { averageNow, loadRatings, wireRatings } from "./ratings.js";
import { loadSurveys, wireSurveys } from "./surveys.js";
import { currentTalk, openTalk, wireTalk } from "./talk.js";
import { loadThreads, mark, wireThreads } from "./threads.js";

const VIEWS = ["threads", "ratings", "surveys"];
const query = new URLSearchParams(location.search);
const view = () => (VIEWS.includes(query.get("show")) ? query.get("show") : "threads");

/** Writes what is shown into the address, so that a link or a reload leads back. */
const address = (changes) => {
  for (const [name, value] of Object.entries(changes)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  history.replaceState(null, "", `?${query}`);
};

const headline = async () => {
  const [{ waiting: count }, average] = await Promise.all([get("/feedback/threads?state=open&limit=1"), averageNow()]);
  const waiting = count ? t("feedback.waiting", { n: count }) : t("feedback.nobody_waits");
  say($("finding"), average === null ? t("feedback.finding_unrated", { waiting }) : t("feedback.finding", { waiting, average: number(average) }));
};

const LOADERS = {
  threads: async () => { await loadThreads(query.get("thread")); await openTalk(query.get("thread")); },
  ratings: () => Promise.all([loadRatings(), loadAsking()]),
  surveys: loadSurveys,
};

const load = () => trying(() => Promise.all([headline(), LOADERS[view()]()]));
const refresh = calmly(load);

const turnTo = () => {
  for (const part of document.querySelectorAll("[data-part]")) show(part, part.dataset.part === view());
  for (const link of document.querySelectorAll("[data-view]")) {
    if (link.dataset.view === view()) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
};

const open = async (id) => {
  address({ thread: id });
  mark(id);
  await openTalk(id).catch(failed);
  if (id) $("talk-guest").focus();
};

for (const link of document.querySelectorAll("[data-view]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    address({ show: link.dataset.view });
    turnTo();
    load();
  });
}
wireThreads({ open, first: query.get("state"), chosen: (state) => { address({ state }); load(); }, failed });
wireTalk({ open, wrote: (id) => { if (id !== query.get("thread")) address({ thread: id }); refresh(); } });
wireRatings({ query, chosen: (period) => { address(period); load(); }, failed });
wireAsking({ failed });
wireSurveys();
onRetry(load);
turnTo();

const heard = (text) => {
  const { kind } = JSON.parse(text);
  // What the owner is looking at is asked for again; the settings he may be typing are not.
  if (kind === "rating" && view() === "ratings") loadRatings().catch(failed);
  else if (kind !== "survey" || view() === "surveys") (view() === "ratings" ? headline() : refresh()).catch?.(failed);
};
start().then(load).then(() => listen("/feedback/live", "news", { heard, opened: () => (currentTalk() || view() === "threads" ? refresh() : headline().catch(failed)) })).catch(failed);
