// The shop's triggers with a switch each, and the ready ones to take.
import { $, h, icon, say, show } from "../dom.js";
import { offerInWords } from "../offers/offer.js";
import { inLanguage, t } from "../words.js";
import { eventInWords, pace } from "./event.js";

const GIVES = { points: "gift", coupon: "gift", promotion: "star", nothing: "chat" };

const switchOf = (trigger, actions) => h("button", {
  class: "switch", type: "button", role: "switch", "aria-checked": String(trigger.active), "aria-label": t("triggers.switch", { name: trigger.name }), onclick: () => actions.turn(trigger),
}, h("span", { class: "knob", "aria-hidden": "true" }), h("span", { "aria-hidden": "true" }, t(trigger.active ? "triggers.on" : "triggers.off")));

const why = (reason) => t(reason === "plan-required" ? "triggers.stopped_plan-required" : "triggers.stopped_promotion-ended");

const row = (trigger, actions) => h("li", { class: `card trigger ${trigger.active ? "active" : ""}`, "data-trigger": trigger.id },
  h("h3", {}, trigger.name),
  switchOf(trigger, actions),
  h("p", { class: "full" }, eventInWords(trigger.on)),
  h("p", { class: "quiet small full" }, [pace(trigger), offerInWords(trigger.offer), t("triggers.sent", { n: trigger.sent })].filter(Boolean).join(" · ")),
  trigger.stopped_because && h("p", { class: "warn full" }, why(trigger.stopped_because), " ", trigger.stopped_because !== "plan-required" && h("a", { href: "/owner/promotions" }, t("triggers.to_promotion"))),
  h("p", { class: "choice full" },
    h("button", { class: "button", type: "button", onclick: () => actions.edit(trigger.id) }, t("triggers.edit")),
    h("button", { class: "button danger", type: "button", onclick: () => actions.remove(trigger) }, t("triggers.delete"))));

const scenario = (found, actions) => h("li", { class: "card part scenario", "data-scenario": found.name },
  h("h3", {}, icon(GIVES[found.gives]), inLanguage(found.title)),
  h("p", { class: "quiet" }, inLanguage(found.about)),
  found.trigger_id
    ? h("p", { class: "badge" }, icon("check"), t("triggers.taken"))
    : !actions.gated && h("button", { class: "button", type: "button", "aria-label": `${t("triggers.take")}: ${inLanguage(found.title)}`, onclick: () => actions.take(found) }, t("triggers.take")));

export const showTriggers = (triggers, actions) => {
  const active = triggers.filter((each) => each.active).length;
  say($("finding"), active ? t("triggers.finding", { n: active }) : t("triggers.finding_none"));
  $("triggers").replaceChildren(...triggers.map((each) => row(each, actions)));
  show($("none"), triggers.length === 0 && !actions.gated);
  show($("yours"), triggers.length > 0 || !actions.gated);
};

export const showScenarios = (scenarios, actions) => $("scenarios").replaceChildren(...scenarios.map((each) => scenario(each, actions)));
