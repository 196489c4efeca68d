// The owner's segments page: dates in the address, numbers and pictures, live changes.
import { get } from "../api.js";
import { calmly } from "../calm.js";
import { $, say, show } from "../dom.js";
import { failed, onRetry, recovered } from "../failing.js";
import { start } from "../page.js";
import { listen } from "../stream.js";
import { before, isDay, today } from "./days.js";
import { finding, inWords, showNumbers, showRules } from "./figures.js";
import { drawFlow, moves } from "./flow.js";
import { drawRing } from "./ring.js";
import { dateOf, t, timeOf } from "../words.js";

const WEEK = 7;
const form = $("dates");
const presets = form.querySelectorAll("[data-days]");
let picture = null;

/** The two dates, the earlier one `from`; a date that follows today is not written down, so an open page goes on into the next day. */
const chosen = () => {
  const query = new URLSearchParams(location.search);
  const to = isDay(query.get("to")) ? query.get("to") : today();
  const from = query.get("from");
  return { to, from: isDay(from) && from < to ? from : before(to, WEEK) };
};

const choose = ({ from, to }) => {
  const query = new URLSearchParams();
  if (to !== today()) query.set("to", to);
  if (from !== before(to, WEEK)) query.set("from", from);
  const text = query.toString();
  history.replaceState(null, "", text ? `?${text}` : location.pathname);
  refetch();
};

const showDates = () => {
  const { from, to } = chosen();
  if (form.elements.from.value !== from) form.elements.from.value = from;
  if (form.elements.to.value !== to) form.elements.to.value = to;
  form.elements.from.max = before(to, 1);
  presets.forEach((button) => button.setAttribute("aria-pressed", String(to === today() && from === before(to, Number(button.dataset.days)))));
  const same = to === today();
  show($("as-if"), !same);
  say($("as-if"), same ? "" : t(to < today() ? "segments.as_of_past" : "segments.as_of_future", { date: dateOf(to) }));
};

const showFlow = ({ from, to, flow }) => {
  const list = moves(flow);
  const total = list.reduce((sum, move) => sum + move.guests, 0);
  const stayed = flow.reduce((sum, move) => sum + move.guests, 0) - total;
  say($("flow-title"), total > 0 ? t("segments.flow_title", { n: total }) : t("segments.flow_title_none"));
  say($("flow-note"), t("segments.flow_note", { from: dateOf(from.as_of), to: dateOf(to.as_of), stayed }));
  show($("flow"), total > 0);
  const part = (move) => t("segments.flow_part", { from: t(`segment.${move.from}`), to: t(`segment.${move.to}`), n: move.guests });
  if (total > 0) drawFlow($("flow"), list, t("segments.flow_text", { parts: list.map(part).join("; ") }));
};

const render = () => {
  const empty = picture.to.total === 0 && picture.from.total === 0 && picture.to.as_of === today();
  show($("loading"), false);
  recovered();
  show($("teach"), empty);
  show($("picture"), !empty);
  $("picture").classList.remove("waiting");
  if (empty) return;
  const [from, to] = [dateOf(picture.from.as_of), dateOf(picture.to.as_of)];
  say($("finding"), finding(picture));
  say($("ring-caption"), t("segments.ring_caption", { from, to }));
  showNumbers(picture);
  drawRing($("ring"), picture, [[to, picture.to], [from, picture.from]].map(([date, side]) => t("segments.ring_text", { date, parts: inWords(side) })).join(" "));
  showFlow(picture);
};

const load = async () => {
  const { from, to } = chosen();
  showDates();
  try {
    const found = await get(`/segments/comparison?from=${from}&to=${to}`);
    const now = chosen();
    if (now.from !== from || now.to !== to) return;
    picture = found;
    render();
  } catch (problem) {
    show($("loading"), false);
    failed(problem);
  }
};
const refetch = calmly(load);

const tell = ({ previous, next, at }) => {
  const [from, to] = [previous, next].map((name) => name && t(`segment.${name}`));
  say($("said"), from ? t("segments.moved", { time: timeOf(at), from, to }) : t("segments.arrived", { time: timeOf(at), to }));
};

const wire = () => {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", () => {
    const { from, to } = form.elements;
    if (!isDay(from.value) || !isDay(to.value)) return;
    $("picture").classList.add("waiting");
    choose({ to: to.value, from: from.value < to.value ? from.value : before(to.value, WEEK) });
  });
  presets.forEach((button) => button.addEventListener("click", () => choose({ to: today(), from: before(today(), Number(button.dataset.days)) })));
  onRetry(refetch);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refetch(); });
  new ResizeObserver(() => { if (picture && !$("picture").hidden) showFlow(picture); }).observe($("picture"));
};

wire();
showDates();
refetch();
start().catch(() => null);
get("/segments/settings").then(showRules).catch(() => show($("rules").parentElement, false));
listen("/segments/live", "segment-changed", {
  heard: (text) => { tell(JSON.parse(text)); refetch(); },
  opened: refetch,
  state: (on) => { $("live").classList.toggle("on", on); say($("live"), t(on ? "segments.live_on" : "segments.live_off")); },
});
