import type { Provider } from '@ainotebook/ai';
import type { ChangeFeed, Db } from '@ainotebook/db';
import type { Models } from '../context.js';
import type { KeyBox } from './key-box.js';
import { NO_PICKS, readStoredModels, type StoredModels } from './stored-models.js';

/** What administrators may do with the models of this server. */
export interface ModelControl {
  /** Providers of the environment. */
  readonly environment: readonly Provider[];
  /** Null where the server has no ENCRYPTION_KEY: then keys can be neither kept nor read. */
  readonly box: KeyBox | null;
  /** Whether this server may call an address that an administrator names. */
  mayCall(url: string): boolean;
  /** A provider as this server reaches it. */
  reach(provider: Provider): Provider;
  /** Resolves when this process uses what is stored now; the others learn of it by the change feed. */
  reload(): Promise<void>;
}

/** The models of a process, and how it learns of others. */
export interface ModelsInUse {
  current(): Models;
  reload(): Promise<void>;
}

/**
 * The models of the environment until the first `reload`, then those that are picked, within a second of any
 * change. What cannot be read is read again, and the models stay as they were meanwhile.
 * @param options.build what is set up, as models; called only when that is another than before
 */
export function createModelsInUse(options: {
  db: Db;
  feed: Pick<ChangeFeed, 'subscribe'>;
  box: KeyBox | null;
  build: (stored: StoredModels) => Models;
  /** Told of each failed reading. */
  onFault: (error: unknown) => void;
}): ModelsInUse {
  const { db, box, build } = options;
  let models = build({ providers: [], picks: NO_PICKS });
  let known: string | null = null;
  let isStale = false;
  let reading: Promise<void> = Promise.resolve();

  async function read(): Promise<void> {
    const stored = await readStoredModels(db, box);
    const found = JSON.stringify(stored);
    // Built anew, a model forgets that it failed a moment ago.
    if (found === known) return;
    models = build(stored);
    known = found;
  }

  /** One after the other, so that what was read first is not kept last. */
  function reload(): Promise<void> {
    const next = reading.then(read);
    reading = next.catch(() => undefined);
    return next;
  }

  options.feed.subscribe({
    onChanges(changes) {
      isStale ||= changes.some(({ key }) => key === 'ai');
    },
    onProof() {
      if (!isStale) return;
      isStale = false;
      reload().catch((error: unknown) => {
        isStale = true;
        options.onFault(error);
      });
    },
  });
  return { current: () => models, reload };
}
