import type { User } from '@ainotebook/contract';
import type { App } from '../../app-context.js';
import { connection } from '../../lib/connection.js';
import { getLocaleOfPage } from '../../lib/locale.js';
import type { SessionState } from '../session/session.js';
import type { Keeper } from './keeper.js';
import { type KeptPerson, keptPerson } from './kept-person.js';

/** As in kept-store.ts, which is fetched after the first screen. */
const DATABASE = 'ainotebook-kept';
/** The first screen comes first. */
const KEEP_AFTER_MS = 1500;

/** What the screens may show of a person whom only this device knows; the rest the server tells. */
const userOf = (person: KeptPerson): User => ({
  ...person,
  email: '',
  handle: '',
  bio: '',
  locale: getLocaleOfPage(),
  role: 'user',
  isEmailVerified: true,
  hasNotificationMail: false,
  createdAt: new Date(0),
});

export type Offline = ReturnType<typeof createOffline>;

/** Lets the app open without the server, as the person who used it last and with what they saw. */
export function createOffline(getApp: () => App, build: string) {
  let keeper: Promise<Keeper | null> | null = null;
  const load = (): Promise<Keeper | null> => {
    keeper ??= import('./keeper.js').then(
      (part) => part.startKeeper(getApp(), build),
      () => {
        // Not fetched: an old page after an update, or no network. Asked for again when needed.
        keeper = null;
        return null;
      },
    );
    return keeper;
  };
  let userId: string | null = null;

  /** Nobody sees what the former person had. A tab that has the database open lets it go. */
  function wipe(): void {
    keptPerson.set(null);
    getApp().queryClient.clear();
    try {
      indexedDB.deleteDatabase(DATABASE);
    } catch {
      // Blocked storage: nothing was kept.
    }
  }

  function settle(next: string | null): void {
    if (next === userId) return;
    userId = next;
    // What is not fetched keeps nothing.
    if (next === null) void keeper?.then((part) => part?.setUser(null));
    else setTimeout(() => void load().then((part) => part?.setUser(userId)), KEEP_AFTER_MS);
  }

  return {
    load,
    /** The person who was here last, once what is kept of theirs is in the cache; null for nobody. */
    async recall(): Promise<User | null> {
      const person = keptPerson.get();
      if (!person) return null;
      await (await load())?.restore(person.id);
      return userOf(person);
    },
    /** Follows the session. */
    follow(state: SessionState): void {
      if (state.status === 'signed-in') {
        const { user, isFromDevice } = state;
        if (!isFromDevice) {
          const former = keptPerson.get();
          if (former && former.id !== user.id) wipe();
          keptPerson.set(user);
        }
        connection.set(isFromDevice);
        settle(user.id);
      } else if (state.status === 'signed-out') {
        settle(null);
        wipe();
      }
    },
  };
}
