// All mailings, newest first; search and filter stay in the address.
import { get } from "../api.js";
import { $, h, icon, show } from "../dom.js";
import { momentInWords, t } from "../words.js";
import { audienceInWords } from "./audience.js";
import { scheduleInWords } from "./schedule.js";

const PAGE = 20;
const QUIET = 300;
const MOODS = { draft: "calm", scheduled: "warn", launching: "busy", sending: "busy", done: "good", stopped: "calm", failed: "bad" };
let next = null;
let timer = null;

/** A state as a word with a colour. */
export const stateOf = (state) => h("span", { class: `state ${MOODS[state]}` }, t(`mailings.state_${state}`));

const when = (mailing) => {
  if (mailing.state === "scheduled") return mailing.starts_at ? t("mailings.starts_at", { when: momentInWords(mailing.starts_at) }) : scheduleInWords(mailing.schedule);
  if (mailing.runs.length > 0) return `${t("count.guests", { n: mailing.runs[0].audience })} · ${momentInWords(mailing.runs[0].started_at)}`;
  return t("mailings.created_at", { when: momentInWords(mailing.created_at) });
};

const row = (mailing, open) => h("li", {}, h("a", { class: "card mailing", href: `?mailing=${mailing.id}`, "data-mailing": mailing.id, "data-state": mailing.state, onclick: (event) => { event.preventDefault(); open(mailing.id); } },
  h("b", {}, mailing.name), stateOf(mailing.state),
  h("span", { class: "quiet small" }, icon("person"), audienceInWords(mailing.audience)),
  h("span", { class: "quiet small end" }, when(mailing))));

const asked = () => ({ q: $("q").value.trim(), state: $("state").value });

const page = (after) => {
  const wanted = Object.entries({ ...asked(), after: after ?? "" }).filter(([, value]) => value);
  return get(`/mailings?${new URLSearchParams([...wanted, ["limit", PAGE]])}`);
};

export const loadList = async (open) => {
  const found = await page(null);
  next = found.next;
  const filtered = Object.values(asked()).some(Boolean);
  $("mailings").replaceChildren(...found.mailings.map((each) => row(each, open)));
  show($("teach"), found.mailings.length === 0 && !filtered);
  show($("none"), found.mailings.length === 0 && filtered);
  show($("filters"), filtered || found.mailings.length > 0);
  show($("more"), Boolean(next));
};

/** `chosen({q, state})` writes into the address and loads again. */
export const wireList = ({ query, chosen, open, failed }) => {
  $("q").value = query.get("q") ?? "";
  $("state").value = query.get("state") ?? "";
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("state").addEventListener("change", () => chosen(asked()));
  $("q").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => chosen(asked()), QUIET); });
  $("more").addEventListener("click", async () => {
    try {
      const found = await page(next);
      next = found.next;
      $("mailings").append(...found.mailings.map((each) => row(each, open)));
      show($("more"), Boolean(next));
    } catch (problem) {
      failed(problem);
    }
  });
};
