/** Paths of a source, to be found by what links say of them. */
export interface TargetIndex {
  /** The path that `target`, written in the note at `from`, means. */
  find(from: string, target: string): string | null;
}

const fold = (path: string) => path.normalize('NFC').toLowerCase();

function join(folder: string, target: string): string {
  const parts: string[] = [];
  for (const part of `${folder}/${target}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const folderOf = (path: string) => path.slice(0, Math.max(0, path.lastIndexOf('/')));
const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
/** Folders whose content a blog shows at its root. */
const ROOTS = ['', 'static', 'source', 'public', 'assets'];
/** Longer than any path in an archive can be meant by. */
const MAX_TARGET = 4_000;
const NOTE_ENDINGS = ['', '.md', '.markdown', '.txt', '.html', '.docx'];

/** From the name to the top, so that paths that end alike stand together when they are sorted. */
const flip = (path: string) => `${path.split('/').reverse().join('/')}/`;

/** Paths with one name, of which the one that is meant is found by its end. */
class SameName {
  readonly #paths: string[] = [];
  #sorted: { flipped: string; path: string }[] | undefined;
  readonly #known = new Map<string, string | null>();

  add(path: string): void {
    this.#paths.push(path);
  }

  /** The one that ends with `tail`; of several the nearest to the top, as Obsidian takes it. */
  endingWith(tail: string): string | null {
    const known = this.#known.get(tail);
    if (known !== undefined) return known;
    this.#sorted ??= this.#paths
      .map((path) => ({ flipped: flip(path), path }))
      .sort((a, b) => (a.flipped < b.flipped ? -1 : a.flipped > b.flipped ? 1 : 0));
    const sorted = this.#sorted;
    const wanted = flip(tail);
    let from = 0;
    for (let to = sorted.length; from < to; ) {
      const middle = (from + to) >> 1;
      if ((sorted[middle]?.flipped ?? '') < wanted) from = middle + 1;
      else to = middle;
    }
    let best: string | null = null;
    let found = 0;
    for (let at = from; sorted[at]?.flipped.startsWith(wanted); at += 1) {
      const path = sorted[at]?.path ?? '';
      found += 1;
      const isNearer =
        best === null || path.length < best.length || (path.length === best.length && path < best);
      if (isNearer) best = path;
    }
    // What is found at once need not be remembered; that is most of what is asked.
    if (found > 1) this.#known.set(tail, best);
    return best;
  }
}

/**
 * Finds what links mean: from their note's folder, from the top, and by name alone as Obsidian writes
 * them; case and the ways to write an accent do not count.
 */
export function createTargetIndex(paths: Iterable<string>): TargetIndex {
  const exact = new Map<string, string>();
  const byName = new Map<string, SameName>();
  for (const path of paths) {
    const key = fold(path);
    exact.set(key, path);
    const name = nameOf(key);
    const same = byName.get(name) ?? new SameName();
    same.add(key);
    byName.set(name, same);
  }
  return {
    find(from, written) {
      if (written.length > MAX_TARGET) return null;
      const target = fold(written.replaceAll('\\', '/'));
      const folder = fold(folderOf(from));
      for (const ending of NOTE_ENDINGS) {
        const wanted = target + ending;
        const places = [join(folder, wanted), ...ROOTS.map((root) => join(root, wanted))];
        for (const place of places) {
          const found = exact.get(place);
          if (found !== undefined) return found;
        }
      }
      for (const ending of NOTE_ENDINGS) {
        const tail = join('', target + ending);
        const best = byName.get(nameOf(tail))?.endingWith(tail);
        if (best) return exact.get(best) ?? null;
      }
      return null;
    },
  };
}
