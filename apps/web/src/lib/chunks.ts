/** A part of the app that could not be fetched: the server has a newer build, or is out of reach. */
class ChunkError extends Error {
  override name = 'ChunkError';
}

/** What Chrome, Firefox, Safari and Vite say when an import fails. */
const WORDS = /dynamically imported module|importing a module script failed|unable to preload css/i;

/** True for the failure to fetch a part of the app. */
export const isChunkError = (error: unknown): boolean =>
  error instanceof ChunkError || (error instanceof Error && WORDS.test(error.message));

/**
 * The import of a screen. Its failure gets a name of ours: the router would else reload the page by
 * itself, without a network and over unsaved text too.
 */
export const chunk =
  <Module>(load: () => Promise<Module>) =>
  (): Promise<Module> =>
    load().catch((cause: unknown) => {
      throw isChunkError(cause) ? new ChunkError('A part of the app is missing', { cause }) : cause;
    });

const RELOADED_AT = 'reloaded-for-chunks';
const ONCE_MS = 60_000;

/** True once a minute at most, so that a part missing for good does not reload for ever. */
export function mayReload(now: number = Date.now()): boolean {
  try {
    if (now - Number(sessionStorage.getItem(RELOADED_AT) ?? 0) < ONCE_MS) return false;
    sessionStorage.setItem(RELOADED_AT, String(now));
    return true;
  } catch {
    // Without a memory it could go on for ever.
    return false;
  }
}
