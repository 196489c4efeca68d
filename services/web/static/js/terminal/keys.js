// Keypad and keyboard: digits go to the finder wherever the focus is, unless a field or the dialog needs them.
import { $, say, show } from "../dom.js";
import { clear, enter, FINDABLE, find, findable, setCups, setDigits, startRegistration, state } from "./desk.js";
import { live } from "./handover.js";
import { t } from "../words.js";

const digits = $("digits");
const wrong = $("finder-wrong");

const complain = (text) => { say(wrong, text); show(wrong, Boolean(text)); };
const typeDigit = (digit) => {
  complain("");
  const before = state.view === "empty" ? state.digits : "";
  if (before.length < FINDABLE) setDigits(before + digit);
};
const erase = () => { complain(""); if (state.view === "empty") setDigits(state.digits.slice(0, -1)); else clear(); };
const startOver = () => { complain(""); clear(); };
const search = () => {
  if (findable(state.digits)) { complain(""); find(state.digits); } else complain(t("terminal.four_needed"));
};

const pressEnter = () => {
  const hint = enter();
  if (hint === "four") complain(t("terminal.four_needed"));
  else complain(hint === "again" ? t("terminal.enter_again") : "");
};

const KEYS = {
  Enter: pressEnter,
  Escape: startOver,
  Backspace: erase,
  "+": () => setCups(state.cups + 1),
  "=": () => setCups(state.cups + 1),
  "-": () => setCups(state.cups - 1),
  "−": () => setCups(state.cups - 1),
};

/** A digit, or a letter of a short code: by the key's place, so it does not matter which alphabet is on. */
const signOf = ({ key, code }) => (/^\d$/.test(key) ? key : /^Key[A-Z]$/.test(code) && state.view === "empty" ? code.slice(3) : null);

const onKey = (event) => {
  const { key, target } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const inForm = target.closest?.("[data-typing]");
  if (key === "Escape") { event.preventDefault(); startOver(); return; }
  if (inForm || (event.repeat && key === "Enter")) return;
  if (live() && /^(\d|Enter)$/.test(key) && !target.closest?.("button, a")) { $("gift-code").focus(); if (key === "Enter") event.preventDefault(); return; }
  if (key === "Enter" && target.closest?.("button, a")) return;
  const sign = signOf(event);
  const run = sign ? () => typeDigit(sign) : KEYS[key];
  if (!run) return;
  event.preventDefault();
  run();
};

/** Makes the keypad and the keyboard work. */
export const wireKeys = () => {
  document.addEventListener("keydown", onKey);
  digits.addEventListener("input", () => { complain(""); setDigits(digits.value.toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, FINDABLE)); });
  document.querySelectorAll("[data-digit]").forEach((key) => key.addEventListener("click", () => typeDigit(key.dataset.digit)));
  document.querySelector("[data-letters]").addEventListener("click", () => { digits.inputMode = "text"; digits.focus(); });
  document.querySelector("[data-erase]").addEventListener("click", erase);
  document.querySelectorAll("[data-clear]").forEach((key) => key.addEventListener("click", startOver));
  document.querySelector("[data-newcomer]").addEventListener("click", () => { complain(""); startRegistration(); });
  $("finder").addEventListener("submit", (event) => { event.preventDefault(); search(); });
};

export const showDigits = (current) => { if (digits.value !== current.digits) digits.value = current.digits; };
