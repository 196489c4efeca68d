// The guest's card: who, how far to the gift, how many cups, what has just changed.
import { $, h, icon, say, show } from "../dom.js";
import { dismiss, record, retry, setCups, state, undo } from "./desk.js";
import { showOperations } from "./operations.js";
import { t, timeOf, visitInWords } from "../words.js";

const cupsRow = $("guest-cups");
let stampsShown = null;
let noticeShown = null;
let guestShown = null;

const showPerson = ({ guest, account }) => {
  say($("guest-name-title"), guest.name || t("terminal.no_name"));
  const number = guest.masked_phone ?? (guest.card ? t("terminal.card_id", { card: guest.card }) : t("terminal.no_phone"));
  say($("guest-number"), number);
  const last = account.last_purchase_at;
  say($("guest-visit"), last ? t("terminal.last_visit", { when: visitInWords(last) }) : t("terminal.never"));
};

const showCups = ({ guest, account }) => {
  const { stamps, card_size: size } = account;
  const grew = guestShown === guest.id && stampsShown !== null && stamps > stampsShown;
  const cup = (_, place) => icon("cup", `${place < stamps ? "full" : ""} ${grew && place >= stampsShown && place < stamps ? "fresh" : ""}`);
  if (guestShown !== guest.id || stampsShown !== stamps || cupsRow.children.length !== size) cupsRow.replaceChildren(...Array.from({ length: size }, cup));
  cupsRow.setAttribute("aria-label", t("terminal.progress_label", { done: stamps, size }));
  say($("guest-progress"), t("terminal.progress", { done: stamps, size }));
  stampsShown = stamps;
};

const showEntitled = ({ account, program }) => {
  const gift = program?.gift ?? "";
  const left = t("count.cups", { n: account.card_size - account.stamps });
  show($("guest-gifts"), account.gifts > 0);
  say($("guest-gifts").lastElementChild, t("count.gifts", { n: account.gifts }));
  const many = account.gifts > 1 ? "terminal.entitled_many" : "terminal.entitled";
  const due = t(many, { gift, gifts: t("count.gifts", { n: account.gifts }) });
  say($("guest-entitled"), account.gifts > 0 ? due : t("terminal.left_to_gift", { cups: left, gift }));
};

const showActions = ({ cups, action }) => {
  const recording = action?.kind === "record";
  say($("cups-chosen"), t("count.cups", { n: cups }));
  $("fewer").setAttribute("aria-disabled", String(cups <= 1));
  $("more").setAttribute("aria-disabled", String(cups >= 9));
  $("record").setAttribute("aria-disabled", String(Boolean(action)));
  say($("record"), t(recording ? "terminal.recording" : "terminal.record"));
};

const button = (key, onclick, className = "button") => h("button", { type: "button", class: className, onclick }, t(key));

const recordedText = ({ notice, account, program }) => {
  const done = t("terminal.recorded", { cups: t("count.cups_accusative", { n: notice.cups }) });
  const now = notice.gifts > 0
    ? t("terminal.gift_earned", { n: notice.gifts, gift: program?.gift ?? "" })
    : t("terminal.now_at", { done: account.stamps, size: account.card_size });
  return `${done} ${now}`;
};

const recorded = (current) => {
  const { notice } = current;
  const open = notice.until && Date.parse(notice.until) > Date.now();
  const until = open && h("span", { class: "quiet small" }, ` ${t("terminal.undo_until", { time: timeOf(notice.until) })}`);
  return [icon("check"), h("div", {}, h("strong", {}, recordedText(current)), until), open && h("p", { class: "actions" }, button("terminal.undo", () => undo(notice.purchaseId, notice.cups)))];
};

const failed = ({ notice: { action, problem } }) => {
  const [sure, unsure] = action.kind === "record" ? ["terminal.not_recorded", "terminal.maybe_recorded"] : ["terminal.not_undone", "terminal.maybe_undone"];
  const what = t(problem.maybe ? unsure : sure, { cups: t("count.cups", { n: action.cups }) });
  const again = problem.maybe || problem.status === 429;
  const ways = again ? [button("error.retry", retry, "button main"), action.kind === "record" && button("error.dismiss", dismiss)] : [];
  return [icon("warning"), h("div", {}, h("strong", {}, what), problem.maybe && navigator.onLine ? null : ` ${problem.sentence}`), ways.length > 0 && h("p", { class: "actions" }, ways)];
};

const program = () => ({ nth: state.program?.cups_per_gift ?? "", gift: state.program?.gift ?? "" });
const BODIES = {
  recorded,
  failed,
  undone: ({ notice, account }) => [icon("undo"), h("div", {}, h("strong", {}, t("terminal.undone", { cups: t("count.cups_accusative", { n: notice.cups }) })), ` ${t("terminal.now_at", { done: account.stamps, size: account.card_size })}`)],
  welcome: () => [icon("check"), h("div", {}, t("terminal.welcome", program()))],
  exists: () => [icon("person"), h("div", {}, t("terminal.exists"))],
};

const showNotice = (current) => {
  const place = $("guest-notice");
  const { notice, account } = current;
  const now = notice && `${notice.kind} ${account.version} ${account.stamps} ${notice.purchaseId}`;
  if (now === noticeShown) return;
  noticeShown = now;
  const held = place.contains(document.activeElement) || document.activeElement === $("record") || document.activeElement?.closest?.("#operations");
  place.className = notice ? `notice ${notice.kind === "failed" ? "bad" : "good"}` : "";
  place.replaceChildren(...(notice ? BODIES[notice.kind](current).filter(Boolean) : []));
  if (notice && held) place.focus({ preventScroll: true });
};

export const showCard = (current) => {
  if (current.view !== "guest") { guestShown = null; stampsShown = null; return; }
  if (guestShown !== current.guest.id) noticeShown = null;
  showPerson(current);
  showCups(current);
  showEntitled(current);
  showActions(current);
  showNotice(current);
  showOperations(current);
  guestShown = current.guest.id;
};

/** Makes the card's buttons work. */
export const wireCard = () => {
  $("fewer").addEventListener("click", () => setCups(state.cups - 1));
  $("more").addEventListener("click", () => setCups(state.cups + 1));
  $("record").addEventListener("click", record);
};
