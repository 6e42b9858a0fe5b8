import type { Archive } from './archive.js';
import { isTooDeep } from './depth.js';
import { isSensible } from './front-matter.js';
import { htmlToMarkdown, isTooLarge } from './html.js';
import type { DraftNote } from './note.js';
import { ItemError } from './source-error.js';
import { cleanText, decodeText } from './text.js';

/** Bytes of one item. */
const MAX_ITEM_BYTES = 4_000_000;
/** Items that one list is made of: folders, tags and what ties tags to notes. */
const MAX_LINKS = 1_000_000;

const ITEM = /^[\da-f]{32}\.md$/;
/** https://joplinapp.org/help/api/references/rest_api: `type_` of an item. */
const TYPE = { note: '1', folder: '2', resource: '4', tag: '5', noteTag: '6' };
const IS_HTML = '2';

/** An item of Joplin: a title, a text and properties, as `BaseItem.serialize` of Joplin writes them. */
interface Item {
  title: string;
  body: string;
  of: (property: string) => string;
}

/** Properties are the last block of lines `name: value`; before them the title, an empty line and the text. */
function parseItem(bytes: Buffer): Item {
  const { text } = cleanText(decodeText(bytes).text);
  const end = text.trimEnd();
  const at = end.lastIndexOf('\n\n');
  const properties = new Map<string, string>();
  for (const line of end.slice(at < 0 ? 0 : at + 2).split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) properties.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const head = at < 0 ? '' : end.slice(0, at);
  const line = head.indexOf('\n');
  return {
    title: line < 0 ? head : head.slice(0, line),
    body: line < 0 ? '' : head.slice(line + 1).replace(/^\n/, ''),
    of: (property) => properties.get(property) ?? '',
  };
}

/** What an archive of Joplin's holds, by the ids of its items. */
export interface JoplinArchive {
  /** Paths of the notes. */
  notes: readonly string[];
  folders: ReadonlyMap<string, { title: string; parent: string }>;
  /** Titles of the tags of a note. */
  tags: ReadonlyMap<string, readonly string[]>;
  /** Where a note or a file is. */
  paths: ReadonlyMap<string, string>;
}

export const isJoplin = (archive: Archive): boolean =>
  [...archive.entries.keys()].some((path) => ITEM.test(path)) &&
  [...archive.entries.keys()].every((path) => ITEM.test(path) || path.startsWith('resources/'));

/** Reads what all items are; of notes only that they are. */
export async function listJoplin(archive: Archive): Promise<JoplinArchive> {
  const notes: string[] = [];
  const folders = new Map<string, { title: string; parent: string }>();
  const titles = new Map<string, string>();
  const ties: { note: string; tag: string }[] = [];
  const paths = new Map<string, string>();
  for (const path of archive.entries.keys()) {
    if (!ITEM.test(path)) {
      const id = /^resources\/([\da-f]{32})(?:\.|$)/.exec(path)?.[1];
      if (id) paths.set(id, path);
      continue;
    }
    const item = await archive
      .read(path, MAX_ITEM_BYTES)
      .then(parseItem)
      .catch(() => null);
    const type = item?.of('type_');
    // One that cannot be read is told of in its place among the notes.
    if (!item || type === TYPE.note) {
      notes.push(path);
      paths.set(path.slice(0, 32), path);
    } else if (type === TYPE.folder) {
      folders.set(item.of('id'), { title: item.title, parent: item.of('parent_id') });
    } else if (type === TYPE.tag) titles.set(item.of('id'), item.title);
    else if (type === TYPE.noteTag && ties.length < MAX_LINKS)
      ties.push({ note: item.of('note_id'), tag: item.of('tag_id') });
  }
  const tags = new Map<string, string[]>();
  for (const { note, tag } of ties) {
    const title = titles.get(tag);
    if (title) tags.set(note, [...(tags.get(note) ?? []), title]);
  }
  return { notes: notes.sort(), folders, tags, paths };
}

function foldersOf({ folders }: JoplinArchive, id: string): string[] {
  const names: string[] = [];
  const seen = new Set<string>();
  for (let at = id; !seen.has(at); ) {
    seen.add(at);
    const folder = folders.get(at);
    if (!folder) break;
    names.unshift(folder.title);
    at = folder.parent;
  }
  return names;
}

function timeOf(item: Item, name: string): Date | null {
  const time = new Date(item.of(`user_${name}`) || item.of(name));
  return Number.isNaN(time.getTime()) || !isSensible(time) ? null : time;
}

/** `:/id` of a note or a file as its path; with a heading behind it, that is left out. */
const withPaths = (text: string, { paths }: JoplinArchive): string =>
  text.replace(
    /(\]\(\s*<?|(?:src|href)\s*=\s*["'])?:\/([\da-f]{32})(?:#[^\s)"'>]*)?/g,
    (whole, before: string | undefined, id: string) =>
      before === undefined ? whole : `${before}${paths.get(id) ?? `:/${id}`}`,
  );

/** One note. @throws ItemError encrypted, too_large, too_complex, unsupported, damaged */
export async function readJoplinNote(
  archive: Archive,
  joplin: JoplinArchive,
  path: string,
): Promise<DraftNote> {
  const item = parseItem(await archive.read(path, MAX_ITEM_BYTES));
  if (item.of('encryption_applied') === '1') throw new ItemError('encrypted');
  const body = withPaths(item.body, joplin);
  const source = item.of('source_url');
  const { markdown, warnings } =
    item.of('markup_language') === IS_HTML ? fromHtml(body) : { markdown: body, warnings: [] };
  const parts = [
    item.of('is_todo') === '1'
      ? `- [${Number(item.of('todo_completed')) > 0 ? 'x' : ' '}] ${item.title}`
      : '',
    markdown.trimEnd(),
    /^https?:\/\/\S+$/.test(source) ? `<${source}>` : '',
  ];
  return {
    path,
    title: item.title,
    markdown: `${parts.filter(Boolean).join('\n\n')}\n`,
    notebooks: foldersOf(joplin, item.of('parent_id')),
    tags: [...(joplin.tags.get(path.slice(0, 32)) ?? [])],
    createdAt: timeOf(item, 'created_time'),
    updatedAt: timeOf(item, 'updated_time'),
    warnings,
  };
}

function fromHtml(html: string) {
  if (isTooDeep(html) || isTooLarge(html)) throw new ItemError('too_complex');
  return htmlToMarkdown(html);
}
