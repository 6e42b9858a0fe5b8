const HOUR_MS = 3_600_000;

/** The files a waiting worker's build starts with. */
function entryOf(worker: ServiceWorker): Promise<string[]> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    // `worker/sw.js` answers with a list of addresses.
    port1.onmessage = (event) => resolve(event.data as string[]);
    worker.postMessage('build', [port2]);
  });
}

/** A page fetched after the update is of the new build before its worker is. */
const isOwnBuild = (entry: string[]): boolean =>
  entry.every((file) => document.querySelector(`[src="${file}"], [href="${file}"]`));

/**
 * Registers the service worker and calls `onReady` when a newer build than this page's waits; `apply`
 * loads it. Nothing is ever reloaded without that call.
 */
export async function watchForUpdates(onReady: (apply: () => void) => void): Promise<void> {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const { serviceWorker } = navigator;
  const registration = await serviceWorker.register('/sw.js', { updateViaCache: 'none' });

  async function offer(worker: ServiceWorker): Promise<void> {
    const activate = () => worker.postMessage('activate');
    if (isOwnBuild(await entryOf(worker))) return activate();
    onReady(() => {
      activate();
      window.location.reload();
    });
  }
  const offerWaiting = () => {
    // The first worker of a browser replaces nobody and waits for nobody.
    if (registration.waiting && serviceWorker.controller) void offer(registration.waiting);
  };
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offerWaiting);
  });
  offerWaiting();

  let checkedAt = Date.now();
  const check = () => {
    if (document.visibilityState !== 'visible' || Date.now() - checkedAt < HOUR_MS) return;
    checkedAt = Date.now();
    // Without a network there is nothing to find.
    registration.update().then(offerWaiting, () => undefined);
  };
  setInterval(check, HOUR_MS);
  document.addEventListener('visibilitychange', check);
}
