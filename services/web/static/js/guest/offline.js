// The code that needs no network (F45): a new one every 30 seconds, computed here from a key that was fetched while there was one.
import { get } from "../api.js";
import { $, say, show } from "../dom.js";
import { moment, set, shop, state } from "./state.js";
import { codeAt, keyOf } from "./totp.js";
import { keepKey, keptKey } from "./vault.js";

const RENEW = 86_400_000;
let entry = null;
let shownStep = null;

const canSign = () => Boolean(globalThis.crypto?.subtle);

const fetched = async (guest) => {
  const { secret, step_seconds: step, digits } = await get("/accounts/me/offline-key");
  return { guest, key: await keyOf(secret), step, digits, at: Date.now() };
};

/** Has the key at hand: kept ones at once, an old one is renewed when there is network. */
export const prepare = async () => {
  openIfAlone();
  if (!canSign() || !state.guest) return;
  const kept = await keptKey(shop);
  entry = kept?.guest === state.guest.id ? kept : null;
  tick();
  if (!state.fresh || (entry && Date.now() - entry.at < RENEW)) return;
  const renewed = await fetched(state.guest.id).catch(() => null);
  if (renewed) { entry = renewed; shownStep = null; await keepKey(shop, renewed); tick(); }
};

const tick = async () => {
  const known = Boolean(entry) && state.guest?.id === entry?.guest;
  show($("offline-on"), known);
  show($("offline-text"), known);
  show($("offline-off"), !known);
  if (!known || !$("offline").open) { shownStep = null; return; }
  const seconds = moment() / 1000;
  const step = Math.floor(seconds / entry.step);
  $("offline-ring").setAttribute("stroke-dashoffset", String((30 * (seconds % entry.step)) / entry.step));
  if (step === shownStep) return;
  shownStep = step;
  const code = await codeAt(entry.key, seconds, entry);
  say($("offline-digits"), `${code.slice(0, 4)} ${code.slice(4)}`);
};

/** Without network the code is what one came for. */
const openIfAlone = () => { if (!navigator.onLine && state.account?.gifts > 0) $("offline").open = true; };

export const wireOffline = () => {
  $("offline").addEventListener("toggle", tick);
  setInterval(tick, 1000);
  window.addEventListener("offline", () => { set({ fresh: false, lost: true }); openIfAlone(); });
};
