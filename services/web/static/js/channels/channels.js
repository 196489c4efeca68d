// The owner's channels: which work, what waits and how long, who can be reached by which.
import { get } from "../api.js";
import { $, h, icon, say, show } from "../dom.js";
import { failed, onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { momentInWords, number, share, t } from "../words.js";

const AGAIN = 3000;
const ORDER = ["new", "active", "leaving", "rare", "sleeping", null];
const NAMES = { telegram: "Telegram", sms: "SMS", web: t("channels.web") };
const STATES = { closed: ["good", "check", "channels.works"], open: ["bad", "warning", "channels.down"], probing: ["warn", "undo", "channels.probing"] };

const why = (reason) => {
  if (!reason) return "";
  if (/money|balance/.test(reason)) return t("channels.no_money");
  return t(/token|auth|refus|ip/.test(reason) ? "channels.refused" : "channels.silent");
};

const line = ({ channel, breaker, since, reason }) => {
  const [kind, picture, word] = STATES[breaker ?? "closed"];
  const down = breaker === "open" || breaker === "probing";
  const facts = down ? [since && t("channels.since", { when: momentInWords(since) }), why(reason)].filter(Boolean).join(" · ") : t(`channels.about_${channel}`);
  return h("li", { class: `card line-card ${kind}`, "data-channel": channel, "data-state": breaker ?? "closed" },
    h("h2", {}, NAMES[channel] ?? channel),
    h("p", { class: "state" }, icon(picture), t(word)),
    h("p", { class: "quiet small" }, facts));
};

const age = (seconds) => t(seconds < 90 ? "channels.seconds" : "channels.minutes", { n: Math.round(seconds < 90 ? seconds : seconds / 60) });

const waitingRow = ({ channel, urgency, waiting, parked, oldest_seconds: oldest }) => h("tr", {},
  h("th", { scope: "row", class: "word" }, NAMES[channel] ?? channel, " ", h("small", { class: "quiet" }, t(`channels.urgency_${urgency}`))),
  h("td", {}, number(waiting)), h("td", {}, number(parked)), h("td", {}, age(oldest)));

const part = (reached, guests) => (guests ? [number(reached), " ", h("small", { class: "quiet" }, share(reached / guests))] : "–");

const reachRow = ({ segment, guests, telegram, sms, web }) => h("tr", {},
  h("th", { scope: "row", class: "word" }, segment ? h("span", { class: `tag ${segment}` }, icon(segment), t(`segment.${segment}`)) : t("channels.no_segment")),
  h("td", {}, number(guests)), h("td", {}, part(telegram, guests)), h("td", {}, part(sms, guests)), h("td", { class: "wide" }, part(web, guests)));

const finding = (channels, backlog) => {
  const down = channels.filter(({ breaker }) => breaker === "open" || breaker === "probing").map(({ channel }) => NAMES[channel]);
  const waiting = backlog.reduce((sum, each) => sum + each.waiting + each.parked, 0);
  const first = down.length ? t("channels.some_down", { names: down.join(", ") }) : t("channels.all_work");
  return waiting ? `${first} ${t("channels.some_wait", { messages: t("count.messages", { n: waiting }) })}` : first;
};

let shown = "";
const showHealth = ({ channels, backlog }) => {
  say($("finding"), finding(channels, backlog));
  const now = JSON.stringify(channels);
  if (now !== shown) { shown = now; $("lines").replaceChildren(...channels.map(line)); }
  show($("waiting"), backlog.length > 0);
  show($("waiting-none"), backlog.length === 0);
  $("waiting").tBodies[0].replaceChildren(...backlog.map(waitingRow));
};

const showReach = ({ segments }) => {
  const rows = [...segments].sort((a, b) => ORDER.indexOf(a.segment) - ORDER.indexOf(b.segment));
  const all = rows.reduce((sum, { guests, telegram, sms, web }) => ({ guests: sum.guests + guests, telegram: sum.telegram + telegram, sms: sum.sms + sms, web: sum.web + web }), { guests: 0, telegram: 0, sms: 0, web: 0 });
  show($("reach"), all.guests > 0);
  say($("reach-note"), all.guests > 0 ? t("channels.reach_found", { telegram: share(all.telegram / all.guests), sms: share(all.sms / all.guests) }) : t("channels.reach_note"));
  $("reach").tBodies[0].replaceChildren(...rows.map(reachRow));
};

const load = (everything) => trying(async () => {
  const [health, reach] = await Promise.all([get("/channels"), everything ? get("/channels/reachability") : null]);
  showHealth(health);
  if (reach) showReach(reach);
});

onRetry(() => load(true));
const goOn = async () => {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, AGAIN));
    if (!document.hidden) await load(false);
  }
};
start().then(() => load(true)).then(goOn).catch(failed);
