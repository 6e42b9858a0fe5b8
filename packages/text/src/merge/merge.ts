import { type Block, type Blocks, hasBlankLine, isItem, splitBlocks } from './blocks.js';
import { type Hunk, hunksBetween } from './hunks.js';

type Side = 'mine' | 'theirs';

/** A stretch of a merge. Stretches follow each other as in the texts. */
export type MergeChunk =
  /** Needs no choice: unchanged or changed alike (`both`), or changed by one side only. */
  | { kind: 'settled'; from: 'both' | Side; text: string }
  /** Changed by both sides in different ways; any of the three may be empty. */
  | { kind: 'overlap'; base: string; mine: string; theirs: string };

export type MergeResult =
  | { status: 'merged'; text: string }
  | { status: 'overlap'; chunks: MergeChunk[] };

interface Change extends Hunk {
  side: Side;
}

/** Changes that have to be looked at together, and the part of the base they cover. */
interface Region {
  start: number;
  end: number;
  changes: Change[];
}

type Piece =
  | { kind: 'block'; from: 'both' | Side; block: Block }
  | Extract<MergeChunk, { kind: 'overlap' }>;

type Texts = Record<'base' | Side, Blocks>;

const textsOf = ({ blocks }: Blocks): string[] => blocks.map((block) => block.text);
const sourceOf = (blocks: readonly Block[]): string =>
  blocks.map(({ text, gap }) => text + gap).join('');
const isInsertion = ({ start, end }: Hunk): boolean => start === end;

/** White space changed on both sides is no reason to ask: the wider gap wins. */
function mergeGap(base: string, mine: string, theirs: string): string {
  if (mine === theirs || theirs === base) return mine;
  if (mine === base) return theirs;
  const isWider = mine.length === theirs.length ? mine > theirs : mine.length > theirs.length;
  return isWider ? mine : theirs;
}

