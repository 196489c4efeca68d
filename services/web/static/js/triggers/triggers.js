// Triggers: what runs by itself, ready ones to take, and one being edited. The address says which.
import { call, get, newKey, post } from "../api.js";
import { $, say, show } from "../dom.js";
import { onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { inLanguage, t } from "../words.js";
import { openEditor, wireEditor } from "./editor.js";
import { showScenarios, showTriggers } from "./list.js";

const gated = Boolean($("gate"));
const wish = () => new URLSearchParams(location.search).get("trigger");

const turnTo = (part) => {
  for (const each of document.querySelectorAll("[data-part]")) show(each, each.dataset.part === part);
  show($("new"), part === "list" && !gated);
};

const path = ({ id }) => `/triggers/${encodeURIComponent(id)}`;

const changing = (change) => (what) => trying(async () => { await change(what); await loadList(); });

const sure = (trigger) => new Promise((resolve) => {
  say($("sure-title"), t("triggers.delete_title", { name: trigger.name }));
  $("sure").returnValue = "";
  $("sure").addEventListener("close", () => resolve($("sure").returnValue === "yes"), { once: true });
  $("sure").showModal();
});

const tellAdded = (found, made) => {
  const name = inLanguage(found.title);
  say($("added-text"), [t("triggers.added", { name }), made.promotion_id && t("triggers.added_promotion")].filter(Boolean).join(" "));
  show($("added-link"), Boolean(made.promotion_id));
  show($("added"), true);
};

const take = (found) => trying(async () => {
  const made = await post(`/triggers/scenarios/${found.name}`, { language: document.documentElement.lang }, { key: newKey() });
  tellAdded(found, made);
  await loadList();
  document.querySelector(`[data-trigger="${CSS.escape(made.trigger_id)}"] [role=switch]`)?.focus();
});

const actions = {
  gated,
  take,
  edit: (id) => open(id),
  turn: changing((trigger) => call("PATCH", path(trigger), { body: { active: !trigger.active }, repeatable: true })),
  remove: changing(async (trigger) => { if (await sure(trigger)) await call("DELETE", path(trigger), { repeatable: true }); }),
};

const loadList = async () => {
  const refusedByPlan = (problem) => { if (gated && problem.slug === "plan-required") return { triggers: [], scenarios: [] }; throw problem; };
  const [{ triggers }, { scenarios }] = await Promise.all([get("/triggers").catch(refusedByPlan), get("/triggers/scenarios").catch(refusedByPlan)]);
  showTriggers(triggers, actions);
  showScenarios(scenarios, actions);
};

const load = () => trying(async () => {
  const id = gated ? null : wish();
  if (!id) { turnTo("list"); await loadList(); return; }
  show($("added"), false);
  const found = id === "new" ? null : await get(`/triggers/${encodeURIComponent(id)}`);
  turnTo("edit");
  await openEditor(found);
});

const open = (id) => {
  history.pushState(null, "", id ? `?trigger=${encodeURIComponent(id)}` : location.pathname);
  window.scrollTo(0, 0);
  return load();
};

wireEditor({ saved: () => open(null), left: () => open(null) });
$("new").addEventListener("click", (event) => { event.preventDefault(); open("new"); });
window.addEventListener("popstate", load);
onRetry(load);
start().then(load).catch(() => show($("failed"), true));
