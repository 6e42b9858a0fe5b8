import { LIMITS } from '@ainotebook/contract/limits';
import { useState } from 'react';

/** Some articles of a list, chosen to do something with all of them. */
export interface Selection {
  ids: ReadonlySet<string>;
  /** Where a range begins: what was chosen last by itself. */
  anchor: string | null;
}

export const NOTHING: Selection = { ids: new Set(), anchor: null };

/** Adds or takes away one; beyond the limit of one action nothing is added. */
export function toggled({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id) && next.size < LIMITS.bulkItems) next.add(id);
  return { ids: next, anchor: id };
}

/** Everything from the anchor to `id`, in the order of the list, and nothing else. */
export function extended(selection: Selection, id: string, order: readonly string[]): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return toggled(selection, id);
  const range = from <= to ? order.slice(from, to + 1) : order.slice(to, from + 1).reverse();
  return { ids: new Set(range.slice(0, LIMITS.bulkItems)), anchor: selection.anchor };
}

export const everything = (order: readonly string[]): Selection => ({
  ids: new Set(order.slice(0, LIMITS.bulkItems)),
  anchor: order[0] ?? null,
});

/** The selection of a list that may lose articles meanwhile. */
export function useSelection(order: readonly string[]) {
  const [kept, setKept] = useState(NOTHING);
  const ids = new Set(order.filter((id) => kept.ids.has(id)));
  return {
    ids,
    toggle: (id: string) => setKept((old) => toggled(old, id)),
    extendTo: (id: string) => setKept((old) => extended(old, id, order)),
    selectAll: () => setKept(everything(order)),
    clear: () => setKept(NOTHING),
  };
}
export type ListSelection = ReturnType<typeof useSelection>;
