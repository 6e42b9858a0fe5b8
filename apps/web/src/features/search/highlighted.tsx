import { Fragment } from 'react';
import { langOf } from '../../lib/lang-of.js';

/** Text with some ranges marked; ranges are in order and do not overlap. */
export function Highlighted({ text, ranges }: { text: string; ranges: [number, number][] }) {
  const parts: { at: number; text: string; isMarked: boolean }[] = [];
  let end = 0;
  for (const [from, to] of ranges) {
    if (from > end) parts.push({ at: end, text: text.slice(end, from), isMarked: false });
    parts.push({ at: from, text: text.slice(from, to), isMarked: true });
    end = to;
  }
  parts.push({ at: end, text: text.slice(end), isMarked: false });
  return (
    <span lang={langOf(text)}>
      {parts.map((part) => (
        <Fragment key={part.at}>{part.isMarked ? <mark>{part.text}</mark> : part.text}</Fragment>
      ))}
    </span>
  );
}
