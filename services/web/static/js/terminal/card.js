// The guest's card: who, how far to the gift, how many cups, what has just changed.
import { $, h, icon, say, show } from "../dom.js";
import { dismiss, record, retry, setCups, state, undo } from "./desk.js";
import { showFriends, wireFriends } from "./friends.js";
import { showGift, wireGift } from "./gift.js";
import { showOperations } from "./operations.js";
import { showPayment, wirePayment } from "./payment.js";
import { promotionsOf, showCoupons } from "./promotions.js";
import { inLanguage, t, timeOf, visitInWords } from "../words.js";

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

const showCups = ({ guest, account, program }) => {
  const { stamps, card_size: size } = account;
  show(cupsRow.parentElement.parentElement, program?.mode !== "points");
  const grew = guestShown === guest.id && stampsShown !== null && stamps > stampsShown;
  const cup = (_, place) => icon("cup", `${place < stamps ? "full" : ""} ${grew && place >= stampsShown && place < stamps ? "fresh" : ""}`);
  if (guestShown !== guest.id || stampsShown !== stamps || cupsRow.children.length !== size) cupsRow.replaceChildren(...Array.from({ length: size }, cup));
  cupsRow.setAttribute("aria-label", t("terminal.progress_label", { done: stamps, size }));
  say($("guest-progress"), t("terminal.progress", { done: stamps, size }));
  stampsShown = stamps;
};

const showEntitled = ({ account }) => {
  const left = t("count.cups", { n: account.card_size - account.stamps });
  show($("guest-gifts"), account.gifts > 0);
  say($("guest-gifts").lastElementChild, t("count.gifts", { n: account.gifts }));
  show($("guest-entitled"), account.gifts === 0);
  say($("guest-entitled"), t("terminal.left_to_gift", { cups: left, gift: inLanguage(account.gift) }));
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

const inPoints = (minor) => t("count.points_accusative", { n: minor / 100 });

const recordedText = ({ notice, account, program }) => {
  const done = t("terminal.recorded", { cups: t("count.cups_accusative", { n: notice.cups }) });
  const stamped = notice.gifts > 0
    ? t("terminal.gift_earned", { n: notice.gifts, gift: inLanguage(account.gift) })
    : t("terminal.now_at", { done: account.stamps, size: account.card_size });
  const points = [notice.spent > 0 && t("points.spent", { points: inPoints(notice.spent) }), notice.earned > 0 && t("points.earned", { points: inPoints(notice.earned) })];
  return [done, program?.mode !== "points" && stamped, ...points].filter(Boolean).join(" ");
};

const recorded = (current) => {
  const { notice } = current;
  const open = notice.until && Date.parse(notice.until) > Date.now();
  const until = open && h("span", { class: "quiet small" }, ` ${t("terminal.undo_until", { time: timeOf(notice.until) })}`);
  return [icon("check"), h("div", {}, h("strong", {}, recordedText(current)), until, promotionsOf(notice)), open && h("p", { class: "actions" }, button("terminal.undo", () => undo({ id: notice.purchaseId, kind: "purchase", cups: notice.cups })))];
};

const FAILURES = {
  record: ["terminal.not_recorded", "terminal.maybe_recorded"],
  undo: ["terminal.not_undone", "terminal.maybe_undone"],
  "gift-request": ["gift.not_asked", "gift.maybe_asked"],
  "gift-again": ["gift.not_asked", "gift.maybe_asked"],
  "gift-issue": ["gift.not_issued", "gift.maybe_issued"],
  "gift-offline": ["gift.not_issued", "gift.maybe_issued"],
  "gift-override": ["gift.not_issued", "gift.maybe_issued"],
  "gift-release": ["gift.not_released", "gift.maybe_released"],
};

const failed = ({ notice: { action, problem } }) => {
  const [sure, unsure] = FAILURES[action.kind];
  const what = t(problem.maybe ? unsure : sure, { cups: t("count.cups", { n: action.cups ?? 0 }) });
  const again = problem.maybe || problem.status === 429;
  const ways = again ? [button("error.retry", retry, "button main"), action.kind !== "undo" && button("error.dismiss", dismiss)] : [];
  return [icon("warning"), h("div", {}, h("strong", {}, what), problem.maybe && navigator.onLine ? null : ` ${problem.sentence}`), ways.length > 0 && h("p", { class: "actions" }, ways)];
};

const issued = ({ notice }) => {
  const line = state.account.operations.find(({ id, kind }) => kind === "gift" && id === notice.giftId);
  const mayUndo = Date.parse(line?.undoable_until ?? "") > Date.now();
  return [icon("gift"), h("div", {}, h("strong", {}, t("gift.issued", { gift: inLanguage(notice.words) }))), mayUndo && h("p", { class: "actions" }, button("terminal.undo", () => undo(line)))];
};

const said = ({ notice }) => [icon(notice.good ? "check" : "warning"), h("div", {}, h("strong", {}, notice.sentence))];

const welcome = ({ notice, program }) => {
  const told = program?.mode === "points" ? t("terminal.welcome_plain") : t("terminal.welcome", { nth: program?.cups_per_gift ?? "", gift: program ? inLanguage({ ru: program.gift, en: program.gift_en }) : "" });
  return [icon("check"), h("div", {}, told, notice.problem && h("p", { class: "wrong" }, t("friends.not_tied", { why: notice.problem.sentence })))];
};

const BODIES = {
  recorded,
  failed,
  undone: ({ notice, account }) => [icon("undo"), h("div", {}, h("strong", {}, t("terminal.undone", { cups: t("count.cups_accusative", { n: notice.cups }) })), ` ${t("terminal.now_at", { done: account.stamps, size: account.card_size })}`)],
  ungifted: () => [icon("undo"), h("div", {}, h("strong", {}, t("gift.undone")))],
  issued,
  said,
  welcome,
  exists: () => [icon("person"), h("div", {}, t("terminal.exists"))],
};

const showNotice = (current) => {
  const place = $("guest-notice");
  const { notice, account } = current;
  const now = notice && `${notice.kind} ${account.version} ${account.stamps} ${notice.purchaseId} ${notice.giftId ?? ""} ${notice.sentence ?? ""} ${account.operations.length}`;
  if (now === noticeShown) return;
  noticeShown = now;
  const held = place.contains(document.activeElement) || document.activeElement === $("record") || document.activeElement?.closest?.("#gift") || document.activeElement?.closest?.("#operations");
  const bad = notice?.kind === "failed" || (notice?.kind === "said" && !notice.good);
  place.className = notice ? `notice ${bad ? "bad" : "good"}` : "";
  place.replaceChildren(...(notice ? BODIES[notice.kind](current).filter(Boolean) : []));
  if (notice && held) { place.focus({ preventScroll: true }); place.scrollIntoView({ block: "nearest" }); }
};

export const showCard = (current) => {
  if (current.view !== "guest") { guestShown = null; stampsShown = null; return; }
  if (guestShown !== current.guest.id) noticeShown = null;
  showPerson(current);
  showCups(current);
  showEntitled(current);
  showCoupons(current);
  showGift(current);
  showPayment(current);
  showActions(current);
  showNotice(current);
  showOperations(current);
  showFriends(current);
  guestShown = current.guest.id;
};

/** Makes the card's buttons work. */
export const wireCard = () => {
  $("fewer").addEventListener("click", () => setCups(state.cups - 1));
  $("more").addEventListener("click", () => setCups(state.cups + 1));
  $("record").addEventListener("click", record);
  wireGift();
  wirePayment();
  wireFriends();
};
