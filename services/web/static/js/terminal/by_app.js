// The code that the guest's own page computes (F45): it needs no message to arrive.
import { $, say, show } from "../dom.js";
import { set, state } from "./desk.js";
import { byApp } from "./handover.js";
import { t } from "../words.js";

const code = $("by-app-code");
let shownFor = null;

export const showByApp = ({ account, action, appFault, guest }) => {
  if (shownFor !== guest.id || account.gifts === 0) { shownFor = guest.id; $("by-app").open = false; code.value = ""; }
  say($("by-app-do"), t(action?.kind === "gift-offline" ? "gift.issuing" : "gift.issue"));
  $("by-app-do").setAttribute("aria-disabled", String(Boolean(action)));
  say($("by-app-wrong"), appFault);
  show($("by-app-wrong"), Boolean(appFault));
  const isNew = appFault && code.getAttribute("aria-invalid") !== "true";
  code.setAttribute("aria-invalid", String(Boolean(appFault)));
  if (isNew) code.select();
};

const submit = (event) => {
  event.preventDefault();
  if (state.action) return;
  const digits = code.value.replace(/\D/g, "");
  if (digits.length === 8) byApp(digits);
  else set({ appFault: t("gift.eight_digits") });
};

/** Makes the form work. */
export const wireByApp = () => {
  $("by-app-form").addEventListener("submit", submit);
  code.addEventListener("input", () => { if (state.appFault) set({ appFault: "" }); });
};
