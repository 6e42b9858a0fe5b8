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
const NOTE_ENDINGS = ['', '.md', '.markdown', '.txt', '.html', '.docx'];

/**
 * Finds what links mean: from their note's folder, from the top, and by name alone as Obsidian writes
 * them; case and the ways to write an accent do not count.
 */
export function createTargetIndex(paths: Iterable<string>): TargetIndex {
  const exact = new Map<string, string>();
  const byName = new Map<string, string[]>();
  for (const path of paths) {
    const key = fold(path);
    exact.set(key, path);
    const name = nameOf(key);
    const others = byName.get(name);
    if (others) others.push(key);
    else byName.set(name, [key]);
  }
  return {
    find(from, written) {
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
        const same = byName.get(nameOf(tail)) ?? [];
        const fits = same.filter((key) => key === tail || key.endsWith(`/${tail}`));
        // The nearest to the top, as Obsidian takes it.
        const [best] = fits.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
        if (best !== undefined) return exact.get(best) ?? null;
      }
      return null;
    },
  };
}
