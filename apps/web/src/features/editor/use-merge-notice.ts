import { m } from '@ainotebook/messages';
import { useEffect } from 'react';
import { toast } from '../../ui/toast.js';
import type { SaveRunner } from './save-runner.js';

/** How many merges of each open article have been told. */
const told = new WeakMap<SaveRunner, number>();

/** Says quietly that changes from elsewhere came in without a question, and where both texts are. */
export function useMergeNotice(runner: SaveRunner, merges: number, onHistory: () => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each merge
  useEffect(() => {
    if (merges <= (told.get(runner) ?? 0)) return;
    told.set(runner, merges);
    toast(m.save_merged(), {
      // The next one takes its place.
      id: `merged-${runner.articleId}`,
      action: { label: m.history_title(), onClick: onHistory },
    });
  }, [runner, merges]);
}