class Merger {
  readonly #texts: Texts;
  readonly #pieces: Piece[] = [];
  /** What to add to a place in the base to find it in a side, as far as has been read. */
  readonly #offset: Record<Side, number> = { mine: 0, theirs: 0 };
  #at = 0;

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  merge(): MergeChunk[] {
    for (const region of this.#regions()) {
      this.#keepUntil(region.start);
      this.#addRegion(region);
      this.#at = region.end;
    }
    this.#keepUntil(this.#texts.base.blocks.length);
    const { base, mine, theirs } = this.#texts;
    return toChunks(mergeGap(base.lead, mine.lead, theirs.lead), this.#pieces);
  }

  #regions(): Region[] {
    const base = textsOf(this.#texts.base);
    const changes = (['mine', 'theirs'] as const)
      .flatMap((side) =>
        hunksBetween(base, textsOf(this.#texts[side])).map((hunk): Change => ({ ...hunk, side })),
      )
      .sort((a, b) => a.start - b.start || a.end - b.end);
    const regions: Region[] = [];
    for (const change of changes) {
      const last = regions.at(-1);
      if (last && this.#belongs(change, last)) {
        last.changes.push(change);
        last.end = Math.max(last.end, change.end);
      } else {
        regions.push({ start: change.start, end: change.end, changes: [change] });
      }
    }
    return regions;
  }

  #belongs(change: Change, region: Region): boolean {
    if (change.start < region.end) return true;
    const [last] = region.changes.filter((other) => other.end === region.end).slice(-1);
    if (!last || change.start > region.end || last.side === change.side) return false;
    return !this.#isSafeSeam(last, change);
  }

  /** Whether changes of both sides that touch keep their order and their meaning side by side. */
  #isSafeSeam(first: Change, second: Change): boolean {
    if (isInsertion(first) && isInsertion(second)) return false;
    const isInPlace = [first, second].every(
      (hunk) => isInsertion(hunk) || hunk.end - hunk.start === hunk.to - hunk.from,
    );
    const left = this.#texts[first.side].blocks[first.to - 1];
    const right = this.#texts[second.side].blocks[second.from];
    if (!isInPlace || !left || !right) return false;
    const gap = isInsertion(first) ? left.gap : this.#gapBefore(first, second);
    return hasBlankLine(gap) || (isItem(left) && isItem(right));
  }

  /** The gap that will stand between two changes that touch. */
  #gapBefore(first: Change, second: Change): string {
    const gap = (of: Blocks, index: number) => of.blocks[index]?.gap ?? '';
    return mergeGap(
      gap(this.#texts.base, first.end - 1),
      gap(this.#texts[first.side], first.to - 1),
      gap(this.#texts[second.side], second.from - 1),
    );
  }

  /** Blocks that neither side changed; the gaps after them may have been. */
  #keepUntil(end: number): void {
    for (; this.#at < end; this.#at += 1) {
      const block = this.#texts.base.blocks[this.#at];
      if (!block) return;
      const gap = this.#mergedGap(this.#at);
      this.#pieces.push({ kind: 'block', from: 'both', block: { text: block.text, gap } });
    }
  }

  #mergedGap(at: number): string {
    const { base, mine, theirs } = this.#texts;
    const gap = base.blocks[at]?.gap ?? '';
    return mergeGap(
      gap,
      mine.blocks[at + this.#offset.mine]?.gap ?? gap,
      theirs.blocks[at + this.#offset.theirs]?.gap ?? gap,
    );
  }

  #addRegion({ start, end, changes }: Region): void {
    const before = { ...this.#offset };
    for (const { side, ...hunk } of changes) this.#offset[side] = hunk.to - hunk.end;
    const of = (side: Side): Block[] =>
      this.#texts[side].blocks.slice(start + before[side], end + this.#offset[side]);
    const [mine, theirs] = [of('mine'), of('theirs')];
    const isAlike =
      mine.length === theirs.length && mine.every(({ text }, at) => text === theirs[at]?.text);
    const [only] = changes;
    if (isAlike || (only && changes.length === 1)) {
      const from = isAlike ? 'both' : (only?.side ?? 'both');
      this.#addBlocks(from, from === 'theirs' ? theirs : mine, end > start ? end - 1 : null);
      return;
    }
    const base = this.#texts.base.blocks.slice(start, end);
    this.#pieces.push({
      kind: 'overlap',
      base: sourceOf(base),
      mine: sourceOf(mine),
      theirs: sourceOf(theirs),
    });
  }

  /** @param lastOfBase the block of the base in whose place the last one stands */
  #addBlocks(from: 'both' | Side, blocks: readonly Block[], lastOfBase: number | null): void {
    blocks.forEach(({ text, gap }, index) => {
      const isLast = index === blocks.length - 1 && lastOfBase !== null;
      const block = { text, gap: isLast ? this.#mergedGap(lastOfBase) : gap };
      this.#pieces.push({ kind: 'block', from, block });
    });
  }
}

/** Joins neighbours of one kind; what stood at the end of a text gets a blank line after it. */
function toChunks(lead: string, pieces: readonly Piece[]): MergeChunk[] {
  const chunks: MergeChunk[] = lead === '' ? [] : [{ kind: 'settled', from: 'both', text: lead }];
  pieces.forEach((piece, index) => {
    if (piece.kind === 'overlap') {
      chunks.push(piece);
      return;
    }
    const { text, gap } = piece.block;
    const isBare = index < pieces.length - 1 && !gap.includes('\n');
    const last = chunks.at(-1);
    const source = text + (isBare ? '\n\n' : gap);
    if (last?.kind === 'settled' && last.from === piece.from) last.text += source;
    else chunks.push({ kind: 'settled', from: piece.from, text: source });
  });
  return chunks;
}

/**
 * Merges two texts that were made from `base`, block by block (three-way, as `diff3` does by lines).
 *
 * - A block changed, added or removed by one side alone is taken from that side.
 * - The same change on both sides is taken once.
 * - Blocks changed on both sides in different ways overlap, and so do blocks added by both at the
 *   same place: nobody but a person knows which one comes first.
 * - Changes of the two sides that touch, with no unchanged block between them, are merged only when
 *   their order is beyond doubt and they cannot run together: each replaces as many blocks as it
 *   found, or is an addition next to such a replacement; and a blank line stands between them, or
 *   both are list items. Everything else that touches overlaps.
 *
 * Nothing of either side is left out of the result but what the other side removed or replaced
 * where this side had changed nothing. Never throws; time is bounded for texts of any kind.
 * @see https://www.cis.upenn.edu/~bcpierce/papers/diff3-short.pdf
 */
export function mergeMarkdown(base: string, mine: string, theirs: string): MergeResult {
  if (mine === theirs || theirs === base) return { status: 'merged', text: mine };
  if (mine === base) return { status: 'merged', text: theirs };
  const texts = { base: splitBlocks(base), mine: splitBlocks(mine), theirs: splitBlocks(theirs) };
  const chunks = new Merger(texts).merge();
  const settled = chunks.flatMap((chunk) => (chunk.kind === 'settled' ? [chunk.text] : []));
  return settled.length < chunks.length
    ? { status: 'overlap', chunks }
    : { status: 'merged', text: settled.join('') };
}

/** Two texts of which no common base is known: whatever differs overlaps. */
export function compareMarkdown(mine: string, theirs: string): MergeChunk[] {
  const [from, to] = [splitBlocks(theirs), splitBlocks(mine)];
  const chunks: MergeChunk[] = [];
  const keep = (text: string) => {
    if (text !== '') chunks.push({ kind: 'settled', from: 'both', text });
  };
  let at = 0;
  keep(from.lead);
  for (const hunk of hunksBetween(textsOf(from), textsOf(to))) {
    keep(sourceOf(from.blocks.slice(at, hunk.start)));
    chunks.push({
      kind: 'overlap',
      base: '',
      mine: sourceOf(to.blocks.slice(hunk.from, hunk.to)),
      theirs: sourceOf(from.blocks.slice(hunk.start, hunk.end)),
    });
    at = hunk.end;
  }
  keep(sourceOf(from.blocks.slice(at)));
  return chunks;
}
