// The terminal's state and its actions: find, open, record, undo, register. Views only show it; `changed` tells them.
import { get, newKey, post, Problem } from "../api.js";

const CUPS_MOST = 9;
const ENTER_GUARD = 400;
/** What finds a guest: the last four digits of the number, or the short code from the guest's page. */
export const FINDABLE = 6;
export const SHORT_CODE = /^[A-Z0-9]{6}$/;
export const findable = (typed) => /^\d{4}$/.test(typed) || SHORT_CODE.test(typed);
const UNPAID = { amount: null, spend: 0, wrong: false }; // minor units, and whether what was typed is no amount
const OPENED = { cups: 1, payment: UNPAID, message: null, fault: "", appFault: "" };
const CLEAN = { view: "empty", digits: "", searched: "", guests: [], guest: null, account: null, action: null, notice: null, retry: null, problem: null, openedAt: 0, ...OPENED };

export const state = { ...CLEAN, program: null };
let changed = () => {};
let turn = 0; // every new search or opening makes older answers stale

export const onChange = (listener) => { changed = listener; };
export const set = (changes) => { Object.assign(state, changes); changed(state); };

/** Runs `work` unless something newer began meanwhile; a failure becomes a view with a way on. */
const attempt = async (work) => {
  const mine = (turn += 1);
  const fresh = () => mine === turn;
  try {
    await work(fresh);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (fresh()) set({ view: "failed", problem, retry: () => attempt(work) });
  }
};

export const clear = () => { turn += 1; set({ ...CLEAN }); };
export const setDigits = (digits) => { turn += 1; set({ ...CLEAN, digits }); };
export const setCups = (cups) => { if (cups >= 1 && cups <= CUPS_MOST) set({ cups, notice: state.notice && { ...state.notice, settled: false } }); };
export const setPayment = (payment) => set({ payment, notice: state.notice && { ...state.notice, settled: false } });
export const loadProgram = async () => set({ program: await get("/program") });

const withVisits = async (guests) => {
  const query = guests.slice(0, 50).map(({ id }) => `guest_id=${encodeURIComponent(id)}`).join("&");
  const { accounts } = await get(`/accounts?${query}`);
  const visits = new Map(accounts.map((account) => [account.guest_id, account.last_purchase_at]));
  return guests
    .map((guest) => ({ ...guest, last_purchase_at: visits.get(guest.id) ?? null }))
    .sort((a, b) => (b.last_purchase_at ?? "").localeCompare(a.last_purchase_at ?? ""));
};

export const find = (digits) => attempt(async (fresh) => {
  set({ ...CLEAN, digits, searched: digits, view: "loading" });
  const { guests } = await post("/guests/search", SHORT_CODE.test(digits) ? { code: digits } : { last4: digits }, { repeatable: true });
  if (!fresh()) return;
  if (guests.length === 0) set({ view: "nobody" });
  else if (guests.length === 1) await show(guests[0], {}, fresh);
  else {
    const listed = await withVisits(guests);
    if (fresh()) set({ view: "choose", guests: listed });
  }
});

const show = async (guest, changes, fresh) => {
  const account = await get(`/accounts/${encodeURIComponent(guest.id)}`);
  if (fresh()) set({ view: "guest", guest, account, notice: null, openedAt: performance.now(), ...OPENED, ...changes });
};

export const open = (guest, changes = {}) => attempt(async (fresh) => {
  set({ view: "loading" });
  await show(guest, changes, fresh);
});

/** Opens a guest known by id only, as after a reload. */
export const reopen = (guestId, changes = {}) => attempt(async (fresh) => {
  set({ view: "loading" });
  await show(await get(`/guests/${encodeURIComponent(guestId)}`), changes, fresh);
});

export const startRegistration = () => { turn += 1; set({ ...CLEAN, digits: state.digits, searched: state.digits, view: "register" }); };

/** Says who brought a new guest. Resolves to null or to the problem. */
export const tieToFriend = async (guestId, code) => {
  try {
    await post(`/accounts/${encodeURIComponent(guestId)}/referral`, { code: code.replace(/[^a-z0-9]/gi, "").toLowerCase() || "-" }, { key: newKey() });
    return null;
  } catch (problem) {
    if (problem instanceof Problem) return problem;
    throw problem;
  }
};

