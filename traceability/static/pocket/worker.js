// The service worker: the page opens without a network, whole and in one version.
// The lines before these name VERSION, PAGES and FILES; `pocket/views.py` writes them.
//
// Only the page itself is kept here. Evidence, trust list, status lists, log and
// everything that is sent go to the network or fail: what of them is kept lies with its
// age in the page's own store, and only after the page has verified it.

const KEPT = `inspector-${VERSION}`;
const KNOWN = new Set(FILES);

self.addEventListener("install", (event) => {
  event.waitUntil(keep());
});

async function keep() {
  const cache = await caches.open(KEPT);
  const wanted = [...Object.values(PAGES), ...FILES];
  // "no-cache": what the page has just loaded is asked about, not loaded again.
  await cache.addAll(wanted.map((one) => new Request(one, { cache: "no-cache" })));
}

self.addEventListener("activate", (event) => {
  event.waitUntil(settle());
});

async function settle() {
  const names = await caches.keys();
  const old = names.filter((one) => one.startsWith("inspector-") && one !== KEPT);
  await Promise.all(old.map((one) => caches.delete(one)));
  await self.clients.claim();
}

// A new version waits until the inspector says so: never in the middle of a finding.
self.addEventListener("message", (event) => {
  if (event.data === "take-over") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const key = kept(event.request);
  if (key !== null) event.respondWith(fromHere(key, event.request));
});

function kept(request) {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return null;
  if (request.mode === "navigate") {
    if (url.pathname !== "/inspector/") return null;
    return PAGES[url.searchParams.get("lang")] ?? PAGES.vi;
  }
  return KNOWN.has(url.pathname) ? url.pathname : null;
}

async function fromHere(key, request) {
  const cache = await caches.open(KEPT);
  return (await cache.match(key, { ignoreVary: true })) ?? fetch(request);
}

// A bonus where the browser has it: wake an open page when the network is back.
self.addEventListener("sync", (event) => {
  if (event.tag === "findings") event.waitUntil(wake());
});

async function wake() {
  for (const client of await self.clients.matchAll()) client.postMessage("send");
}
