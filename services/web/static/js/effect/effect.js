// What all mailings and scenarios brought, newest first.
import { get } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { dateOf, dayOf, t } from "../words.js";
import { effectTable } from "./table.js";

const gated = Boolean($("gate"));
const day = (moment) => dateOf(dayOf(new Date(moment)));

const kindOf = (kind) => t(kind === "trigger" ? "effect.kind_trigger" : "effect.kind_mailing");

const card = ({ kind, id, name, ...effect }) => h("li", { class: "card part", "data-effect": id },
  h("header", { class: "head" }, h("h2", {}, h("a", { href: kind === "trigger" ? `/owner/triggers?trigger=${id}` : `/owner/mailings?mailing=${id}` }, name)),
    h("p", { class: "quiet small" }, [kindOf(kind), effect.since && t("effect.since", { from: day(effect.since), to: day(effect.until ?? effect.since) })].filter(Boolean).join(" · "))),
  ...effectTable(effect, name));

// What has reached nobody yet has no effect to tell of.
const sent = (effects) => effects.filter(({ sides }) => sides.length > 0);

let next = null;
const page = async (after) => {
  const found = await get(`/mailings/effects${after ? `?after=${encodeURIComponent(after)}` : ""}`);
  next = found.next;
  show($("more"), Boolean(next));
  return found.effects;
};

const load = () => trying(async () => {
  const effects = await page(null);
  $("effects").replaceChildren(...sent(effects).map(card));
  show($("teach"), sent(effects).length === 0 && !next);
  show($("how"), sent(effects).length > 0);
  say($("finding"), t("effect.finding"));
});

onRetry(load);
$("more").addEventListener("click", () => trying(async () => $("effects").append(...sent(await page(next)).map(card))));
start().then(() => { if (gated) say($("finding"), ""); else return load(); }).catch(() => show($("failed"), true));
