// The guest's own choices: name, messages, notes on this phone, consents; and the own data: all of it in one file, or none of it any more.
import { call, get, put } from "../api.js";
import { asBirthday, asTyped } from "../birthday.js";
import { $, say, show } from "../dom.js";
import { t } from "../words.js";
import { forget, inWords, learn, set, shop, state } from "./state.js";
import { subscribe, subscribed, unsubscribe, possible } from "./push.js";

const EXPORTS = { profile: "/guests/me/export", purchases: "/accounts/me/export", messages: "/inbox/export", feedback: "/feedback/mine/export" };
let known = false;

const complain = (text) => { say($("more-wrong"), text); show($("more-wrong"), Boolean(text)); if (text) say($("more-done"), ""); };
const done = (text) => { complain(""); say($("more-done"), text); };

/** A check box whose truth lies with the system: it goes back when the system says no. */
const choice = (box, change) => box.addEventListener("change", async () => {
  const wish = box.checked;
  box.disabled = true;
  try {
    await change(wish);
    done(t("guest.saved"));
  } catch (problem) {
    box.checked = !wish;
    complain(problem.name === "NotAllowedError" ? t("guest.push_denied") : inWords(problem));
  } finally {
    box.disabled = false;
  }
});

export const showPart = ({ guest }) => {
  if (!guest) return;
  if (document.activeElement !== $("own-name")) $("own-name").value = guest.name ?? "";
  if (document.activeElement !== $("own-birthday")) $("own-birthday").value = asTyped(guest.birthday);
  say($("own-number"), [guest.masked_phone, guest.has_telegram && "Telegram"].filter(Boolean).join(" · "));
  if (!$("own-advertising").disabled) $("own-advertising").checked = guest.consents.advertising;
  if (!known) ask();
};

const ask = async () => {
  known = true;
  try {
    const settings = await get("/inbox/settings");
    document.querySelectorAll("[data-setting]").forEach((box) => { box.checked = Boolean(settings[box.dataset.setting]); });
  } catch (problem) {
    known = false;
    complain(inWords(problem));
  }
  const may = await possible().catch(() => false);
  $("wants-push").disabled = !may;
  $("wants-push").checked = may && await subscribed();
  say($("push-note"), may ? "" : `(${t("guest.push_impossible")})`);
};

const settings = () => Object.fromEntries([...document.querySelectorAll("[data-setting]")].map((box) => [box.dataset.setting, box.checked]));

const rename = async (event) => {
  event.preventDefault();
  const name = $("own-name").value.trim();
  if (!name) { $("own-name").focus(); return; }
  await change({ name });
};

/** An empty field takes the birthday back. */
const celebrate = async (event) => {
  event.preventDefault();
  const typed = $("own-birthday").value.trim();
  const birthday = typed && asBirthday(typed);
  if (birthday === null) { complain(t("guest.birthday_wrong")); $("own-birthday").focus(); return; }
  await change({ birthday });
};

const change = async (body) => {
  try {
    learn({ guest: await call("PATCH", "/guests/me", { body }) });
    done(t("guest.saved"));
  } catch (problem) {
    complain(inWords(problem));
  }
};

/** Everything every part of the system keeps of this guest, in one file; a part that cannot answer means no file. */
const exportAll = async () => {
  try {
    const parts = await Promise.all(Object.entries(EXPORTS).map(async ([name, path]) => [name, await get(path)]));
    const text = JSON.stringify({ shop, exported_at: new Date().toISOString(), ...Object.fromEntries(parts) }, null, 2);
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: `bezkart-${shop}.json` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    done(t("guest.exported"));
  } catch (problem) {
    complain(inWords(problem));
  }
};

const goes = ({ account, letters }) => [
  account && t("count.cups", { n: account.stamps }),
  account?.gifts > 0 && t("count.gifts", { n: account.gifts }),
  account?.points > 0 && t("count.points", { n: account.points / 100 }),
  letters?.length > 0 && t("count.messages", { n: letters.length }),
].filter(Boolean).join(", ");

const askErase = () => {
  say($("erase-what"), t("guest.erase_what", { what: goes(state) }));
  show($("erase-wrong"), false);
  $("erase-dialog").showModal();
};

const over = async (note) => { await unsubscribe().catch(() => null); await forget(); location.hash = ""; set({ view: "phone", note }); };

const erase = async () => {
  try {
    await call("DELETE", "/guests/me", { repeatable: true });
    $("erase-dialog").close();
    await over(t("guest.erased"));
  } catch (problem) {
    say($("erase-wrong"), inWords(problem));
    show($("erase-wrong"), true);
  }
};

const leave = async () => {
  await unsubscribe().catch(() => null);
  await call("DELETE", "/sessions/current", {}).catch(() => null);
  await over("");
};

$("rename").addEventListener("submit", rename);
$("celebrate").addEventListener("submit", celebrate);
document.querySelectorAll("[data-setting]").forEach((box) => choice(box, () => put("/inbox/settings", settings(), { repeatable: true })));
choice($("wants-push"), (wish) => (wish ? subscribe() : unsubscribe()));
choice($("own-advertising"), async (granted) => learn({ guest: await put("/guests/me/consents/advertising", { granted }, { repeatable: true }) }));
$("export").addEventListener("click", exportAll);
$("erase").addEventListener("click", askErase);
$("erase-yes").addEventListener("click", erase);
$("leave").addEventListener("click", leave);
showPart(state);
