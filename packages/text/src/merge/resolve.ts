import { isItem } from './blocks.js';
import type { MergeChunk } from './merge.js';

/** Which side stands at an overlapping place; `both`: mine, then theirs. */
export type MergeChoice = 'mine' | 'theirs' | 'both';

/** Puts two pieces one after the other so that they do not run together. */
function join(left: string, right: string): string {
  const isApart = left === '' || right === '' || left.endsWith('\n');
  return isApart ? left + right : `${left}\n\n${right}`;
}

function joinBoth(mine: string, theirs: string): string {
  if (mine === '' || theirs === '') return mine + theirs;
  const gap = [mine, theirs].every((text) => isItem({ text, gap: '' })) ? '\n' : '\n\n';
  return mine.replace(/\n[ \t\r\n]*$/, '') + gap + theirs;
}

/** The text that `choices` make of a merge, one for each overlapping place in order; else `mine`. */
export function resolveChunks(
  chunks: readonly MergeChunk[],
  choices: readonly MergeChoice[],
): string {
  let text = '';
  let place = 0;
  for (const chunk of chunks) {
    if (chunk.kind === 'settled') {
      text = join(text, chunk.text);
      continue;
    }
    const choice = choices[place] ?? 'mine';
    place += 1;
    text = join(text, choice === 'both' ? joinBoth(chunk.mine, chunk.theirs) : chunk[choice]);
  }
  return text;
}
