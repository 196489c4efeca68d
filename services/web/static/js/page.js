// What every signed-in page does: names of shop and person, sign-out, the bar that says there is no network, the sign-in dialog.
import { call, get, onNetwork } from "./api.js";
import { say, show } from "./dom.js";
import { signInAgain } from "./session.js";
import { t } from "./words.js";

let session = null;
export const shopOf = () => session?.shop.slug ?? "";

const greet = (found) => {
  session = found;
  document.querySelectorAll("[data-shop]").forEach((place) => say(place, found.shop.name));
  document.querySelectorAll("[data-who]").forEach((place) => say(place, `${found.staff.name} · ${t(`role.${found.staff.role}`)}`));
  return found;
};

/** The menu of a phone closes by Esc and by a touch outside of it. */
const closeMenu = () => {
  const menu = document.querySelector("[data-menu]");
  if (!menu) return;
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    menu.querySelector("summary").focus();
  });
};

const watchNetwork = () => {
  const bar = document.querySelector("[data-offline]");
  const look = () => show(bar, !navigator.onLine);
  window.addEventListener("online", look);
  window.addEventListener("offline", look);
  look();
};

const leave = async () => {
  await call("DELETE", "/sessions/current", { signIn: false }).catch(() => null);
  location.assign("/sign-in");
};

/** Starts the page; resolves to the session `{staff, shop}`. `slow(yes)` hears of slow answers. */
export const start = async ({ slow = () => {} } = {}) => {
  watchNetwork();
  closeMenu();
  document.querySelector("[data-sign-out]")?.addEventListener("click", leave);
  const dialog = document.querySelector("[data-session]");
  if (dialog) {
    const ask = signInAgain(dialog, () => session);
    onNetwork({ slow, ended: async () => greet(await ask()) });
  }
  return greet(await get("/sessions/current"));
};
