import type { LiveRouter } from '@ainotebook/api';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import superjson from 'superjson';
import type { App } from '../../app-context.js';
import { applyChanges, takeAllAsChanged } from './apply-changes.js';

const FIRST_RETRY_MS = 1000;
const LONGEST_RETRY_MS = 60_000;

/** Longer from try to try; spread, so that a restart is not followed by everybody at once. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS);
  return longest * (0.5 + random() / 2);
}

/**
 * Listens to the changes of the signed-in user's things until the returned function is called. After
 * every gap all that is shown is taken for changed.
 */
export function connect(app: App, { isAgain }: { isAgain: boolean }): () => void {
  let isGap = isAgain;
  let isEnded = false;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let unsubscribe = () => {};
  const socket = createWSClient({
    url: `${location.origin.replace(/^http/, 'ws')}/ws`,
    connectionParams: async () => ({ token: (await app.session.accessToken()) ?? '' }),
    retryDelayMs: retryDelay,
    onClose: () => {
      isGap = true;
    },
  });
  const client = createTRPCClient<LiveRouter>({
    links: [wsLink({ client: socket, transformer: superjson })],
  });

  function listen(): void {
    if (isEnded) return;
    const subscription = client.events.mine.subscribe(undefined, {
      onStarted() {
        failures = 0;
        if (isGap) takeAllAsChanged(app);
        isGap = false;
      },
      onData: (changes) => applyChanges(app, changes),
      // Refused, or the server's end of it failed.
      onError() {
        isGap = true;
        failures += 1;
        timer = setTimeout(listen, retryDelay(failures));
      },
    });
    unsubscribe = () => subscription.unsubscribe();
  }
  listen();

  return () => {
    isEnded = true;
    clearTimeout(timer);
    unsubscribe();
    void socket.close();
  };
}
