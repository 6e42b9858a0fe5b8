import { parse } from 'yaml';
import { z } from 'zod';
import type { Archive } from './archive.js';
import { isSensible } from './front-matter.js';
import { lakeToMarkdown } from './lake.js';
import type { DraftNote } from './note.js';
import { ItemError, SourceError } from './source-error.js';
import { decodeText } from './text.js';

const META = /^(?:[^/]+\/)?\$meta\.json$/;
const MAX_META_BYTES = 20_000_000;
const MAX_DOC_BYTES = 8_000_000;

const text = z.string().catch('');
const metaSchema = z.object({ meta: z.string() });
const bookSchema = z.object({ book: z.object({ name: text, tocYml: text }) });
const tocSchema = z.array(
  z.object({
    type: text,
    title: z.coerce.string().catch(''),
    url: z.coerce.string().catch(''),
    level: z.number().catch(0),
  }),
);
const docSchema = z.object({
  doc: z.object({
    title: z.coerce.string().catch(''),
    type: z.string().catch('Doc'),
    format: z.string().catch('lake'),
    body: text,
    body_asl: text,
    created_at: text,
    content_updated_at: text,
    updated_at: text,
  }),
});

/** A knowledge base of Yuque: its documents in the order of its table of contents. */
export interface Lakebook {
  docs: readonly { path: string; title: string; notebooks: readonly string[] }[];
}

const metaPath = (archive: Archive): string | undefined =>
  [...archive.entries.keys()].find((path) => META.test(path));

export const isLakebook = (archive: Archive): boolean => metaPath(archive) !== undefined;

/** @throws SourceError damaged */
export async function readLakebook(archive: Archive): Promise<Lakebook> {
  const path = metaPath(archive) ?? '';
  try {
    const { meta } = metaSchema.parse(await readJson(archive, path, MAX_META_BYTES));
    const { book } = bookSchema.parse(JSON.parse(meta));
    const toc = tocSchema.catch([]).parse(parse(book.tocYml));
    return { docs: docsOf(archive, path.replace(/[^/]*$/, ''), { name: book.name, toc }) };
  } catch (error) {
    throw new SourceError('damaged', { cause: error });
  }
}

async function readJson(archive: Archive, path: string, maxBytes: number): Promise<unknown> {
  return JSON.parse(decodeText(await archive.read(path, maxBytes)).text);
}

function docsOf(
  archive: Archive,
  folder: string,
  { name, toc }: { name: string; toc: z.infer<typeof tocSchema> },
): Lakebook['docs'] {
  const docs = new Map<string, Lakebook['docs'][number]>();
  const around: string[] = [];
  for (const { type, title, url, level } of toc) {
    const depth = Math.min(Math.max(0, level), around.length);
    around.length = depth;
    const path = `${folder}${url}.json`;
    if (type.toUpperCase() === 'DOC' && archive.entries.has(path) && !docs.has(path))
      docs.set(path, { path, title, notebooks: [name, ...around] });
    if (type.toUpperCase() !== 'META') around.push(title);
  }
  // What its table of contents does not name.
  for (const path of archive.entries.keys())
    if (path.startsWith(folder) && /\.json$/.test(path) && !META.test(path) && !docs.has(path))
      docs.set(path, { path, title: '', notebooks: [name] });
  return [...docs.values()];
}

function timeOf(...written: string[]): Date | null {
  const time = new Date(written.find(Boolean) ?? '');
  return Number.isNaN(time.getTime()) || !isSensible(time) ? null : time;
}

/** One document. @throws ItemError unsupported (a sheet, a board), too_complex, damaged */
export async function readLakeDoc(
  archive: Archive,
  { path, title, notebooks }: Lakebook['docs'][number],
): Promise<DraftNote> {
  const json = await readJson(archive, path, MAX_DOC_BYTES).catch((error: unknown) => {
    throw error instanceof ItemError ? error : new ItemError('damaged', { cause: error });
  });
  const { success, data } = docSchema.safeParse(json);
  if (!success) throw new ItemError('damaged');
  const { doc } = data;
  if (doc.type.toLowerCase() !== 'doc') throw new ItemError('unsupported');
  const { markdown, warnings } =
    doc.format === 'markdown'
      ? { markdown: doc.body, warnings: [] }
      : lakeToMarkdown(doc.body_asl || doc.body);
  return {
    path,
    title: doc.title || title,
    markdown,
    notebooks: [...notebooks],
    createdAt: timeOf(doc.created_at),
    updatedAt: timeOf(doc.content_updated_at, doc.updated_at),
    warnings,
    hasRemotePictures: true,
  };
}
