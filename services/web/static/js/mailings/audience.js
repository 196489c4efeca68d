// To whom: segments, ranges, tiers and tastes, and choices that were kept.
import { get, newKey, post } from "../api.js";
import { $, h, say, show } from "../dom.js";
import { t } from "../words.js";

const part = $("audience");
const all = (selector) => [...part.querySelectorAll(selector)];
const ticked = (selector) => all(selector).filter((box) => box.checked).map((box) => box.value);
const RANGES = ["last_purchase_days", "purchases", "registered_days"];
let kept = [];

const complain = (words) => { say($("audience-wrong"), words); show($("audience-wrong"), Boolean(words)); };

const numberIn = (field) => {
  const text = field.value.trim();
  if (!text) return undefined;
  return /^\d{1,4}$/.test(text) ? Number(text) : NaN;
};

/** `{min?, max?}`, undefined where nothing is typed, null for what is no range. */
const range = (name) => {
  const [min, max] = ["min", "max"].map((end) => numberIn($(`${name}-${end}`)));
  if (Number.isNaN(min) || Number.isNaN(max) || (min !== undefined && max !== undefined && min > max)) return null;
  if (min === undefined && max === undefined) return undefined;
  return { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
};

/** The audience as the API takes it; null while a range is impossible, which is said. */
export const audience = () => {
  const ranges = RANGES.map((name) => [name, range(name)]);
  const wrong = ranges.some(([, found]) => found === null);
  complain(wrong ? t("mailings.range_wrong") : "");
  if (wrong) return null;
  const tiers = ticked("[data-tier-choice]");
  const favourites = $("favourites").value.split(",").map((each) => each.trim()).filter(Boolean);
  return {
    segments: ticked("[data-segment]"),
    ...Object.fromEntries(ranges.filter(([, found]) => found)),
    ...(tiers.length ? { tiers } : {}),
    ...(favourites.length ? { favourites } : {}),
  };
};

export const fillAudience = (found = { segments: [] }) => {
  const plain = found.saved ? kept.find(({ id }) => id === found.saved)?.audience ?? { segments: [] } : found;
  for (const box of all("[data-segment]")) box.checked = (plain.segments ?? []).includes(box.value);
  for (const box of all("[data-tier-choice]")) box.checked = (plain.tiers ?? []).includes(box.value);
  for (const field of all("[data-range]")) field.value = plain[field.dataset.range]?.[field.dataset.end] ?? "";
  $("favourites").value = (plain.favourites ?? []).join(", ");
  part.querySelector("details").open = RANGES.some((name) => plain[name]) || Boolean(plain.tiers?.length || plain.favourites?.length);
  complain("");
};

/** "Уходящие, Спящие"; "все гости". */
export const audienceInWords = (found) => {
  if (found?.saved) return kept.find(({ id }) => id === found.saved)?.name ?? t("mailings.saved_choice");
  return found?.segments?.length ? found.segments.map((name) => t(`segment.${name}`)).join(", ") : t("mailings.everybody");
};

const drawKept = () => $("saved").replaceChildren(h("option", { value: "" }, t("mailings.saved_choose")), ...kept.map(({ id, name }) => h("option", { value: id }, name)));

export const loadKept = async () => {
  const found = await get("/mailings/audiences");
  kept = found.audiences ?? [];
  drawKept();
};

const keep = async () => {
  const [name, chosen] = [$("save-as").value.trim(), audience()];
  if (!name || !chosen) { $("save-as").focus(); return; }
  await post("/mailings/audiences", { name, audience: chosen }, { key: newKey() });
  $("save-as").value = "";
  say($("audience-saved"), t("mailings.audience_saved"));
  await loadKept();
};

export const wireAudience = ({ edited, failed }) => {
  part.addEventListener("input", () => { say($("audience-saved"), ""); edited(); });
  $("saved").addEventListener("change", () => { if ($("saved").value) { fillAudience({ saved: $("saved").value }); edited(); } });
  $("save-audience").addEventListener("click", () => keep().catch(failed));
};
