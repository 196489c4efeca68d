// Coming in: a number, the code from the SMS, and for a newcomer a name and two separate consents.
import { now, post } from "../api.js";
import { $, say, show } from "../dom.js";
import { t } from "../words.js";
import { inWords, set, shop, state } from "./state.js";

const FRIEND = `bezkart.friend.${shop}`;
const code = $("code");
const UNDER_WAY = `bezkart.entry.${shop}`;
const PROVEN = 1_800_000; // so long a sign-in is worth coming back to: a phone may drop the page while one reads the SMS
let asked = null; // {id, ending, again, step, at}: the sign-in under way, and when a new code may be asked for; the number only while the page lives
let busy = false;

const complain = (name, text, field) => {
  say($(`${name}-wrong`), text);
  show($(`${name}-wrong`), Boolean(text));
  if (!field) return;
  field.setAttribute("aria-invalid", String(Boolean(text)));
  if (text) field.focus();
};

/** Runs `work` once at a time with the form's button saying so. */
const working = async (form, work) => {
  if (busy) return;
  const button = form.querySelector("[type=submit]");
  busy = true;
  button.setAttribute("aria-disabled", "true");
  try { await work(); } finally { busy = false; button.removeAttribute("aria-disabled"); }
};

/** The friend's code of the invitation one came by; it waits here for the registration. */
const keepFriend = () => {
  const friend = new URLSearchParams(location.search).get("friend");
  if (!friend) return;
  if (/^[a-z2-7]{20}$/.test(friend)) sessionStorage.setItem(FRIEND, friend);
  history.replaceState(null, "", location.pathname + location.hash);
};
const friend = () => sessionStorage.getItem(FRIEND);

const tick = () => {
  if (state.view !== "code" || !asked) return;
  const wait = Math.ceil((asked.again - now()) / 1000);
  $("code-again").disabled = wait > 0;
  say($("code-again"), wait > 0 ? t("guest.again_in", { n: wait }) : t("guest.again"));
};

const goOn = (step) => {
  asked = { ...asked, step };
  const { phone: _, ...kept } = asked;
  sessionStorage.setItem(UNDER_WAY, JSON.stringify(kept));
  show($("join-friend"), Boolean(friend()));
  say($("code-sent"), t("guest.code_sent", { digits: asked.ending }));
  set({ view: step });
  tick();
  $(step === "code" ? "code" : "name").focus();
};
const stop = () => { asked = null; sessionStorage.removeItem(UNDER_WAY); };

/** Comes back to a sign-in that was under way; false when there is none. */
export const goOnWithEntry = () => {
  const kept = JSON.parse(sessionStorage.getItem(UNDER_WAY) ?? "null");
  if (!kept || Date.now() - kept.at > PROVEN) return false;
  asked = kept;
  goOn(kept.step);
  return true;
};

const ask = async (phone) => {
  const same = asked?.phone === phone && asked.again > now();
  if (!same) {
    const answer = await post("/guest-sign-ins", { shop, phone });
    const ending = phone.replace(/\D/g, "").slice(-4).replace(/^(..)/, "$1-");
    asked = { id: answer.id, phone, ending, again: now() + answer.resend_after_seconds * 1000, at: Date.now() };
    code.value = "";
  }
  complain("code", "", code);
  goOn("code");
};

const submitPhone = (event) => {
  event.preventDefault();
  const phone = $("phone").value.trim();
  const digits = phone.replace(/\D/g, "").length;
  if (digits < 10 || digits > 15) { complain("phone", t("guest.phone_short"), $("phone")); return; }
  complain("phone", "", $("phone"));
  working(event.target, () => ask(phone).catch((problem) => complain("phone", refused(problem), $("phone"))));
};

/** The page once more, as a guest's: it then knows the shop's time zone and currency. */
const enter = (newcomer) => {
  stop();
  if (newcomer) sessionStorage.setItem(`bezkart.welcome.${shop}`, "1");
  location.reload();
};

const refused = (problem) => {
  const { retry_after: wait } = problem.body ?? {};
  if (problem.slug === "too-many-codes" && wait) return t("guest.codes_wait", { wait: wait > 90 ? t("count.minutes", { n: Math.ceil(wait / 60) }) : t("count.seconds", { n: Math.ceil(wait) }) });
  if (problem.slug === "wrong-code") return t("guest.wrong_code", { attempts: t("count.attempts", { n: problem.body.attempts_left ?? 0 }) });
  return inWords(problem);
};

const confirm = () => working($("confirm"), async () => {
  const digits = code.value.replace(/\D/g, "");
  if (digits.length !== 6) { complain("code", t("gift.six_digits"), code); return; }
  complain("code", "", code);
  try {
    const answer = await post(`/guest-sign-ins/${encodeURIComponent(asked.id)}/confirm`, { code: digits });
    if (answer.state === "signed-in") { enter(false); return; }
    goOn("register");
  } catch (problem) {
    complain("code", refused(problem), code);
    code.select();
  }
});

const join = (event) => {
  event.preventDefault();
  const processing = $("processing");
  if (!processing.checked) { complain("join", t("guest_problem.consent-required"), processing); return; }
  complain("join", "", processing);
  const name = $("name").value.trim();
  const body = { consents: { processing: true, advertising: $("advertising").checked }, ...(name && { name }), ...(friend() && { referral: friend() }) };
  working(event.target, async () => {
    try {
      await post(`/guest-sign-ins/${encodeURIComponent(asked.id)}/register`, body);
      sessionStorage.removeItem(FRIEND);
      enter(true);
    } catch (problem) {
      complain("join", inWords(problem), null);
    }
  });
};

export const showEntry = ({ view, note, problem }) => {
  if (view === "phone") { say($("entry-note"), note); show($("entry-note"), Boolean(note)); }
  if (view === "failed") say($("failed-text"), inWords(problem));
};

/** Makes the three forms work. */
export const wireEntry = () => {
  keepFriend();
  $("ask-code").addEventListener("submit", submitPhone);
  $("confirm").addEventListener("submit", (event) => { event.preventDefault(); confirm(); });
  $("join").addEventListener("submit", join);
  code.addEventListener("input", () => {
    complain("code", "", code);
    if (code.value.replace(/\D/g, "").length === 6) confirm();
  });
  $("code-again").addEventListener("click", () => {
    if (asked.phone) ask(asked.phone).catch((problem) => complain("code", refused(problem), code));
    else { stop(); set({ view: "phone", note: "" }); $("phone").focus(); }
  });
  $("other-number").addEventListener("click", () => { set({ view: "phone", note: "" }); $("phone").select(); });
  setInterval(tick, 1000);
};
