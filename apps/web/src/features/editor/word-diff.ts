import { diffWordsWithSpace } from 'diff';

export interface DiffPart {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

/** Chinese has no blanks: words are found by the browser's own segmenter. */
const segmenter =
  typeof Intl.Segmenter === 'function'
    ? new Intl.Segmenter('zh', { granularity: 'word' })
    : undefined;

/** Texts longer than this are shown without marks. */
const LIMIT = 120_000;

/** What changed from one text to another, word by word. */
export function wordDiff(from: string, to: string): DiffPart[] {
  if (from.length + to.length > LIMIT) {
    return from === to
      ? [{ kind: 'same', text: from }]
      : [
          { kind: 'removed', text: from },
          { kind: 'added', text: to },
        ];
  }
  return diffWordsWithSpace(from, to, segmenter ? { intlSegmenter: segmenter } : {}).map(
    ({ value, added, removed }) => ({
      kind: added ? 'added' : removed ? 'removed' : 'same',
      text: value,
    }),
  );
}
