import type { User } from '@ainotebook/contract';
import type { QueryClient } from '@tanstack/react-query';
import { createContext, use, useSyncExternalStore } from 'react';
import type { SyncCenter } from './features/editor/sync-center.js';
import type { Offline } from './features/offline/offline.js';
import type { SessionClient, SessionState } from './features/session/session.js';
import type { ApiClient } from './trpc.js';

/** The long-lived objects of a tab, made once in main.tsx. */
export interface App {
  session: SessionClient;
  authClient: ApiClient;
  api: ApiClient;
  queryClient: QueryClient;
  sync: SyncCenter;
  offline: Offline;
  /** Asks for the lists again, once for changes in a row. */
  refreshListsSoon: () => void;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = use(AppContext);
  if (!app) throw new Error('AppContext is missing');
  return app;
}

export function useSession(): SessionState {
  const { session } = useApp();
  return useSyncExternalStore(session.subscribe, session.getState);
}

/** The signed-in user; only below a route that requires one. */
export function useUser(): User {
  const state = useSession();
  const { queryClient } = useApp();
  if (state.status === 'signed-in') {
    lastUser.set(queryClient, state.user);
    return state.user;
  }
  // Between signing out and the redirect the old screen draws once more.
  const last = lastUser.get(queryClient);
  if (!last) throw new Error('nobody is signed in');
  return last;
}
const lastUser = new WeakMap<QueryClient, User>();
