// Registration at the terminal. The number leaves the field as soon as it is sent and is shown nowhere again.
import { asBirthday } from "../birthday.js";
import { $, say, show } from "../dom.js";
import { register, state } from "./desk.js";
import { rewardsFriends } from "./friends.js";
import { t } from "../words.js";

const form = $("register");
const phone = $("phone");
const ending = $("phone-ending");
const wrong = $("register-wrong");
let open = false;
let busy = false;

const grouped = (digits) => `${digits.slice(0, 2)}-${digits.slice(2)}`;
const kept = () => (/^\d{4}$/.test(state.searched) ? state.searched : "");

/** The whole number out of what was typed: all of it, or the beginning in front of the four digits that are known. */
const wholeNumber = () => {
  const typed = phone.value.replace(/[^\d+]/g, "");
  const count = typed.replace("+", "").length;
  const beginning = /^(\+?7|8)?\d{6}$/.test(typed);
  if (kept() && beginning && count <= 7) return typed + kept();
  return count >= 10 && count <= 15 ? typed : null;
};

const complain = (text, field) => {
  say(wrong, text);
  show(wrong, Boolean(text));
  for (const input of [phone, $("guest-birthday"), $("processing")]) input.setAttribute("aria-invalid", String(Boolean(text) && input === field));
  if (text) (field ?? phone).focus();
};

const showEnding = () => show(ending, Boolean(kept()) && phone.value.replace(/\D/g, "").length < 8);

const reset = () => {
  form.reset();
  complain("");
  say(ending, kept() ? `–${grouped(kept())}` : "");
  say($("phone-hint"), kept() ? t("register.phone_hint", { digits: grouped(kept()) }) : t("register.phone_hint_full"));
  phone.placeholder = kept() ? "8 923 123" : "8 923 123-45-67";
  showEnding();
  show($("register-friend").parentElement, rewardsFriends(state));
};

const setBusy = (yes) => {
  busy = yes;
  $("register-submit").setAttribute("aria-disabled", String(yes));
  say($("register-submit"), t(yes ? "register.busy" : "register.submit"));
};

const submit = async (event) => {
  event.preventDefault();
  if (busy) return;
  const number = wholeNumber();
  if (!number) { complain(t("register.phone_short"), phone); return; }
  if (!$("processing").checked) { complain(t("problem.consent-required"), $("processing")); return; }
  const told = $("guest-birthday").value.trim();
  const birthday = told && asBirthday(told);
  if (told && !birthday) { complain(t("register.birthday_wrong"), $("guest-birthday")); return; }
  const typed = phone.value;
  phone.value = "";
  complain("");
  setBusy(true);
  const problem = await register({ phone: number, name: $("guest-name").value.trim(), birthday, friend: $("register-friend").value.trim(), processing: true, advertising: $("advertising").checked });
  setBusy(false);
  if (!problem) return;
  phone.value = typed;
  showEnding();
  complain(problem.sentence, problem.slug === "consent-required" ? $("processing") : phone);
};

export const showRegistration = ({ view }) => {
  if (view === "register" && !open) { reset(); phone.focus({ preventScroll: true }); }
  open = view === "register";
  if (!open && phone.value) phone.value = "";
};

/** Makes the form work. */
export const wireRegistration = () => {
  form.addEventListener("submit", submit);
  phone.addEventListener("input", showEnding);
};
