// What the guest page knows: at once what was true at the last visit, then the truth. Views only show it.
import { get, now, Problem } from "../api.js";
import { calmly } from "../calm.js";
import { has, t } from "../words.js";
import { forgetKey } from "./vault.js";

export const page = document.querySelector(".guest-page");
export const { shop, bot } = page.dataset;
const KEPT = `bezkart.guest.${shop}`;
const NOBODY = { guest: null, account: null, conditions: null, offers: null, qr: null, at: null, ahead: 0, seen: "" };

/** `fresh`: what is shown is the truth of this minute; `lost`: it was asked for in vain. */
export const state = { view: "loading", ...NOBODY, fresh: false, lost: false, letters: null, feedback: null, problem: null, note: "" };
let changed = () => {};

export const onChange = (listener) => { changed = listener; };
export const set = (changes) => { Object.assign(state, changes); changed(state); };
/** The present moment by the server's clock, also without network. */
export const moment = () => (state.fresh ? now() : Date.now() + state.ahead);
/** A problem in this page's own words where it has some. */
export const inWords = (problem) => {
  if (!(problem instanceof Problem)) throw problem;
  return has(`guest_problem.${problem.slug}`) ? t(`guest_problem.${problem.slug}`) : problem.sentence;
};

const keep = () => {
  const kept = Object.fromEntries(Object.keys(NOBODY).map((name) => [name, state[name]]));
  try { localStorage.setItem(KEPT, JSON.stringify(kept)); } catch { /* a browser that keeps nothing still shows everything */ }
};
/** Shows what was kept at the last visit; false when there is nothing. */
export const restore = () => {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT) ?? "null");
    if (kept?.guest) Object.assign(state, NOBODY, kept);
  } catch { /* nothing kept, or not ours */ }
  return Boolean(state.guest);
};
/** Nothing of the guest stays in this browser. */
export const forget = async () => {
  try { localStorage.removeItem(KEPT); } catch { /* nothing was kept */ }
  Object.assign(state, NOBODY, { fresh: false, lost: false, letters: null, feedback: null });
  await forgetKey(shop);
};
export const learn = (changes) => { set(changes); keep(); };

/** When the owner last answered, "" for never; `state.seen` is up to where the guest has read. */
export const lastReply = () => (state.feedback?.threads ?? []).flatMap(({ messages }) => messages).filter(({ author }) => author === "owner").map(({ at }) => at).sort().pop() ?? "";

const ENDED = new Set([401, 403]);
const settled = (promise) => promise.then((value) => ({ value }), (problem) => ({ problem }));

const toEntry = async (note = "") => { await forget(); set({ view: "phone", note }); };

/** Asks for everything; what one service cannot say now stays as it was. */
export const refresh = calmly(async () => {
  const [guest, account, letters, feedback, offers] = await Promise.all(["/guests/me", "/accounts/me", "/inbox", "/feedback/mine", "/promotions/mine"].map((path) => settled(get(path))));
  const ended = [guest, account].find(({ problem }) => ENDED.has(problem?.status));
  if (ended || (state.guest && guest.value && guest.value.id !== state.guest.id)) { await toEntry(ended?.problem.status === 403 ? t("guest.as_staff") : ""); return; }
  if (guest.problem && !state.guest) { set({ view: "failed", problem: guest.problem }); return; }
  learn({
    guest: guest.value ?? state.guest,
    account: account.value ?? state.account,
    letters: letters.value?.messages ?? state.letters,
    feedback: feedback.value ?? state.feedback,
    offers: offers.value?.promotions ?? state.offers,
    fresh: !account.problem,
    lost: Boolean(account.problem),
    ...(account.problem ? {} : { at: new Date(now()).toISOString(), ahead: now() - Date.now() }),
  });
});
