// Handing a gift over: the code is asked for, travels, is typed; or the owner does without. The account carries the live request.
import { get, newKey, now, post, Problem } from "../api.js";
import { refresh, send, set, state } from "./desk.js";
import { t } from "../words.js";

const PENDING = new Set(["waiting", "sending", "parked"]);
const LOOK = 1000;
let watched = null; // the key of the message whose way is being watched

export const live = () => (state.view === "guest" && state.account?.gift_request) || null;
export const left = (request) => Date.parse(request.until) - now();
export const pending = (message) => !message || PENDING.has(message.state);

const looksAgain = (key) => state.account?.gift_request?.message_key === key;

/** Asks how the code travels until it has arrived or can go no further; nobody waits for the answer. */
export const watch = async (key) => {
  if (!key || watched === key) return;
  watched = key;
  try {
    while (looksAgain(key)) {
      const found = await get(`/messages?key=${encodeURIComponent(key)}`).then(({ messages }) => messages[0] ?? null, () => state.message);
      if (looksAgain(key) && found && JSON.stringify(found) !== JSON.stringify(state.message)) set({ message: found });
      if (found && !pending(found)) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
    }
  } finally {
    if (watched === key) watched = null;
  }
};

const without = (account, changes = {}) => ({ ...account, gift_request: null, ...changes });

/** The code that the guest's own page computed. */
const refusedByApp = ({ slug, body, sentence }) => ({
  "wrong-code": () => ({ appFault: t("gift.wrong_code", { attempts: t("count.attempts", { n: body.attempts_left }) }) }),
  "invalid-request": () => ({ appFault: t("gift.eight_digits") }),
  "code-used-before": () => ({ appFault: sentence }),
  "too-many-attempts": () => ({ appFault: t("gift.app_locked") }),
}[slug]?.() ?? null);

/** What is shown when the system says no; null leaves it to the ordinary words. */
const refused = (action) => ({ slug, body, sentence }) => {
  if (action.kind === "gift-offline") return refusedByApp({ slug, body, sentence });
  const guestId = action.guestId;
  const again = (changes) => { setTimeout(refresh, 0, guestId); return changes; };
  switch (slug) {
    case "wrong-code": return { fault: t("gift.wrong_code", { attempts: t("count.attempts", { n: body.attempts_left }) }) };
    case "invalid-request": return { fault: t("gift.six_digits") };
    case "code-expired": return again({ account: without(action.before), notice: { kind: "said", sentence: t("gift.expired") } });
    case "too-many-attempts": return again({ account: without(action.before), notice: { kind: "said", sentence } });
    case "codes-unavailable": return { notice: { kind: "said", sentence } };
    case "gift-already-requested":
    case "gift-issued-before":
    case "gift-not-requested":
    case "no-gift": return again({ notice: { kind: "said", sentence } });
    default: return null;
  }
};

const act = (kind, path, body, done) => {
  if (state.view !== "guest" || state.action) return;
  const { guest, account: before } = state;
  const action = { kind, guestId: guest.id, key: newKey(), path: `/gifts/${path}`, body: { guest_id: guest.id, ...body }, before, done };
  send({ ...action, refused: refused(action) });
};

const onItsWay = () => null;
const handedOver = ({ gift_id: giftId, words }) => ({ kind: "issued", giftId, words });

export const request = () => act("gift-request", "request", {}, onItsWay);
export const issue = (code) => act("gift-issue", `${live().gift_id}/issue`, { code }, handedOver);
export const release = () => act("gift-release", `${live().gift_id}/release`, {}, () => ({ kind: "said", good: true, sentence: t("gift.released") }));
export const override = (reason) => act("gift-override", "override", { reason }, handedOver);
export const byApp = (code) => act("gift-offline", "issue-offline", { code }, handedOver);
export const anotherCode = () => act("gift-again", `${live().gift_id}/resend`, {}, onItsWay);

/** The time of the code is over: the gift is the guest's again. */
export const runOut = () => {
  if (state.action) return;
  set({ account: without(state.account), notice: { kind: "said", sentence: t("gift.expired") } });
  refresh(state.guest.id);
};

/** The same code once more, by SMS. */
export const bySms = async () => {
  const { message, guest } = state;
  if (!message) return;
  set({ message: { ...message, state: "waiting", channel: "sms" }, fault: "" });
  try {
    set({ message: await post(`/messages/${encodeURIComponent(message.id)}/escalate`, { channel: "sms" }, { repeatable: true }) });
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    if (state.guest?.id === guest.id) set({ message, fault: problem.sentence });
  }
  watch(live()?.message_key);
};
