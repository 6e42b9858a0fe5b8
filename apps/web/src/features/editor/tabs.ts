import { uuidv7 } from '../../lib/uuid.js';

const PREFIX = 'ainotebook-tab:';
const LEFTOVERS = 'ainotebook-leftovers';

/** This tab among the others of the browser. */
export interface Tabs {
  id: string;
  /** Ids of tabs that are open now; null where the browser cannot tell. */
  live: () => Promise<ReadonlySet<string> | null>;
  /** Runs `work` when no other tab is at such work. */
  alone: (work: () => Promise<void>) => Promise<void>;
}

/** A lock held for the tab's life says that it lives; the browser frees it even after a crash. */
export function createTabs(locks: LockManager | undefined = navigator.locks): Tabs {
  const id = uuidv7();
  // Plain http other than localhost has no locks.
  if (!locks) return { id, live: async () => null, alone: (work) => work() };
  void locks.request(PREFIX + id, () => new Promise<never>(() => {}));
  return {
    id,
    async live() {
      const { held = [] } = await locks.query();
      const names = held.flatMap((lock) => (lock.name ? [lock.name] : []));
      return new Set([
        id,
        ...names.filter((n) => n.startsWith(PREFIX)).map((n) => n.slice(PREFIX.length)),
      ]);
    },
    alone: (work) => locks.request(LEFTOVERS, work),
  };
}
