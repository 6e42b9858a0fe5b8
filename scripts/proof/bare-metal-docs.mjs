// The commands of our documents, as the bare-metal proof runs them.
import { readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * The blocks of one kind (`sh`, `sql`, `ini`) in a document, in order.
 * @param {string} file of this repository
 * @param {string} kind
 * @param {string} [heading] only those of this section
 * @returns {string[]}
 * @throws when there are none: then this proof runs nothing of what people read
 */
export function blocksOf(file, kind, heading) {
  const text = readFileSync(path.join(root, file), 'utf8');
  const sections = heading
    ? text.split(/^## /m).filter((part) => part.startsWith(heading))
    : [text];
  const blocks = sections.flatMap((section) =>
    [...section.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```$/gm)]
      .filter(([, , found]) => found === kind)
      .map(([, indent, , lines]) => lines.replaceAll(new RegExp(`^${indent}`, 'gm'), '')),
  );
  if (blocks.length === 0) throw new Error(`${file} has no block of ${kind} in "${heading ?? ''}"`);
  return blocks;
}
