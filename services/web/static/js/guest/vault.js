// The key of the offline code, kept by the browser: it can be used here and read nowhere. One per shop.
const NAME = "bezkart";
const STORE = "keys";

const opened = () => new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const within = async (mode, work) => {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const request = work(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result ?? null);
      request.onerror = () => reject(request.error);
    });
  } finally {
    database.close();
  }
};

/** What is kept for the shop: `{guest, key, step, digits, at}`; null when there is nothing, or the browser keeps nothing. */
export const keptKey = (shop) => within("readonly", (store) => store.get(shop)).catch(() => null);
export const keepKey = (shop, entry) => within("readwrite", (store) => store.put(entry, shop)).catch(() => null);
export const forgetKey = (shop) => within("readwrite", (store) => store.delete(shop)).catch(() => null);
