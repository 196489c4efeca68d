// The way to the API: cookie, CSRF guard, retries that keep their key, problems as sentences, sign-in when the session ends.
import { has, money, t } from "./words.js";

const TIMEOUT = 8000;
const SLOW = 1500;
const PAUSES = [400, 1200, 2500];
const TRANSIENT = new Set([429, 502, 503, 504]);

const duration = (seconds) => (seconds > 90 ? t("count.minutes", { n: Math.ceil(seconds / 60) }) : t("count.seconds", { n: Math.ceil(seconds) }));

let ahead = 0; // how much the server's clock is ahead of this device's, which may be anywhere
/** The present moment by the server's clock, in milliseconds. */
export const now = () => Date.now() + ahead;
const setClock = (answer) => {
  const there = Date.parse(answer.headers.get("Date") ?? "");
  if (there) ahead = there - Date.now();
};

/** A refused or failed request. `slug` is the problem's stable name; `maybe` tells that the outcome is not known. */
export class Problem extends Error {
  constructor(slug, status, body = {}) {
    super(slug);
    Object.assign(this, { slug, status, body, maybe: status === 0 || status >= 500 });
  }

  /** A sentence for people, never a technical word. */
  get sentence() {
    const { retry_after: locked, wait_seconds: wait, max_points: most, available } = this.body;
    if (this.slug === "locked-out" && locked) return t("problem.locked-out-for", { wait: duration(locked) });
    if (this.slug === "too-soon" && wait) return t("problem.too-soon-for", { wait: duration(wait) });
    if (this.slug === "points-over-share" && most !== undefined) return t("problem.points-over-share-of", { most: money(most) });
    if (this.slug === "points-not-enough" && available !== undefined) return t("problem.points-not-enough-of", { points: t("count.points", { n: available / 100 }) });
    if (this.slug === "no-network") return t(navigator.onLine ? "problem.service-unavailable" : "error.offline");
    if (has(`problem.${this.slug}`)) return t(`problem.${this.slug}`);
    return t(this.status >= 500 ? "problem.service-unavailable" : "error.unknown");
  }
}

const listeners = { slow: () => {}, ended: null };
/** `slow(yes)` hears of slow answers; `ended()` resolves once somebody signed in again. */
export const onNetwork = (handlers) => Object.assign(listeners, handlers);

/** A key for one action of value; repeating the action's request repeats the key. */
export const newKey = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join("-");

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const problemOf = async (answer) => {
  const body = await answer.json().catch(() => ({}));
  const slug = String(body.type ?? "").split(":").pop() || `http-${answer.status}`;
  const wait = Number(answer.headers.get("Retry-After"));
  return new Problem(slug, answer.status, { ...(wait ? { retry_after: wait } : {}), ...body });
};

const once = async (method, path, { body, key }) => {
  const headers = { Accept: "application/json", "Accept-Language": document.documentElement.lang, "X-CSRF-Guard": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  const options = { method, headers, credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(TIMEOUT) };
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, { ...options, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Problem("no-network", 0);
  }
  setClock(answer);
  if (!answer.ok) throw await problemOf(answer);
  return answer.status === 204 ? null : answer.json();
};

const patient = async (method, path, options) => {
  const repeatable = method === "GET" || options.key || options.repeatable;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(method, path, options);
    } catch (problem) {
      const passing = problem.status === 0 || TRANSIENT.has(problem.status);
      if (!repeatable || !passing || attempt >= PAUSES.length || !navigator.onLine) throw problem;
      await pause(Math.max(PAUSES[attempt], Math.min(problem.body?.retry_after ?? 0, 3) * 1000));
    }
  }
};

/** Sends a request. `key`: Idempotency-Key; `repeatable`: safe to send twice; `signIn: false`: a 401 is an answer, not an ended session. */
export const call = async (method, path, options = {}) => {
  const timer = setTimeout(() => listeners.slow(true), SLOW);
  try {
    return await patient(method, path, options);
  } catch (problem) {
    if (problem.status !== 401 || options.signIn === false || !listeners.ended) throw problem;
    clearTimeout(timer);
    listeners.slow(false);
    await listeners.ended();
    return await call(method, path, options);
  } finally {
    clearTimeout(timer);
    listeners.slow(false);
  }
};

export const get = (path) => call("GET", path);
export const post = (path, body, options = {}) => call("POST", path, { ...options, body });
export const put = (path, body, options = {}) => call("PUT", path, { ...options, body });
