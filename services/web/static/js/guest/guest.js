// The guest page: puts state and views together, and lets the browser keep the page for a cellar without signal.
import { call } from "../api.js";
import { $, show } from "../dom.js";
import { t } from "../words.js";
import { goOnWithEntry, showEntry, wireEntry } from "./entry.js";
import { showHome, welcome, wireHome } from "./home.js";
import { showNews, wireNews } from "./news.js";
import { showOffers } from "./offers.js";
import { prepare, wireOffline } from "./offline.js";
import { onChange, page, refresh, restore, set, state } from "./state.js";

const TABS = ["home", "inbox", "write", "more"];
const sections = page.querySelectorAll("[data-show]");
const tabs = document.querySelectorAll("[data-tab]");
const parts = {}; // views that are loaded when they are first looked at
let viewShown = null;

const wanted = () => (TABS.includes(location.hash.slice(1)) ? location.hash.slice(1) : "home");

const later = { write: () => import("./write.js"), more: () => import("./more.js") };
const bring = async (view) => {
  if (!later[view]) return;
  parts[view] ??= later[view]().catch(() => { parts[view] = null; return null; });
  (await parts[view])?.showPart(state);
};

const render = (current) => {
  const inside = TABS.includes(current.view);
  page.dataset.view = current.view;
  sections.forEach((section) => show(section, section.dataset.show === current.view));
  show($("tabs"), inside);
  tabs.forEach((tab) => { if (tab.dataset.tab === current.view) tab.setAttribute("aria-current", "page"); else tab.removeAttribute("aria-current"); });
  showEntry(current);
  if (current.guest) { showHome(current); showOffers(current); showNews(current); }
  if (inside) bring(current.view);
  if (viewShown !== current.view) { viewShown = current.view; window.scrollTo(0, 0); }
};

/** The language goes with the guest, for messages as well. */
const keepLanguage = () => document.querySelectorAll("[data-language]").forEach((link) => link.addEventListener("click", async (event) => {
  if (!state.guest) return;
  event.preventDefault();
  await call("PATCH", "/guests/me", { body: { language: link.lang } }).catch(() => null);
  location.assign(`${link.href}${encodeURIComponent(location.hash)}`);
}));

const install = () => {
  if ("serviceWorker" in navigator) navigator.serviceWorker.register("/g/sw.js", { scope: "/g/" }).catch(() => null);
};

const begin = async () => {
  const { standing } = page.dataset;
  const known = restore() && standing !== "elsewhere";
  if (known) set({ view: wanted() });
  if (!known && standing !== "guest") {
    if (goOnWithEntry()) return;
    set({ view: "phone", note: standing === "staff" ? t("guest.as_staff") : standing === "elsewhere" ? t("guest.elsewhere") : "" });
    return;
  }
  prepare();
  await refresh();
  if (!state.guest) return;
  if (!TABS.includes(state.view)) set({ view: wanted() });
  wireNews();
  prepare();
  welcome();
};

onChange(render);
wireEntry();
wireHome();
wireOffline();
keepLanguage();
window.addEventListener("hashchange", () => { if (state.guest) set({ view: wanted() }); });
$("failed-retry").addEventListener("click", () => { set({ view: "loading" }); begin(); });
begin().then(install);
