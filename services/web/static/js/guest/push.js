// Notes on this phone (Web Push): the browser's own subscription, told to the system.
import { call, get, put } from "../api.js";

/** Whether this browser could, and the system sends any. */
export const possible = async () => {
  const able = "serviceWorker" in navigator && "PushManager" in window && Notification.permission !== "denied";
  return able && Boolean((await get("/inbox/push")).public_key);
};

const current = async () => (await (await navigator.serviceWorker.getRegistration("/g/"))?.pushManager.getSubscription()) ?? null;
export const subscribed = async () => Boolean(await current().catch(() => null));

const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

/** Asks the guest, then the browser, then tells the system. Throws NotAllowedError when the guest says no. */
export const subscribe = async () => {
  if (await Notification.requestPermission() !== "granted") throw new DOMException("no", "NotAllowedError");
  const [{ public_key: key }, registration] = await Promise.all([get("/inbox/push"), navigator.serviceWorker.ready]);
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: octets(key) });
  const { endpoint, keys } = subscription.toJSON();
  await put("/inbox/push", { endpoint, keys }, { repeatable: true });
};

export const unsubscribe = async () => {
  const subscription = await current();
  if (!subscription) return;
  await call("DELETE", "/inbox/push", { body: { endpoint: subscription.endpoint }, repeatable: true });
  await subscription.unsubscribe();
};
