// A browser that is told of changes, as the web app is: it comes again when the server says that it restarts.
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** `undefined`, as superjson writes it. */
const NOTHING = { json: null, meta: { values: ['undefined'] } };
const RESTART = 1012;
const RETRY_MS = 100;
/** An open line is back within this, or the server left somebody alone. */
const AWAY_MS = 5_000;

/**
 * Keeps a subscription to the changes of a person open.
 * @param {string} baseUrl
 * @param {string} token
 * @param {(text: string) => void} onFailure of a line that ended otherwise, or stayed away
 */
export function openLiveClient(baseUrl, token, onFailure) {
  const counts = { restarts: 0, changes: 0 };
  let isOver = false;
  let socket;

  /** @returns the code of its end; null when it was never open */
  const once = () =>
    new Promise((resolve) => {
      let isOpen = false;
      socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/ws?connectionParams=1`, {
        origin: baseUrl,
      });
      const say = (message) => socket.send(JSON.stringify(message));
      socket.on('open', () => {
        say({ method: 'connectionParams', data: { token } });
        say({ id: 1, method: 'subscription', params: { path: 'events.mine', input: NOTHING } });
      });
      socket.on('message', (data) => {
        if (String(data) === 'PING') return socket.send('PONG');
        const type = JSON.parse(String(data)).result?.type;
        if (type === 'started') isOpen = true;
        if (type === 'data') counts.changes += 1;
      });
      socket.on('error', () => undefined);
      socket.on('close', (code) => resolve(isOpen ? code : null));
    });

  const ended = (async () => {
    let seenAt = performance.now();
    while (!isOver) {
      const code = await once();
      if (isOver) return;
      if (code === RESTART) counts.restarts += 1;
      else if (code !== null) onFailure(`a live line ended with ${code}`);
      if (code !== null) seenAt = performance.now();
      else if (performance.now() - seenAt > AWAY_MS) {
        onFailure(`a live line was away for over ${AWAY_MS} ms`);
        seenAt = performance.now();
      }
      await sleep(RETRY_MS);
    }
  })();
  return {
    counts,
    async close() {
      isOver = true;
      socket?.terminate();
      await ended;
    },
  };
}
