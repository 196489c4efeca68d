// Who works here: a card each, with what the owner may do.
import { $, h, icon, say, show } from "../dom.js";
import { dateOf, dayOf, t } from "../words.js";

const date = (text) => dateOf(dayOf(new Date(text)));

const facts = ({ login, hired_at: hired, dismissed_at: left }) => [login, t("staff.since", { date: date(hired) }), left && t("staff.until", { date: date(left) })].filter(Boolean).join(" · ");

const person = (member, actions) => h("li", { class: "card person", "data-staff": member.id },
  h("h2", {}, member.name),
  h("span", { class: "quiet" }, t(`role.${member.role}`)),
  h("p", { class: "facts small" }, facts(member), member.has_telegram && h("span", { class: "linked" }, " ", icon("check"), t("staff.linked"))),
  h("p", { class: "actions" },
    h("button", { class: "button", type: "button", onclick: () => actions.invite(member) }, t(member.has_telegram ? "staff.invite_again" : "staff.invite")),
    member.has_telegram && h("button", { class: "button", type: "button", onclick: () => actions.unlink(member) }, t("staff.unlink")),
    member.role !== "owner" && h("button", { class: "button danger", type: "button", onclick: () => actions.dismiss(member) }, t("staff.dismiss"))));

const former = (member) => h("li", { class: "person" }, h("h3", {}, member.name), h("p", { class: "facts small" }, facts(member)));

/** Owners first, then by name; those who left apart. */
export const showPeople = (staff, actions) => {
  const sorted = [...staff].sort((a, b) => (b.role === "owner") - (a.role === "owner") || a.name.localeCompare(b.name));
  const here = sorted.filter(({ dismissed_at: left }) => !left);
  const gone = sorted.filter(({ dismissed_at: left }) => left);
  const linked = here.filter(({ has_telegram: yes }) => yes).length;
  say($("finding"), t("staff.finding", { n: here.length, linked }));
  $("people").replaceChildren(...here.map((member) => person(member, actions)));
  show($("former-part"), gone.length > 0);
  say($("former-title"), t("staff.former", { n: gone.length }));
  $("former").replaceChildren(...gone.map(former));
};
