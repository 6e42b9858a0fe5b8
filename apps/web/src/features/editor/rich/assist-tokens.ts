import type { Fragment, Node } from '@tiptap/pm/model';

/** A word, a sign or an atom of a line. */
export interface Token {
  /** Equal for what reads equally. */
  key: string;
  node: Node;
  size: number;
  isBlank: boolean;
}

/** Chinese has no blanks: words are found by the browser's own segmenter. */
const segmenter =
  typeof Intl.Segmenter === 'function'
    ? new Intl.Segmenter('zh', { granularity: 'word' })
    : undefined;

const wordsIn = (text: string): string[] =>
  segmenter
    ? [...segmenter.segment(text)].map(({ segment }) => segment)
    : [...text.matchAll(/[\p{Script=Latin}\d]+|\s+|./gsu)].map(([word]) => word);

/** A line word by word, each with its marks. */
export function tokensOf(line: Fragment): Token[] {
  return line.content.flatMap((node) => {
    const { text } = node;
    if (text === undefined) {
      return [{ key: JSON.stringify(node.toJSON()), node, size: node.nodeSize, isBlank: false }];
    }
    const marks = node.marks.length > 0 ? JSON.stringify(node.marks) : '';
    return wordsIn(text).map((word) => ({
      key: `${word}\n${marks}`,
      node: node.type.schema.text(word, node.marks),
      size: word.length,
      isBlank: word.trim() === '',
    }));
  });
}
