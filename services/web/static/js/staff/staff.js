// The owner's team: hire, invite to the bot, dismiss; secrets are shown once.
import { call, get, post, Problem } from "../api.js";
import { $, say, show } from "../dom.js";
import { failed, onRetry, trying } from "../failing.js";
import { picture } from "../qr.js";
import { shopOf, start } from "../page.js";
import { dateOf, dayOf, t, timeOf } from "../words.js";
import { showPeople } from "./people.js";
import { showSessions } from "./sessions.js";

/** Shows something that will not be shown again. */
const reveal = ({ title, text, secret, note = "", qr = null }) => {
  for (const [name, words] of Object.entries({ title, text, secret, note })) say($(`shown-${name}`), words);
  show($("shown-qr"), Boolean(qr));
  if (qr) $("shown-qr").src = qr;
  $("shown").showModal();
};
const forget = () => { say($("shown-secret"), ""); $("shown-qr").removeAttribute("src"); };

const load = () => trying(async () => {
  const { staff } = await get("/staff");
  showPeople(staff, actions);
  await showSessions(failed);
});

const bot = () => get(`/shops/${shopOf()}/card`).then((card) => card.bot_username, () => null);

const invite = async (member) => {
  try {
    const [{ code, expires_at: until }, name] = await Promise.all([post(`/staff/${encodeURIComponent(member.id)}/telegram-invitation`, {}), bot()]);
    const link = name && `https://t.me/${name}?start=staff_${code}`;
    const qr = link && await picture(link).catch(() => null);
    reveal({ title: t("staff.invite_title", { name: member.name }), text: t(link ? "staff.invite_text" : "staff.invite_code_text", { code }), secret: link || `staff_${code}`, note: t("staff.invite_note", { when: `${dateOf(dayOf(new Date(until)))}, ${timeOf(until)}` }), qr });
  } catch (problem) {
    failed(problem);
  }
};

const changing = (change) => async (member) => {
  try {
    await change(member);
    await load();
  } catch (problem) {
    failed(problem);
  }
};

const sure = (member) => new Promise((resolve) => {
  say($("sure-title"), t("staff.dismiss_title", { name: member.name }));
  $("sure").returnValue = "";
  $("sure").addEventListener("close", () => resolve($("sure").returnValue === "yes"), { once: true });
  $("sure").showModal();
});

const path = ({ id }) => `/staff/${encodeURIComponent(id)}`;
const actions = {
  invite,
  unlink: changing((member) => call("DELETE", `${path(member)}/telegram`, { repeatable: true })),
  dismiss: changing(async (member) => { if (await sure(member)) await call("DELETE", path(member), { repeatable: true }); }),
};

const complain = (text) => { say($("hire-wrong"), text); show($("hire-wrong"), Boolean(text)); };

const hire = async (event) => {
  event.preventDefault();
  const [name, login] = ["hire-name", "hire-login"].map((field) => $(field).value.trim());
  if (!name || !login) { complain(t("staff.hire_empty")); $(name ? "hire-login" : "hire-name").focus(); return; }
  complain("");
  try {
    const hired = await post("/staff", { name, login });
    event.target.reset();
    reveal({ title: t("staff.hired_title", { name }), text: t("staff.hired_text"), secret: `${hired.login} / ${hired.password}`, note: t("staff.hired_note") });
    await load();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    complain(problem.slug === "invalid-request" ? t("staff.login_rule") : problem.sentence);
  }
};

$("hire").addEventListener("submit", hire);
$("shown").addEventListener("close", forget);
onRetry(load);
start().then(load).catch(failed);
