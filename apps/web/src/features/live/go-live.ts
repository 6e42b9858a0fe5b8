import type { App } from '../../app-context.js';

/** A tab that nobody looks at hears of nothing after that, and asks when it is looked at again. */
const HIDDEN_MS = 60_000;

/** Keeps what is shown up to date while somebody is signed in. Without it everything works, later. */
export async function goLive(app: App): Promise<void> {
  // Not fetched: an old page after an update, or no network. The next load has it.
  const part = await import('./connect.js').catch(() => null);
  if (!part) return;
  let stop: (() => void) | null = null;
  let userId: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasSlept = false;

  function settle(): void {
    const state = app.session.getState();
    // While it is renewed or the server is away the connection looks after itself.
    if (state.status === 'loading' || state.status === 'unreachable') return;
    const next = state.status === 'signed-in' ? state.user.id : null;
    if (next === userId) return;
    stop?.();
    userId = next;
    stop = next === null ? null : (part?.connect(app, { isAgain: hasSlept }) ?? null);
    hasSlept = false;
  }

  app.session.subscribe(settle);
  document.addEventListener('visibilitychange', () => {
    clearTimeout(timer);
    if (document.visibilityState === 'visible') return settle();
    timer = setTimeout(() => {
      stop?.();
      stop = null;
      hasSlept = userId !== null;
      userId = null;
    }, HIDDEN_MS);
  });
  settle();
}
