// The guest's card: cups, gifts, points, what to show at the till, the latest operations, an invitation for a friend.
import { get } from "../api.js";
import { $, h, icon, say, show } from "../dom.js";
import { dateOf, dayOf, inLanguage, momentInWords, money, signed, t } from "../words.js";
import { answerForm } from "./answers.js";
import { picture } from "../qr.js";
import { learn, set, shop, state } from "./state.js";

const inPoints = (minor) => t("count.points", { n: minor / 100 });
let stampsShown = null;
let operationsShown = "";
let rated = null; // the id of the request whose stars are on the page

const showAge = ({ at, fresh, lost, view }) => {
  const inside = ["home", "inbox", "write", "more"].includes(view);
  show($("age"), inside && !fresh && (Boolean(at) || lost));
  if (!at) say($("age"), t("guest.balance_away"));
  else say($("age"), t(lost || !navigator.onLine ? "guest.age_lost" : "guest.age_asking", { when: momentInWords(at) }));
};

const showCups = ({ stamps, card_size: size, gift, gifts, gift_request: asked }, stampsOn) => {
  show($("cups-part"), stampsOn);
  show($("to-gift"), stampsOn && gifts === 0);
  show($("gifts"), gifts > 0);
  show($("gift-how"), gifts > 0 && !asked);
  if (gifts > 0) say($("gifts").lastElementChild, gifts > 1 ? t("guest.gifts", { gifts: t("count.gifts", { n: gifts }), gift: inLanguage(gift) }) : t("guest.gift", { gift: inLanguage(gift) }));
  if (!stampsOn) return;
  const grew = stampsShown !== null && stamps > stampsShown;
  const cup = (_, place) => icon("cup", `${place < stamps ? "full" : ""} ${grew && place >= stampsShown && place < stamps ? "fresh" : ""}`);
  if (stampsShown !== stamps || $("cups").children.length !== size) $("cups").replaceChildren(...Array.from({ length: size }, cup));
  $("cups").setAttribute("aria-label", t("terminal.progress_label", { done: stamps, size }));
  say($("progress"), t("terminal.progress", { done: stamps, size }));
  say($("to-gift"), t("terminal.left_to_gift", { cups: t("count.cups", { n: size - stamps }), gift: inLanguage(gift) }));
  stampsShown = stamps;
};

const showPoints = ({ points, points_owed: owed, tier, next_tier: next, points_expiring: expiring }, on) => {
  show($("points-part"), on);
  if (!on) return;
  say($("points"), inPoints(points));
  say($("tier"), tier ? t(`tier.${tier}`) : "");
  say($("points-more"), [
    owed > 0 && t("points.owed", { points: inPoints(owed) }),
    next && t("points.to_next", { money: money(next.spend_left), tier: t(`tier_to.${next.tier}`) }),
    expiring && t("points.expiring", { points: inPoints(expiring.points), date: dateOf(dayOf(new Date(expiring.expires_at))) }),
  ].filter(Boolean).join(" · "));
};

const NAMES = { gift: "guest.op_gift", "gift-undo": "gift.op_undone", expire: "points.op_expired", adjust: "points.op_adjusted", revoke: "points.op_revoked" };
const BONUSES = { welcome: "points.op_welcome", referral: "points.op_referral" };
const ICONS = { purchase: "cup", undo: "undo", import: "box", gift: "gift", "gift-undo": "undo", bonus: "plus", adjust: "plus", revoke: "minus", expire: "minus" };

const named = ({ kind, reason, cups: n }) => {
  if (kind === "bonus") return t(BONUSES[reason] ?? "points.op_bonus");
  if (NAMES[kind]) return t(NAMES[kind]);
  const cups = t("count.cups", { n: Math.abs(n) });
  return kind === "undo" ? t("terminal.op_undo", { cups }) : cups;
};

