// The guest's latest operations, each with «Отменить» for as long as it may be undone, unless the notice above has it.
import { $, h, icon, show } from "../dom.js";
import { undo } from "./desk.js";
import { momentInWords, money, signed, t } from "../words.js";

const ICONS = { purchase: "cup", undo: "undo", import: "box", gift: "gift", "gift-undo": "undo", bonus: "plus", adjust: "plus", revoke: "minus", expire: "minus" };
let shown = "";

const mayUndo = ({ id, undone, undoable_until: until }, offered) => !undone && id !== offered && Date.parse(until ?? "") > Date.now();

const undoButton = (operation, what, busy) => {
  const name = t("terminal.undo_this", { what, when: momentInWords(operation.at) });
  const run = () => { if (!busy) undo(operation); };
  return h("button", { class: "button", type: "button", "aria-label": name, "aria-disabled": String(busy), onclick: run }, t("terminal.undo"));
};

const NAMES = { gift: "gift.op_issued", "gift-undo": "gift.op_undone", expire: "points.op_expired", adjust: "points.op_adjusted", revoke: "points.op_revoked" };
const BONUSES = { welcome: "points.op_welcome", referral: "points.op_referral" };

const inWords = ({ kind, reason, cups: n }) => {
  if (kind === "bonus") return t(BONUSES[reason] ?? "points.op_bonus");
  if (NAMES[kind]) return t(NAMES[kind]);
  const cups = t("count.cups", { n: Math.abs(n) });
  return kind === "undo" ? t("terminal.op_undo", { cups }) : cups;
};

const row = (operation, busy, offered) => {
  const what = inWords(operation);
  const facts = [momentInWords(operation.at), operation.discount > 0 && operation.kind === "purchase" && t("promo.discount", { money: money(operation.discount) }), operation.points && t("points.change", { change: signed(operation.points / 100) }), operation.kind === "import" && t("terminal.op_import"), operation.reason === "override" && t("gift.op_override"), operation.mine && t("terminal.by_me"), operation.undone && t("terminal.op_undone")];
  return h("li", { class: operation.undone ? "void" : "" },
    icon(ICONS[operation.kind] ?? "cup"),
    h("div", {}, h("span", { class: "what" }, what), h("small", {}, facts.filter(Boolean).join(" · "))),
    mayUndo(operation, offered) && undoButton(operation, what, busy));
};

/** Redraws the list when it changed, or when the time for an undo ran out. */
export const showOperations = ({ account, action, notice }) => {
  const operations = account.operations ?? [];
  const offered = { recorded: notice?.purchaseId, issued: notice?.giftId }[notice?.kind] ?? null;
  const key = JSON.stringify([operations.map((operation) => [operation.id, operation.kind, operation.undone, mayUndo(operation, offered)]), Boolean(action)]);
  if (key === shown) return;
  shown = key;
  $("operations").replaceChildren(...operations.map((operation) => row(operation, Boolean(action), offered)));
  show($("operations-empty"), operations.length === 0);
};
