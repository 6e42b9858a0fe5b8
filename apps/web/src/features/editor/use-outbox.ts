import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { useApp } from '../../app-context.js';

const OUTBOX = ['outbox'];

/** Every text that is on this device only, kept up to date. */
export function useOutbox() {
  const { sync } = useApp();
  const client = useQueryClient();
  useEffect(
    () => sync.subscribe(() => void client.invalidateQueries({ queryKey: OUTBOX })),
    [sync, client],
  );
  return useQuery({
    queryKey: OUTBOX,
    queryFn: () => sync.outbox(),
    staleTime: 0,
    gcTime: 0,
    networkMode: 'always',
  });
}

/** How many articles have text that is on this device only and does not leave it by itself now. */
export function useWaiting(): number {
  const { sync } = useApp();
  return useSyncExternalStore(sync.subscribe, sync.getWaiting);
}
