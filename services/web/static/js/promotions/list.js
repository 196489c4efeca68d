// The shop's promotions with a switch each, what they say and what they have cost.
import { $, h, icon, say, show } from "../dom.js";
import { inLanguage, money, t } from "../words.js";

const switchOf = (each, actions) => h("button", {
  class: "switch", type: "button", role: "switch", "aria-checked": String(each.state === "active"), "aria-label": t("promotions.switch", { name: each.rule.name }), onclick: () => actions.turn(each),
}, h("span", { class: "knob", "aria-hidden": "true" }), h("span", { "aria-hidden": "true" }, t(`promotions.phase_${each.phase}`)));

const usage = ({ usage: { purchases, discount, issued, used } }) => [
  t("promotions.used", { n: purchases }),
  discount > 0 && t("promotions.cost", { money: money(discount) }),
  issued > 0 && t("promotions.coupons", { issued, used }),
].filter(Boolean).join(" · ");

const warnings = (each) => [
  each.reason === "plan-required" && t("promotions.stopped"),
  each.adds_up.length > 0 && t("promotions.adds_up", { names: each.adds_up.map(({ name }) => `«${name}»`).join(", ") }),
].filter(Boolean);

const buttons = (each, actions) => h("p", { class: "choice full" },
  h("button", { class: "button", type: "button", onclick: () => actions.edit(each.id) }, t("promotions.edit")),
  each.started_at
    ? h("button", { class: "button danger", type: "button", onclick: () => actions.end(each) }, t("promotions.end"))
    : h("button", { class: "button danger", type: "button", onclick: () => actions.remove(each) }, t("promotions.delete")));

const row = (each, actions) => h("li", { class: `card trigger ${each.phase === "now" ? "active" : ""}`, "data-promotion": each.id },
  h("h3", {}, each.rule.name),
  each.state === "ended" ? h("span", { class: "state" }, t("promotions.phase_over")) : switchOf(each, actions),
  h("p", { class: "full" }, inLanguage(each.about)),
  h("p", { class: "quiet small full" }, usage(each)),
  warnings(each).map((words) => h("p", { class: "warn full" }, icon("warning"), " ", words)),
  each.state !== "ended" && buttons(each, actions));

export const showPromotions = (promotions, actions) => {
  const alive = promotions.filter((each) => each.state !== "ended");
  const ended = promotions.filter((each) => each.state === "ended");
  const on = alive.filter((each) => each.phase === "now").length;
  say($("finding"), on ? t("promotions.finding", { n: on }) : t("promotions.finding_none"));
  $("promotions").replaceChildren(...alive.map((each) => row(each, actions)));
  $("ended").replaceChildren(...ended.map((each) => row(each, actions)));
  show($("none"), alive.length === 0 && !actions.gated);
  show($("over"), ended.length > 0);
};
