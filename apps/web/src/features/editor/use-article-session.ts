import { useQuery } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { useApp } from '../../app-context.js';
import type { SaveRunner } from './save-runner.js';
import type { SaveState } from './save-types.js';

/** The saver of an article, opened when it is not yet. */
export function useSaveRunner(articleId: string) {
  const { sync } = useApp();
  const open = useQuery({
    queryKey: ['save-runner', articleId],
    queryFn: () => sync.open(articleId),
    initialData: () => sync.peek(articleId) ?? undefined,
    // A saver is a living object: it is never fetched twice, and forgotten when nobody looks.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    networkMode: 'always',
    structuralSharing: false,
  });
  useEffect(() => (open.data ? sync.use(articleId) : undefined), [sync, articleId, open.data]);
  return open;
}

export const useSaveState = (runner: SaveRunner): SaveState =>
  useSyncExternalStore(runner.subscribe, runner.getState);
