// The gift on the card: «Выдать подарок», then the code's countdown, its way to the guest, and the field for it.
import { $, icon, say, show } from "../dom.js";
import { showByApp, wireByApp } from "./by_app.js";
import { set, state } from "./desk.js";
import { anotherCode, bySms, issue, left, live, override, pending, release, request, runOut, watch } from "./handover.js";
import { inLanguage, t } from "../words.js";

const form = $("handover");
const code = $("gift-code");
const reason = $("override-reason");
let shownKey = null; // the message whose code is being asked for
let wayShown = "";
let announced = false;

const clock = (milliseconds) => {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;
};

/** How the code travels, in words; `good` once it has arrived. */
const way = ({ message, guest }) => {
  if (!message) return { words: t("gift.way_sending") };
  const { channel, address, attempts } = message;
  const got = (name) => attempts.some((attempt) => attempt.channel === name && attempt.outcome === "delivered");
  const silent = guest.has_telegram && !got("telegram");
  if (pending(message)) {
    if (channel === "telegram") return { words: t("gift.way_to_telegram") };
    return { words: t(channel === "sms" && silent ? "gift.way_silent_to_sms" : channel === "sms" ? "gift.way_to_sms" : "gift.way_sending") };
  }
  if (message.state !== "delivered") return { words: t("gift.way_lost"), bad: true };
  if (channel === "telegram") return { words: t("gift.way_telegram"), good: true };
  if (channel === "sms") return { words: t(silent ? "gift.way_silent_sms" : "gift.way_sms", { address }), good: true };
  return { words: t(silent || attempts.length > 1 ? "gift.way_silent_web" : "gift.way_web"), good: true };
};

const showWay = (current) => {
  const { words, good, bad } = way(current);
  if (wayShown !== words) {
    wayShown = words;
    $("gift-way").className = `way ${good ? "good" : bad ? "bad" : "wait"}`;
    $("gift-way").replaceChildren(icon(good ? "check" : bad ? "warning" : "rare"), words);
  }
  const bySmsAlready = current.message?.attempts.some(({ channel, outcome }) => channel === "sms" && outcome === "delivered");
  const going = pending(current.message) && current.message?.channel === "sms";
  show($("gift-sms"), Boolean(current.message && current.guest.masked_phone && !bySmsAlready && !going));
};

const tick = () => {
  const request = live();
  if (!request) return;
  const rest = left(request);
  if (rest <= 0) { runOut(); return; }
  say($("gift-left"), clock(rest));
  if (rest < 60_000 && !announced) { announced = true; say($("said"), t("gift.minute_left")); }
  $("gift-left").classList.toggle("hurry", rest < 60_000);
};

const forget = () => {
  shownKey = null;
  wayShown = "";
  $("gift-way").replaceChildren();
  if (code.value) code.value = "";
};

const showForm = (current) => {
  const request = live();
  const key = request?.message_key ?? null;
  show(form, Boolean(request));
  if (!request) { forget(); return; }
  const busy = Boolean(current.action);
  const sending = current.action?.kind === "gift-issue";
  say($("gift-what"), t("gift.what", { gift: inLanguage(request.words) }));
  say($("gift-issue"), t(sending ? "gift.issuing" : "gift.issue"));
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", String(busy)));
  showWay(current);
  say($("gift-wrong"), current.fault);
  show($("gift-wrong"), Boolean(current.fault));
  code.setAttribute("aria-invalid", String(Boolean(current.fault)));
  if (key === shownKey) return;
  shownKey = key;
  announced = false;
  code.value = "";
  tick();
  code.focus({ preventScroll: true });
  watch(key);
};

export const showGift = (current) => {
  const { account, action } = current;
  const asked = Boolean(account.gift_request);
  show($("gift"), account.gifts > 0 || asked);
  show($("gift-due"), account.gifts > 0 && !asked);
  const gift = inLanguage(account.gift);
  const many = account.gifts > 1 ? "terminal.entitled_many" : "terminal.entitled";
  say($("gift-words"), t(many, { gift, gifts: t("count.gifts", { n: account.gifts }) }));
  const asking = action?.kind === "gift-request";
  say($("gift-ask"), t(asking ? "gift.asking" : "gift.ask"));
  $("gift-ask").setAttribute("aria-disabled", String(Boolean(action)));
  if (reason) { $("override-do").setAttribute("aria-disabled", String(Boolean(action))); if (account.gifts === 0) $("override").open = false; }
  showByApp(current);
  const hadFault = code.getAttribute("aria-invalid") === "true";
  showForm(current);
  if (current.fault && !hadFault) code.select();
};

const free = (run) => () => { if (!state.action) run(); };

const submit = (event) => {
  event.preventDefault();
  if (state.action || !live()) return;
  const digits = code.value.replace(/\D/g, "");
  if (digits.length !== 6) {
    set({ fault: t("gift.six_digits") }); // in the state, so that news of the message does not wipe it away
    code.focus();
    return;
  }
  issue(digits);
};

const submitOverride = (event) => {
  event.preventDefault();
  const text = reason.value.trim();
  show($("override-wrong"), text.length < 3);
  if (text.length < 3) { reason.focus(); return; }
  if (state.action) return;
  reason.value = "";
  override(text);
};

/** Makes the buttons and the field work. */
export const wireGift = () => {
  $("gift-ask").addEventListener("click", free(request));
  $("gift-sms").addEventListener("click", free(bySms));
  $("gift-again").addEventListener("click", free(anotherCode));
  $("gift-cancel").addEventListener("click", free(release));
  form.addEventListener("submit", submit);
  wireByApp();
  code.addEventListener("input", () => {
    const digits = code.value.replace(/\D/g, "").slice(0, 6);
    if (code.value !== digits) code.value = digits;
    show($("gift-wrong"), false);
    if (state.fault) set({ fault: "" });
  });
  if (reason) $("override-form").addEventListener("submit", submitOverride);
  setInterval(tick, 250);
};
