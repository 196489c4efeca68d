// The service worker of the guest pages: keeps what the page is made of, so it opens without signal. It never touches the API.
const KEPT = `bezkart-guest-${SHELL.version}`;
const PATIENCE = 2500;
const DOCUMENT = /^\/g\/[a-z0-9-]+$/;

const documentsOf = async (name) => {
  const cache = await caches.open(name);
  return (await cache.keys()).map(({ url }) => new URL(url).pathname).filter((path) => DOCUMENT.test(path));
};

/** The files of this version, and the pages that were kept before, as they are now. */
const fill = async () => {
  const cache = await caches.open(KEPT);
  const older = (await caches.keys()).filter((name) => name.startsWith("bezkart-guest-") && name !== KEPT);
  const pages = (await Promise.all(older.map(documentsOf))).flat();
  await cache.addAll(SHELL.files);
  await Promise.all([...new Set(pages)].map((path) => cache.add(path).catch(() => null)));
  await Promise.all((await self.clients.matchAll({ includeUncontrolled: true })).map(({ url }) => new URL(url).pathname).filter((path) => DOCUMENT.test(path)).map((path) => cache.add(path).catch(() => null)));
  await self.skipWaiting();
};

const tidy = async () => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("bezkart-guest-") && name !== KEPT).map((name) => caches.delete(name)));
  await self.clients.claim();
};

/** The page from the network if it comes in time, else the kept one. */
const page = async (request) => {
  const path = new URL(request.url).pathname;
  const cache = await caches.open(KEPT);
  const kept = await cache.match(path);
  const coming = fetch(request).then(async (answer) => {
    if (answer.ok && !answer.redirected) await cache.put(path, answer.clone());
    return answer;
  });
  if (!kept) return coming;
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE, null); });
  const first = await Promise.race([coming.catch(() => null), late]);
  return first && first.status < 500 ? first : kept;
};

const file = async (request) => (await caches.match(request, { ignoreVary: true })) ?? fetch(request);

self.addEventListener("install", (event) => event.waitUntil(fill()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  if (event.request.mode === "navigate" && DOCUMENT.test(pathname)) event.respondWith(page(event.request));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
});

const told = (event) => { try { return event.data?.json() ?? {}; } catch { return {}; } };

/** The shop's name is the title: whose message it is comes before what it says. */
const nameOf = (shop) => fetch(`/g/${shop}/manifest.webmanifest`).then((answer) => answer.json()).then(({ name }) => name, () => "BezKart");

const show = async ({ id, text = "", shop = "" }) => self.registration.showNotification(await nameOf(shop), { body: text, tag: id, data: { shop } });

self.addEventListener("push", (event) => event.waitUntil(show(told(event))));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const { shop } = event.notification.data ?? {};
  event.waitUntil((async () => {
    const open = (await self.clients.matchAll({ type: "window" })).find(({ url }) => DOCUMENT.test(new URL(url).pathname) && (!shop || new URL(url).pathname === `/g/${shop}`));
    const path = shop ? `/g/${shop}` : (await documentsOf(KEPT))[0];
    if (open) await open.focus();
    else if (path) await self.clients.openWindow(`${path}#inbox`);
  })());
});