/** Resolves to null, or to the problem that the form shall show. The number is not kept anywhere. */
export const register = async ({ phone, name, birthday, processing, advertising, friend }) => {
  const body = { phone, source: "terminal", consents: { processing, advertising }, ...(name ? { name } : {}), ...(birthday ? { birthday } : {}) };
  try {
    const guest = await post("/guests", body, { repeatable: true });
    const problem = friend ? await tieToFriend(guest.id, friend) : null;
    await open(guest, { notice: { kind: "welcome", problem } });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (problem.slug !== "guest-exists" || !problem.body.guest_id) return problem;
    await reopen(problem.body.guest_id, { notice: { kind: "exists" } });
  }
  return null;
};

/** The account as it will look after `cups` more: shown at once, replaced by the truth. */
const foreseen = (account, cups) => {
  const more = { ...account, cups: account.cups + cups, purchases: account.purchases + 1 };
  if (state.program?.mode === "points") return more;
  const size = account.card_size;
  const stamps = account.stamps + cups;
  return { ...more, stamps: stamps % size, gifts: account.gifts + Math.floor(stamps / size) };
};

export const refresh = async (guestId) => {
  const account = await get(`/accounts/${encodeURIComponent(guestId)}`).catch(() => null);
  const wanted = account && state.guest?.id === guestId && !state.action;
  if (wanted && account.version >= state.account.version) set({ account });
};

/** Sends an action of value. Trying again uses the same action and so the same key. `refused(problem)` may give what shall be shown instead. */
export const send = async (action) => {
  set({ action, notice: null, fault: "", appFault: "", account: action.foreseen ?? action.before });
  const here = () => state.guest?.id === action.guestId && state.action === action;
  try {
    const answer = await post(action.path, action.body, { key: action.key });
    const operations = action.operations?.(answer) ?? action.before.operations;
    if (here()) set({ ...OPENED, action: null, account: { ...action.before, ...answer.account, operations }, notice: action.done(answer) });
    if (state.guest?.id === action.guestId) refresh(action.guestId);
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (here()) set({ action: null, account: action.before, ...(action.refused?.(problem) ?? { notice: { kind: "failed", action, problem } }) });
  }
};

const sameAgain = (action, body) => action.kind === "record" && JSON.stringify(action.body) === JSON.stringify(body);

export const record = () => {
  if (state.view !== "guest" || state.action) return;
  const { guest, account: before, cups, payment: { amount, spend, wrong } } = state;
  if (wrong) return;
  const body = { guest_id: guest.id, cups, ...(amount !== null && { amount }), ...(spend > 0 && { spend_points: spend }) };
  if (state.notice?.kind === "failed" && state.notice.problem.maybe && sameAgain(state.notice.action, body)) { retry(); return; }
  const operations = (answer) => [
    { id: answer.purchase_id, kind: "purchase", at: answer.at, cups, amount, discount: answer.discount, points: answer.points_earned - answer.points_spent + answer.bonus, mine: true, undone: false, undoable_until: answer.undoable_until },
    ...before.operations,
  ];
  send({
    kind: "record", guestId: guest.id, cups, key: newKey(), path: "/purchases", body,
    before, foreseen: foreseen(before, cups), operations,
    done: (answer) => ({
      kind: "recorded", settled: true, cups, gifts: answer.gifts_earned, purchaseId: answer.purchase_id, until: answer.undoable_until,
      earned: answer.points_earned + answer.bonus, spent: answer.points_spent,
      discount: answer.discount, toPay: answer.to_pay, promotions: answer.promotions,
    }),
  });
};

/** Takes a purchase back, or a gift that was not handed over after all. */
export const undo = ({ id, kind, cups }) => {
  if (state.view !== "guest" || state.action) return;
  const { guest, account: before } = state;
  const marked = before.operations.map((operation) => (operation.id === id ? { ...operation, undone: true, undoable_until: null } : operation));
  send({
    kind: "undo", guestId: guest.id, cups, key: newKey(), path: `/${kind === "gift" ? "gifts" : "purchases"}/${encodeURIComponent(id)}/undo`, body: { guest_id: guest.id },
    before, foreseen: { ...before, operations: marked }, operations: () => marked,
    done: () => ({ kind: kind === "gift" ? "ungifted" : "undone", cups }),
  });
};

export const retry = () => {
  const { action } = state.notice ?? {};
  if (action) send({ ...action, before: state.account });
};
export const dismiss = () => { set({ notice: null }); refresh(state.guest.id); };

/** Enter: find, or record. Not twice by a bouncing key: an unchanged repeat needs the button. */
export const enter = () => {
  if (state.view === "guest" && state.digits === state.searched) {
    if (performance.now() - state.openedAt < ENTER_GUARD) return null;
    if (state.notice?.settled) return "again";
    record();
    return null;
  }
  if (state.view === "loading") return null;
  if (!findable(state.digits)) return "four";
  find(state.digits);
  return null;
};
