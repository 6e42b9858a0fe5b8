import type { ArticleSummary } from '@ainotebook/contract';
import { uuidv7 } from '../../lib/uuid.js';
import { useCreateNotebook } from '../notebooks/notebook-hooks.js';
import { useBulkAction } from './bulk-hooks.js';

type Placed = Pick<ArticleSummary, 'id' | 'notebookId' | 'formerNotebook'>;

/** Notes whose notebook was deleted under them: where they go is asked. */
export const homeless = <Note extends Placed>(notes: readonly Note[]): Note[] =>
  notes.filter(({ notebookId, formerNotebook }) => notebookId === null && formerNotebook !== null);

/** The name of the notebook that all of them were in; null when there were several. */
export function commonHome(notes: readonly Placed[]): string | null {
  const [name = null, ...others] = new Set(notes.map(({ formerNotebook }) => formerNotebook));
  return others.length === 0 ? name : null;
}

/** A notebook, none, or a new one of that name. */
export type Place = { notebookId: string | null } | { name: string };

/** Takes notes out of the trash and puts those without a home into a place. What fails is said. */
export function useRestoreInto() {
  const bulk = useBulkAction();
  const create = useCreateNotebook();
  return async (ids: string[], moved: string[], place: Place): Promise<void> => {
    const notebookId =
      'name' in place
        ? (await create.mutateAsync({ id: uuidv7(), name: place.name })).id
        : place.notebookId;
    await bulk.mutateAsync({ action: 'restore', ids });
    await bulk.mutateAsync({ action: 'move', ids: moved, notebookId });
  };
}
