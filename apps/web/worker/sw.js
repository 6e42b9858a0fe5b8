// The service worker. It keeps the app itself, so that it opens without a network, and nothing of
// anybody: no answer of the API, no page of a reader. The build writes BUILD before this text.
/* global BUILD */

/** Addresses the server answers by itself; `/` too, but there the app is better than nothing. */
const NOT_THE_APP =
  /^\/(?:api|p|u|s|tag|ws|metrics|ready|health|terms|privacy|robots\.txt|feed\.(?:xml|json)|sitemap(?:-\d+)?\.xml)(?:\/|$)/;

const PREFIX = 'app-';
/** Where pages load `/assets/` from: the server writes the address of a CDN in front, where there is one. */
const CDN = self.CDN ?? '';
const addressOf = (file) => (file.startsWith('/assets/') ? CDN + file : file);
/** One cache a build: what belongs together is kept and dropped together. */
const CACHE = PREFIX + BUILD.id;
const SHELL = '/index.html';
/** A network that is there and answers nobody is no network. */
const PATIENCE_MS = 5000;

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(BUILD.files.map(addressOf))));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const old = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('message', (event) => {
  // A page asks first which build waits: the page itself may be of it already.
  if (event.data === 'build') event.ports[0]?.postMessage(BUILD.entry.map(addressOf));
  if (event.data === 'activate') event.waitUntil(self.skipWaiting());
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET') return;
  if (CDN !== '' && request.url.startsWith(`${CDN}/assets/`)) {
    event.respondWith(kept(request));
    return;
  }
  if (origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    if (!NOT_THE_APP.test(pathname)) event.respondWith(newest(request, SHELL));
  } else if (pathname.startsWith('/assets/')) {
    event.respondWith(kept(request));
  } else if (BUILD.files.includes(pathname)) {
    event.respondWith(newest(request, pathname));
  }
});

/** What the server has now; the kept copy when there is no server. */
async function newest(request, copy) {
  const cached = () => caches.match(copy, { cacheName: CACHE, ignoreVary: true });
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(PATIENCE_MS) });
    // A proxy without a server behind it.
    return response.status >= 502 ? ((await cached()) ?? response) : response;
  } catch {
    return (await cached()) ?? Response.error();
  }
}

/** A file whose name holds its content's hash: the kept copy is as good as the server's. */
async function kept(request) {
  const cached = await caches.match(request, { ignoreVary: true });
  if (cached) return cached;
  const response = await fetch(request);
  if (response.ok) {
    const cache = await caches.open(CACHE);
    await cache.put(request, response.clone());
  }
  return response;
}
