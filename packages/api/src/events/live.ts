import { type LiveList, liveListSchema } from '@ainotebook/contract';
import type { Change, ChangeFeed } from '@ainotebook/db';

/** What changed of one user's, of one poll of the change feed. */
export interface UserChanges {
  articleIds: ReadonlySet<string>;
  jobIds: ReadonlySet<string>;
  lists: ReadonlySet<LiveList>;
}

/** Hands the changes of the database to the users they concern. */
export interface Live {
  /** @returns ends it */
  listen(userId: string, listener: (changes: UserChanges) => void): () => void;
  /** How many listen to this user's. */
  listenersOf(userId: string): number;
  /** Where the feed is: all before it has been told. Null until the process has heard of the whole log. */
  position(): string | null;
  /** Nobody is told of anything any more. */
  readonly isClosed: boolean;
  /** Tells everybody, for the last time, that nothing more will come. */
  close(): void;
  /** Called when the session or the account may have ended. @returns ends it */
  watchAccess(who: { userId: string; sessionId: string }, listener: () => void): () => void;
}

/** Rows of transactions under way are told again and again; so many changes are known again. */
const REMEMBERED = 10_000;

interface Collected {
  articleIds: Set<string>;
  jobIds: Set<string>;
  lists: Set<LiveList>;
}
const nothing = (): Collected => ({ articleIds: new Set(), jobIds: new Set(), lists: new Set() });

type Listeners<Args extends unknown[]> = Map<string, Set<(...args: Args) => void>>;

function add<Args extends unknown[]>(
  all: Listeners<Args>,
  key: string,
  listener: (...args: Args) => void,
): () => void {
  const listeners = all.get(key) ?? new Set();
  all.set(key, listeners.add(listener));
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0 && all.get(key) === listeners) all.delete(key);
  };
}

/** Listens to the feed; what happened before its first proof is told to nobody. */
export function createLive(feed: Pick<ChangeFeed, 'subscribe'>): Live {
  const users: Listeners<[UserChanges]> = new Map();
  const accesses: Listeners<[]> = new Map();
  const told = new Set<string>();
  let position: string | null = null;
  let isClosed = false;

  /** Whose a change is and in which list it shows, where somebody listens and has not been told. */
  function news({ key, ver, scope, isQuiet }: Change): [string, LiveList] | null {
    const [, userId = '', name] = /^user:([^:]+):(\w+)$/.exec(scope ?? key) ?? [];
    const list = liveListSchema.safeParse(name);
    if (isQuiet || !list.success || !users.has(userId)) return null;
    const id = `${key} ${ver}`;
    if (told.has(id)) return null;
    told.add(id);
    if (told.size > REMEMBERED) told.delete(told.values().next().value ?? '');
    return [userId, list.data];
  }

  feed.subscribe({
    onChanges(changes) {
      if (position === null) return;
      const found = new Map<string, Collected>();
      for (const change of changes) {
        for (const listener of accesses.get(change.key) ?? []) listener();
        const [userId, list] = news(change) ?? [];
        if (userId === undefined || list === undefined) continue;
        const mine = found.get(userId) ?? nothing();
        found.set(userId, mine);
        mine.lists.add(list);
        const [kind, id = ''] = change.key.split(':');
        if (kind === 'article') mine.articleIds.add(id);
        if (kind === 'job') mine.jobIds.add(id);
      }
      for (const [userId, mine] of found) {
        for (const listener of users.get(userId) ?? []) listener(mine);
      }
    },
    onProof(_, proven) {
      position = proven;
    },
  });

  return {
    listen: (userId, listener) => add(users, userId, listener),
    listenersOf: (userId) => users.get(userId)?.size ?? 0,
    position: () => position,
    get isClosed() {
      return isClosed;
    },
    close() {
      isClosed = true;
      const nothingNew = nothing();
      for (const listeners of users.values()) for (const tell of listeners) tell(nothingNew);
    },
    watchAccess({ userId, sessionId }, listener) {
      const stops = [`user:${userId}`, `session:${sessionId}`].map((key) =>
        add(accesses, key, listener),
      );
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
