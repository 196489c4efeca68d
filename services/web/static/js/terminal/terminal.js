// The terminal page: puts state and views together.
import { $, say, show } from "../dom.js";
import { start } from "../page.js";
import { showCard, wireCard } from "./card.js";
import { find, findable, loadProgram, onChange, reopen, setDigits, state } from "./desk.js";
import { showFound, wireFound } from "./found.js";
import { live } from "./handover.js";
import { showDigits, wireKeys } from "./keys.js";
import { showRegistration, wireRegistration } from "./register.js";
import { inLanguage, t } from "../words.js";

const KEPT = "bezkart.terminal";
const page = document.querySelector(".terminal");
const sections = page.querySelectorAll("[data-show]");
let viewShown = "empty";

const announce = ({ view, guest, account }) => {
  const card = () => `${guest.name || t("terminal.no_name")}. ${t("terminal.progress_label", { done: account.stamps, size: account.card_size })}`;
  const words = { loading: () => t("terminal.loading"), nobody: () => $("nobody-title").textContent, guest: card }[view];
  say($("said"), words ? words() : "");
};

const showProgram = ({ program }) => {
  const stamps = program && program.mode !== "points" && t("terminal.program", { nth: program.cups_per_gift, gift: inLanguage({ ru: program.gift, en: program.gift_en }) });
  const points = program && program.mode !== "stamps" && t("points.program", { share: program.points.max_share });
  const text = [stamps, points].filter(Boolean).join(" ");
  page.querySelectorAll("[data-program]").forEach((place) => { say(place, text); show(place, Boolean(text)); });
};

const render = (current) => {
  page.dataset.view = current.view;
  sections.forEach((section) => show(section, section.dataset.show === current.view));
  showDigits(current);
  showProgram(current);
  showFound(current);
  showCard(current);
  showRegistration(current);
  if (current.view === viewShown) return;
  viewShown = current.view;
  announce(current);
  if (current.view === "nobody") $("to-register").focus({ preventScroll: true });
  if (document.activeElement === document.body || !document.activeElement?.offsetParent) $("digits").focus({ preventScroll: true });
};

const keep = () => sessionStorage.setItem(KEPT, JSON.stringify({ digits: state.digits, guest: state.view === "guest" ? state.guest.id : null }));

/** A change of language loads the page anew; what was typed and the open guest come back. So does a guest whose gift is being handed over. */
const keepOverReload = () => {
  document.querySelectorAll("[data-language]").forEach((link) => link.addEventListener("click", keep));
  window.addEventListener("pagehide", () => { if (live() || state.action) keep(); });
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "{}");
  sessionStorage.removeItem(KEPT);
  return kept;
};

onChange(render);
wireKeys();
wireCard();
wireFound();
wireRegistration();
const kept = keepOverReload();
if (kept.digits) { setDigits(kept.digits); state.searched = kept.digits; }
$("digits").focus({ preventScroll: true });
const slow = (yes) => say($("slow"), yes ? t("error.slow") : "");
/** A guest's QR code leads here; the code leaves the address at once. */
const scanned = (new URLSearchParams(location.search).get("guest") ?? "").toUpperCase();
if (scanned) history.replaceState(null, "", location.pathname);
const ready = Promise.all([start({ slow }), loadProgram()]);
ready.then(() => { if (findable(scanned)) find(scanned); else if (kept.guest) reopen(kept.guest); }).catch((problem) => say($("slow"), problem.sentence ?? t("error.unknown")));
setInterval(() => { if (state.view === "guest") render(state); }, 15_000);
