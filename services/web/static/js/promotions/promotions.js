// Promotions: what is on at the till, and one being edited and tried. The address says which.
import { call, get, post } from "../api.js";
import { $, say, show } from "../dom.js";
import { onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { t } from "../words.js";
import { openEditor, wireEditor } from "./editor.js";
import { showPromotions } from "./list.js";

const gated = Boolean($("gate"));
const wish = () => new URLSearchParams(location.search).get("promotion");
const path = ({ id }) => `/promotions/${encodeURIComponent(id)}`;

const turnTo = (part) => {
  for (const each of document.querySelectorAll("[data-part]")) show(each, each.dataset.part === part);
  show($("new"), part === "list" && !gated);
};

const sure = (promotion, what) => new Promise((resolve) => {
  say($("sure-title"), t(what === "end" ? "promotions.end_title" : "promotions.delete_title", { name: promotion.rule.name }));
  const out = promotion.usage.issued - promotion.usage.used - promotion.usage.expired;
  say($("sure-text"), [t(what === "end" ? "promotions.end_text" : "promotions.delete_text"), what === "end" && out > 0 && t("promotions.end_coupons", { n: out })].filter(Boolean).join(" "));
  say($("sure-yes"), t(what === "end" ? "promotions.end" : "promotions.delete"));
  $("sure").returnValue = "";
  $("sure").addEventListener("close", () => resolve($("sure").returnValue === "yes"), { once: true });
  $("sure").showModal();
});

const changing = (change) => (promotion) => trying(async () => { await change(promotion); await loadList(); });

const actions = {
  gated,
  edit: (id) => open(id),
  turn: changing((each) => post(`${path(each)}/${each.state === "active" ? "pause" : "resume"}`, undefined, { repeatable: true })),
  end: changing(async (each) => { if (await sure(each, "end")) await post(`${path(each)}/end`, undefined, { repeatable: true }); }),
  remove: changing(async (each) => { if (await sure(each, "delete")) await call("DELETE", path(each), { repeatable: true }); }),
};

const loadList = async () => {
  const refusedByPlan = (problem) => { if (gated && problem.slug === "plan-required") return { promotions: [] }; throw problem; };
  const { promotions } = await get("/promotions").catch(refusedByPlan);
  showPromotions(promotions, actions);
};

const load = () => trying(async () => {
  const id = gated ? null : wish();
  if (!id) { turnTo("list"); await loadList(); return; }
  const found = id === "new" ? null : await get(path({ id }));
  turnTo("edit");
  await openEditor(found);
});

const open = (id) => {
  history.pushState(null, "", id ? `?promotion=${encodeURIComponent(id)}` : location.pathname);
  window.scrollTo(0, 0);
  return load();
};

wireEditor({ saved: () => open(null), left: () => open(null) });
$("new").addEventListener("click", (event) => { event.preventDefault(); open("new"); });
window.addEventListener("popstate", load);
onRetry(load);
start().then(load).catch(() => show($("failed"), true));
