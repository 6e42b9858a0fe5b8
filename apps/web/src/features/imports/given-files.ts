import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';

/** A file that was chosen or dropped. */
export interface GivenFile {
  /** With the folders it lies in, below what was dropped. */
  path: string;
  file: File;
}

/** What one import is made of: a file, or several that belong together. */
export interface Source {
  name: string;
  files: readonly GivenFile[];
}

/** More are for a program that packs, and so are more bytes than a zip of ours holds. */
const MAX_FILES = 5_000;
const MAX_BYTES = 4_000_000_000;
/** Read by themselves: what is in them is not looked for in an archive. */
const ALONE = /\.(?:zip|7z|rar|tar|gz|tgz|jex|lakebook|enex|epub|docx|pdf)$/i;
/** What programs keep for themselves, but for what says that a folder is a vault. */
const HIDDEN = /(?:^|\/)(?:\.[^/]+|__MACOSX|node_modules|Thumbs\.db|desktop\.ini)(?:\/|$)/i;
const OBSIDIAN = /(?:^|\/)\.obsidian(?:\/app\.json)?$/;
const isWanted = (path: string) => !HIDDEN.test(path) || OBSIDIAN.test(path);

export const chosenFiles = (files: FileList | null): GivenFile[] =>
  [...(files ?? [])].map((file) => ({ path: file.name, file }));

/** What was dropped, and what is in the folders of it. To be called while the drop is told of. */
export async function droppedFiles(data: DataTransfer): Promise<GivenFile[]> {
  const given = chosenFiles(data.files);
  const entries = Array.from(data.items).flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (!entries.some(({ isDirectory }) => isDirectory)) return given;
  const found: GivenFile[] = [];
  for (let next = entries.shift(); next && found.length <= MAX_FILES; next = entries.shift()) {
    const path = next.fullPath.replace(/^\//, '');
    if (!isWanted(path)) continue;
    if (isFolder(next)) entries.unshift(...(await entriesOf(next)));
    else found.push({ path, file: await fileOf(next as FileSystemFileEntry) });
  }
  return found;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

const fileOf = (entry: FileSystemFileEntry) =>
  new Promise<File>((resolve, reject) => entry.file(resolve, reject));

/** A browser gives them a hundred at a time. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0 || all.length > MAX_FILES) return all;
    all.push(...some);
  }
}

/**
 * The imports that files make: notes and what they show are one, since they name each other, and documents are each
 * their own. Null: too many at once.
 */
export function sourcesOf(given: readonly GivenFile[]): Source[] | null {
  const bytes = given.reduce((sum, { file }) => sum + file.size, 0);
  if (given.length > MAX_FILES || bytes > MAX_BYTES) return null;
  const isAlone = ({ path }: GivenFile) => !path.includes('/') && ALONE.test(path);
  const together = given.filter((each) => !isAlone(each));
  const sources = given
    .filter(isAlone)
    .map((each): Source => ({ name: each.file.name, files: [each] }));
  if (together.length > 0) sources.unshift({ name: nameOf(together), files: together });
  return sources.length > LIMITS.importsOpenPerUser ? null : sources;
}

function nameOf(files: readonly GivenFile[]): string {
  const [first] = files;
  if (files.length === 1 && first && !first.path.includes('/')) return first.file.name;
  const [top = ''] = first?.path.split('/') ?? [];
  const isOneFolder = files.every(({ path }) => path.startsWith(`${top}/`));
  return isOneFolder ? `${top}.zip` : `${m.import_bundle({ count: files.length })}.zip`;
}
