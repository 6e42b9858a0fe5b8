/**
 * Damps the first places, so that being second in both lists beats being first in one.
 * @see https://doi.org/10.1145/1571941.1572114 Cormack, Clarke and Büttcher
 */
const K = 60;

/** The ids of some ranked lists, best first by the sum of their reciprocal ranks. */
export function fuse(lists: readonly (readonly string[])[]): { id: string; score: number }[] {
  const scores = new Map<string, number>();
  for (const list of lists) {
    list.forEach((id, index) => {
      scores.set(id, (scores.get(id) ?? 0) + 1 / (K + index + 1));
    });
  }
  // A sort is stable: of equals the one that an earlier list names first.
  return [...scores].map(([id, score]) => ({ id, score })).sort((a, b) => b.score - a.score);
}
