// The guest's latest operations, each with «Отменить» for as long as it may be undone, unless the notice above has it.
import { $, h, icon, show } from "../dom.js";
import { undo } from "./desk.js";
import { momentInWords, t } from "../words.js";

const ICONS = { purchase: "cup", undo: "undo", import: "box" };
let shown = "";

const mayUndo = ({ id, undone, undoable_until: until }, offered) => !undone && id !== offered && Date.parse(until ?? "") > Date.now();

const undoButton = (operation, what, busy) => {
  const name = t("terminal.undo_this", { what, when: momentInWords(operation.at) });
  const run = () => { if (!busy) undo(operation.id, operation.cups); };
  return h("button", { class: "button", type: "button", "aria-label": name, "aria-disabled": String(busy), onclick: run }, t("terminal.undo"));
};

const row = (operation, busy, offered) => {
  const cups = t("count.cups", { n: Math.abs(operation.cups) });
  const what = operation.kind === "undo" ? t("terminal.op_undo", { cups }) : cups;
  const facts = [momentInWords(operation.at), operation.kind === "import" && t("terminal.op_import"), operation.mine && t("terminal.by_me"), operation.undone && t("terminal.op_undone")];
  return h("li", { class: operation.undone ? "void" : "" },
    icon(ICONS[operation.kind] ?? "cup"),
    h("div", {}, h("span", { class: "what" }, what), h("small", {}, facts.filter(Boolean).join(" · "))),
    mayUndo(operation, offered) && undoButton(operation, what, busy));
};

/** Redraws the list when it changed, or when the time for an undo ran out. */
export const showOperations = ({ account, action, notice }) => {
  const operations = account.operations ?? [];
  const offered = notice?.kind === "recorded" ? notice.purchaseId : null;
  const key = JSON.stringify([operations.map((operation) => [operation.id, operation.kind, operation.undone, mayUndo(operation, offered)]), Boolean(action)]);
  if (key === shown) return;
  shown = key;
  $("operations").replaceChildren(...operations.map((operation) => row(operation, Boolean(action), offered)));
  show($("operations-empty"), operations.length === 0);
};
