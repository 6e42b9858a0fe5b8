import { createHash } from 'node:crypto';
import { markdown as markdownSchema } from '@ainotebook/contract';
import { findAddresses } from '../format/addresses.js';
import { type ArchivedArticle, MANIFEST_PATH, NOTES } from '../format/manifest.js';
import { withoutFrontMatter } from '../format/note-file.js';
import type { Archive } from './archive.js';
import { listItems } from './contents.js';
import { MAX_NOTE_BYTES, readItem } from './folder.js';
import { isSensible } from './front-matter.js';
import type { ReadItem } from './items.js';
import { type OwnManifest, parseLine, readRecord } from './own-manifest.js';
import { ItemError, rejectionOf } from './source-error.js';

/** More addresses of files do not fit into a note. */
const MAX_PLACES = 20_000;

/** What an archive of ours holds, as far as a part of it needs to know. */
export interface OwnContents {
  /** Of all items in their order: the notes of the manifest, then what somebody has put beside them. */
  paths: string[];
  read(index: number): Promise<ReadItem>;
}

/** Looks through a manifest for the items `[at, at + items)`. @throws SourceError damaged */
export async function listOwnItems(
  archive: Archive,
  manifest: OwnManifest,
  { at, items }: { at: number; items: number },
): Promise<OwnContents> {
  const paths: string[] = [];
  const wanted = new Map<number, string>();
  const notebooks = new Map<string, string[]>();
  const attachments = new Map<string, string>();
  const named = new Set([MANIFEST_PATH]);
  const folders = new Map<string, string[]>();
  for await (const { section, json } of manifest.lines()) {
    if (section === 'articles') {
      const path = pathOf(json);
      if (paths.length >= at && paths.length < at + items) wanted.set(paths.length, json);
      paths.push(path);
      named.add(path);
      continue;
    }
    const record = readRecord(section, json);
    if (!record) continue;
    named.add(record.path);
    if ('parentId' in record) {
      const names = [...((record.parentId && notebooks.get(record.parentId)) || []), record.name];
      notebooks.set(record.id, names);
      folders.set(record.path, names);
    }
    if ('mediaType' in record) attachments.set(record.sha256, record.path);
  }
  const others = [...archive.rejected, ...listItems(archive)].filter(
    ({ path }) => !named.has(path),
  );
  const top = (path: string) => (path.startsWith(NOTES) ? NOTES : '');
  const readOther = (path: string) =>
    readItem(archive, path, { program: 'ainotebook', top: top(path) });
  return {
    paths: [...paths, ...others.map(({ path }) => path)],
    read: async (index) => {
      const json = wanted.get(index);
      if (json !== undefined) {
        const path = paths[index] ?? '';
        return (await readNote(archive, path, json, { folders, attachments })) ?? readOther(path);
      }
      const other = others[index - paths.length];
      if (other?.reason === undefined) return readOther(other?.path ?? '');
      return { kind: 'rejected', path: other.path, reason: other.reason };
    },
  };
}

/** Where a note is; empty where its line says nothing of use. */
function pathOf(json: string): string {
  const line = parseLine(json) as { path?: unknown } | null | undefined;
  return typeof line?.path === 'string' ? line.path : '';
}

interface Places {
  /** Names of notebooks by their paths. */
  folders: ReadonlyMap<string, string[]>;
  /** Paths of attachments by their SHA-256. */
  attachments: ReadonlyMap<string, string>;
}

/** A note exactly as it was written; null when somebody has changed it since. */
async function readNote(
  archive: Archive,
  path: string,
  json: string,
  { folders, attachments }: Places,
): Promise<ReadItem | null> {
  const record = readRecord('articles', json);
  if (!record) return { kind: 'rejected', path, reason: 'damaged' };
  try {
    const bytes = await archive.read(path, MAX_NOTE_BYTES);
    const isWhole = createHash('sha256').update(bytes).digest('hex') === record.sha256;
    const markdown = isWhole ? withoutFrontMatter(bytes.toString()) : null;
    if (markdown === null || !markdownSchema.safeParse(markdown).success) return null;
    const { id, title, tags, isPinned, isArchived, ai } = record;
    return {
      kind: 'note',
      path,
      title,
      markdown,
      notebooks: folders.get(path.slice(0, path.lastIndexOf('/'))) ?? [],
      tags,
      createdAt: dateOf(record.createdAt),
      updatedAt: dateOf(record.updatedAt),
      links: placesOf(markdown, record, attachments),
      warnings: [],
      ai,
      archived: { id, isPinned, isArchived },
    };
  } catch (error) {
    return { kind: 'rejected', path, ...rejectionOf(error) };
  }
}

function dateOf(instant: string): Date | null {
  const date = new Date(instant);
  return isSensible(date) ? date : null;
}

/** The places of attachments; what else links somewhere is as it was. @throws ItemError too_complex */
function placesOf(
  markdown: string,
  { links }: ArchivedArticle,
  attachments: ReadonlyMap<string, string>,
) {
  const found = findAddresses(markdown, links);
  if (found.length > MAX_PLACES) throw new ItemError('too_complex');
  return found.flatMap(({ start, end, sha256 }) => {
    const target = attachments.get(sha256);
    // As in raw HTML: the address alone is replaced.
    return target ? [{ start, end, form: 'html' as const, target, label: '', title: '' }] : [];
  });
}
