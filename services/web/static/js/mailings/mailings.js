// Mailings: the list, the one being written, the one that was launched. The address says which; live hints keep it true.
import { get } from "../api.js";
import { calmly } from "../calm.js";
import { $, say, show } from "../dom.js";
import { failed, onRetry, trying } from "../failing.js";
import { start } from "../page.js";
import { listen } from "../stream.js";
import { t } from "../words.js";
import { loadKept } from "./audience.js";
import { openEditor, wireEditor } from "./editor.js";
import { forgetUndo, wireLaunch } from "./launch.js";
import { loadList, wireList } from "./list.js";
import { openWatch, wireWatch } from "./watch.js";

const AGAIN = 2000;
const query = () => new URLSearchParams(location.search);
const gated = Boolean($("gate"));
let timer = null;
let like = null; // the mailing a new one is made after

const turnTo = (part) => {
  for (const each of document.querySelectorAll("[data-part]")) show(each, each.dataset.part === part);
  show($("new"), part === "list" && !gated);
  say($("finding"), t("mailings.finding"));
};

/** Changes the address; `push` for what the browser's way back should lead to. */
const address = (changes, push = false) => {
  const next = query();
  for (const [name, value] of Object.entries(changes)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  history[push ? "pushState" : "replaceState"](null, "", next.size ? `?${next}` : location.pathname);
};

const openNew = async () => {
  turnTo("edit");
  await openEditor({ segment: query().get("segment"), like });
  like = null;
};

const openOne = async (id) => {
  const found = await get(`/mailings/${encodeURIComponent(id)}`);
  if (found.state === "draft") {
    turnTo("edit");
    await openEditor({ found });
    return;
  }
  turnTo("watch");
  if (await openWatch(found)) timer = setTimeout(refresh, AGAIN);
};

const load = () => trying(async () => {
  clearTimeout(timer);
  const wish = query().get("mailing");
  if (gated) await loadKept().catch(() => null);
  if (wish === "new" && !gated) await openNew();
  else if (wish && wish !== "new") await openOne(wish);
  else {
    turnTo("list");
    await loadList(open);
  }
});
const refresh = calmly(load);

const open = (id) => {
  forgetUndo();
  address({ mailing: id, segment: null }, true);
  load();
  window.scrollTo(0, 0);
};
const changed = (id) => { address({ mailing: id, segment: null }); load(); };

// What is being written is never loaded over.
const heard = () => { if ($("editor").closest("[data-part]").hidden) refresh(); };

wireList({ query: query(), open, failed, chosen: (filter) => { address(filter); load(); } });
wireEditor({ failed, saved: (id) => address({ mailing: id, segment: null }), left: () => open(null) });
wireLaunch({ changed });
wireWatch({ changed, repeat: (mailing) => { like = mailing; open("new"); } });
$("new").addEventListener("click", (event) => { event.preventDefault(); open("new"); });
for (const link of document.querySelectorAll("[data-back]")) link.addEventListener("click", (event) => { event.preventDefault(); open(null); });
window.addEventListener("popstate", load);
onRetry(load);
start().then(load).then(() => { if (!gated) listen("/mailings/live", "mailing", { heard, opened: heard }); }).catch(() => show($("failed"), true));