const row = (operation) => h("li", { class: operation.undone ? "void" : "" }, icon(ICONS[operation.kind] ?? "cup"),
  h("div", {}, h("span", { class: "what" }, named(operation)),
    h("small", {}, [momentInWords(operation.at), operation.points && t("points.change", { change: signed(operation.points / 100) }), operation.undone && t("terminal.op_undone")].filter(Boolean).join(" · "))));

const showHistory = ({ operations = [] }) => {
  const key = JSON.stringify(operations.map(({ id, kind, undone }) => [id, kind, undone]));
  if (key === operationsShown) return;
  operationsShown = key;
  $("operations").replaceChildren(...operations.map(row));
  show($("operations-empty"), operations.length === 0);
};

const showPass = ({ guest, qr }) => {
  const code = guest.short_code ?? "";
  say($("pass-code"), code ? `${code.slice(0, 3)} ${code.slice(3)}` : "");
  const drawn = qr?.code === code && qr.picture;
  show($("pass-qr"), Boolean(drawn));
  if (drawn && $("pass-qr").src !== qr.picture) $("pass-qr").src = qr.picture;
};

let drawing = "";
/** The picture is asked for once per code; the page works without. */
const drawPass = async ({ guest, qr, fresh }) => {
  const code = guest.short_code;
  if (!fresh || !code || qr?.code === code || drawing === code) return;
  drawing = code;
  await picture(`${location.origin}/terminal?guest=${code}`).then((drawn) => learn({ qr: { code, picture: drawn } }), () => { drawing = ""; });
};

const showRate = ({ feedback }) => {
  const open = feedback?.open_rating;
  const asked = open?.state === "asked";
  show($("rate"), asked || (rated !== null && open?.id === rated));
  if (!asked || open.id === rated) return;
  rated = open.id;
  $("rate-form").replaceChildren(answerForm(`/feedback/ratings/${encodeURIComponent(open.id)}`));
};

const invitation = () => `${location.origin}/r/${shop}/${state.account.referral_code}`;
const showFriends = ({ account }) => {
  show($("friends"), Boolean(account.referral_code) && account.purchases > 0);
  if (account.referral_code) say($("friends-link"), invitation());
};
const drawFriends = () => {
  if (!$("friends").open) return;
  $("friends-qr").src = `/r/${shop}/${state.account.referral_code}.svg`;
  show($("friends-qr"), true);
};
const share = async () => {
  const link = { title: document.title, text: t("guest.share_text"), url: invitation() };
  if (navigator.share) { await navigator.share(link).catch(() => null); return; }
  await navigator.clipboard.writeText(link.url).then(() => say($("friends-share"), t("guest.copied")), () => null);
};

export const showHome = (current) => {
  showAge(current);
  const { account, guest } = current;
  if (!guest) return;
  say($("hello"), guest.name ? t("guest.hello", { name: guest.name }) : t("guest.hello_plain"));
  showPass(current);
  drawPass(current);
  showRate(current);
  show($("balance"), Boolean(account));
  if (!account) return;
  const mode = current.conditions?.mode ?? (account.tier ? "both" : "stamps");
  showCups(account, mode !== "points");
  showPoints(account, mode !== "stamps" || account.points > 0);
  showHistory(account);
  showFriends(current);
};

const WELCOME = `bezkart.welcome.${shop}`;
/** A newcomer reads the conditions once (F11). */
export const welcome = async () => {
  const conditions = await get("/program/mine").catch(() => null);
  if (conditions) learn({ conditions });
  if (!sessionStorage.getItem(WELCOME)) return;
  sessionStorage.removeItem(WELCOME);
  say($("welcome-rules"), conditions?.conditions ? inLanguage(conditions.conditions) : "");
  show($("welcome"), true);
  set({});
};

/** Makes the parts that open work. */
export const wireHome = () => {
  $("friends").addEventListener("toggle", drawFriends);
  $("friends-share").addEventListener("click", share);
};
