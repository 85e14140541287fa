// What stays on this phone: whom it trusts, what of the log it saw, findings to send.

const NAME = "inspector";
const VERSION = 1;
let opening = null;

function database() {
  opening ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, VERSION);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("memory");
      asked.result.createObjectStore("findings", { keyPath: "client_id" });
      const photos = asked.result.createObjectStore("photos", { autoIncrement: true });
      photos.createIndex("finding", "client_id");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opening;
}

/** Run one transaction; what `work` returns is awaited after everything is written. */
async function transact(stores, mode, work) {
  const opened = await database();
  return new Promise((resolve, reject) => {
    const transaction = opened.transaction(stores, mode, { durability: "strict" });
    const asked = work(...stores.map((one) => transaction.objectStore(one)));
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onabort = () => reject(transaction.error);
    transaction.onerror = () => reject(transaction.error);
  });
}

export function recall(key) {
  return transact(["memory"], "readonly", (memory) => memory.get(key));
}

export function remember(key, value) {
  return transact(["memory"], "readwrite", (memory) => memory.put(value, key));
}

/** Return the findings, the newest first. */
export async function findings() {
  const all = await transact(["findings"], "readonly", (kept) => kept.getAll());
  return all.sort((a, b) => (a.seen_at < b.seen_at ? 1 : -1));
}

export function finding(clientId) {
  return transact(["findings"], "readonly", (kept) => kept.get(clientId));
}

export function saveFinding(value) {
  return transact(["findings"], "readwrite", (kept) => kept.put(value));
}

/** Return a finding's photos as `{key, blob}`. */
export function photosOf(clientId) {
  const found = [];
  return transact(["photos"], "readonly", (photos) => {
    const range = IDBKeyRange.only(clientId);
    photos.index("finding").openCursor(range).onsuccess = (event) => {
      const cursor = event.target.result;
      if (!cursor) return;
      found.push({ key: cursor.primaryKey, blob: cursor.value.blob });
      cursor.continue();
    };
  }).then(() => found);
}

export function addPhoto(clientId, blob) {
  const value = { client_id: clientId, blob };
  return transact(["photos"], "readwrite", (photos) => photos.add(value));
}

export function removePhoto(key) {
  return transact(["photos"], "readwrite", (photos) => photos.delete(key));
}

/** Forget a finding and its photos together. */
export function removeFinding(clientId) {
  return transact(["findings", "photos"], "readwrite", (kept, photos) => {
    kept.delete(clientId);
    dropPhotos(photos, clientId);
  });
}

/** Put `value` in a finding's place, its photos gone: it was sent. */
export function replaceWithoutPhotos(value) {
  return transact(["findings", "photos"], "readwrite", (kept, photos) => {
    kept.put(value);
    dropPhotos(photos, value.client_id);
  });
}

/** Give a finding another id: the server has refused what stood under the old one. */
export function renameFinding(oldId, value) {
  return transact(["findings", "photos"], "readwrite", (kept, photos) => {
    kept.delete(oldId);
    kept.put(value);
    const range = IDBKeyRange.only(oldId);
    photos.index("finding").openCursor(range).onsuccess = (event) => {
      const cursor = event.target.result;
      if (!cursor) return;
      cursor.update({ ...cursor.value, client_id: value.client_id });
      cursor.continue();
    };
  });
}

/** Forget everything: findings, photos, whom this phone trusts, what it saw. */
export function forgetEverything() {
  const stores = ["memory", "findings", "photos"];
  return transact(stores, "readwrite", (...all) => {
    for (const one of all) one.clear();
  });
}

function dropPhotos(photos, clientId) {
  const range = IDBKeyRange.only(clientId);
  photos.index("finding").openCursor(range).onsuccess = (event) => {
    const cursor = event.target.result;
    if (!cursor) return;
    cursor.delete();
    cursor.continue();
  };
}
