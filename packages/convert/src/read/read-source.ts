import { readFile, stat } from 'node:fs/promises';
import type { ImportProgram } from '@ainotebook/contract';
import type { Archive } from './archive.js';
import { isBookmarkFile, readBookmarks } from './bookmarks.js';
import { listItems, programOf, sharedFolder } from './contents.js';
import { isTooDeep } from './depth.js';
import { isDocx, readDocx } from './docx.js';
import { isEpub, readBook, readChapter } from './epub.js';
import { readItem } from './folder.js';
import { charsetOf, isTooLarge, readHtmlPage } from './html.js';
import type { ReadItem, ReadPart, Source } from './items.js';
import { isJoplin, listJoplin, readJoplinNote } from './joplin.js';
import { isLake, lakeToMarkdown } from './lake.js';
import { isLakebook, readLakebook, readLakeDoc } from './lakebook.js';
import { readMarkdownNote } from './markdown-note.js';
import { openNested } from './nested-archive.js';
import { type DraftNote, toNote } from './note.js';
import { startOf } from './open-archive.js';
import { listOwnItems } from './own-archive.js';
import { type OwnManifest, openOwnManifest } from './own-manifest.js';
import { readPdf } from './pdf.js';
import { ItemError, rejectionOf, SourceError } from './source-error.js';
import { isTar } from './tar-archive.js';
import { decodeText } from './text.js';

/** Bytes of a file that is read whole: everything but an archive. */
const MAX_SINGLE_BYTES = 50 * 1024 ** 2;

/** How much of a source is read at a time. */
export interface PartLimits {
  /** The item to begin with; 0 for the first. */
  at: number;
  items: number;
  /** UTF-16 units of Markdown; one item more may come. */
  length: number;
  /** Says of the first item only what it is called, as one that was too much for a thread. */
  isSkipped?: boolean;
}

const baseName = (name: string) =>
  name.slice(name.search(/[^/\\]*$/)).replace(/\.[a-z\d]{1,8}$/i, '') || name;

/**
 * Reads a part of a source, whatever program wrote it; told from its bytes, the name helps with text.
 * The same source and limits give the same part.
 * @throws SourceError
 */
export async function readSource(source: Source, limits: PartLimits): Promise<ReadPart> {
  const start = await startOf(source.file);
  if (start.subarray(0, 2).toString('latin1') === 'PK' || isTar(start))
    return readArchive(source, limits);
  if (limits.isSkipped) throw new SourceError('too_complex');
  const { size } = await stat(source.file);
  if (size > MAX_SINGLE_BYTES) throw new SourceError('too_large');
  const bytes = await readFile(source.file);
  const { program, drafts } = await readSingle(source, bytes);
  return { program, total: drafts.length, items: drafts.slice(limits.at).map(toItem), next: null };
}

type Read = DraftNote | ReadItem;

function toItem(read: Read): ReadItem {
  if ('kind' in read) return read;
  try {
    return toNote(read);
  } catch (error) {
    return { kind: 'rejected', path: read.path, ...rejectionOf(error) };
  }
}

/** What is wrong with the one item of a source is wrong with the source. */
function asRejection(path: string, error: unknown): ReadItem {
  return { kind: 'rejected', path, ...rejectionOf(error) };
}

async function readSingle(
  { name, page }: Source,
  bytes: Buffer,
): Promise<{ program: ImportProgram; drafts: Read[] }> {
  const title = page ? page.url : baseName(name);
  if (bytes.subarray(0, 1024).includes('%PDF-')) {
    // pdf.js takes the buffer for itself.
    const drafts = await readPdf(new Uint8Array(bytes), title).catch((error: unknown) => [
      asRejection(title, error),
    ]);
    return { program: 'pdf', drafts };
  }
  try {
    const head = bytes.subarray(0, 2_048).toString('latin1');
    const isHtml =
      page !== undefined ||
      /<(?:!doctype|html|head|body|meta)\b/i.test(head) ||
      /\.x?html?$/i.test(name);
    if (!isHtml) {
      const file = { path: name, modifiedAt: null };
      const note = readMarkdownNote(bytes, file, 'markdown');
      return {
        program: /cdn\.nlark\.com/.test(note.markdown) ? 'yuque' : 'markdown',
        drafts: [note],
      };
    }
    const declared = page?.charset ?? charsetOf(bytes);
    const { text } = decodeText(bytes, declared);
    if (!page && isLake(head))
      return {
        program: 'yuque',
        drafts: [{ path: title, title, ...lakeToMarkdown(text), hasRemotePictures: true }],
      };
    if (isBookmarkFile(text.slice(0, 2_048)))
      return { program: 'bookmarks', drafts: readBookmarks(text, title) };
    if (isTooDeep(text) || isTooLarge(text)) throw new ItemError('too_complex');
    const read = readHtmlPage(text, page?.url ?? null);
    // Where a page came from is worth as much as what it says.
    const markdown = page ? `${read.markdown}\n\n<${page.url}>\n` : read.markdown;
    const common = {
      path: title,
      title: read.title || title,
      hasRemotePictures: page !== undefined,
    };
    const draft = { ...read, ...common, markdown };
    return { program: page ? 'page' : 'html', drafts: [draft] };
  } catch (error) {
    if (error instanceof ItemError && error.code === 'unsupported')
      throw new SourceError('unsupported');
    return { program: 'markdown', drafts: [asRejection(title, error)] };
  }
}

async function readArchive(source: Source, limits: PartLimits): Promise<ReadPart> {
  const archive = await openNested(source.file, source.folder);
  try {
    if (isTar(await startOf(archive.file))) return await readTar(archive, limits);
    if (isDocx(archive)) {
      if (limits.isSkipped) throw new SourceError('too_complex');
      const draft = await readDocx(archive.file, baseName(source.name));
      return { program: 'docx', total: 1, items: [toItem(draft)].slice(limits.at), next: null };
    }
    if (isEpub(archive)) return await readEpub(archive, limits);
    const manifest = await openOwnManifest(archive);
    return manifest ? await readOwn(archive, manifest, limits) : await readFolder(archive, limits);
  } finally {
    archive.close();
  }
}

/** What Joplin and Yuque export as their own; any other tar is a folder like a zip. */
async function readTar(archive: Archive, limits: PartLimits): Promise<ReadPart> {
  if (isLakebook(archive)) {
    const { docs } = await readLakebook(archive);
    const paths = docs.map(({ path }) => path);
    return collect({ program: 'yuque', paths }, limits, (index) => {
      const doc = docs[index] ?? { path: '', title: '', notebooks: [] };
      return itemOf(doc.path, readLakeDoc(archive, doc));
    });
  }
  if (!isJoplin(archive)) return readFolder(archive, limits);
  const joplin = await listJoplin(archive);
  if (joplin.notes.length === 0) throw new SourceError('no_notes');
  return collect({ program: 'joplin', paths: joplin.notes }, limits, (index) => {
    const path = joplin.notes[index] ?? '';
    return itemOf(path, readJoplinNote(archive, joplin, path));
  });
}

async function itemOf(path: string, draft: Promise<DraftNote>): Promise<ReadItem> {
  try {
    return toItem(await draft);
  } catch (error) {
    return asRejection(path, error);
  }
}

/** Reads items one after the other until a part is full. */
async function collect(
  { program, paths }: { program: ImportProgram; paths: readonly string[] },
  limits: PartLimits,
  read: (index: number) => Promise<ReadItem>,
): Promise<ReadPart> {
  const total = paths.length;
  if (limits.isSkipped) {
    const next = limits.at + 1 < total ? limits.at + 1 : null;
    const path = paths[limits.at] ?? '';
    return { program, total, items: [{ kind: 'rejected', path, reason: 'too_complex' }], next };
  }
  const items: ReadItem[] = [];
  let length = 0;
  let at = limits.at;
  for (; at < total && items.length < limits.items && length < limits.length; at += 1) {
    const item = await read(at);
    if (item.kind === 'note') length += item.markdown.length;
    items.push(item);
  }
  return { program, total, items, next: at < total ? at : null };
}

async function readEpub(archive: Archive, limits: PartLimits): Promise<ReadPart> {
  const book = await readBook(archive);
  if (book.chapters.length === 0) throw new SourceError('no_notes');
  return collect({ program: 'epub', paths: book.chapters }, limits, (index) =>
    itemOf(book.chapters[index] ?? '', readChapter(archive, book, index)),
  );
}

/** Of an archive of ours nothing need be in it: notebooks and files alone are something. */
async function readOwn(
  archive: Archive,
  manifest: OwnManifest,
  limits: PartLimits,
): Promise<ReadPart> {
  const { paths, read } = await listOwnItems(archive, manifest, limits);
  return collect({ program: 'ainotebook', paths }, limits, read);
}

async function readFolder(archive: Archive, limits: PartLimits): Promise<ReadPart> {
  const found = listItems(archive);
  const notes = found.filter(({ reason }) => reason === undefined);
  if (notes.length === 0) {
    const isLocked = archive.rejected.some(({ reason }) => reason === 'encrypted');
    if (found.length === 0) throw new SourceError(isLocked ? 'encrypted' : 'no_notes');
  }
  const program = programOf(archive.entries.keys());
  const top = sharedFolder(notes.map(({ path }) => path));
  const rejected = [
    ...archive.rejected,
    ...found.flatMap(({ path, reason }) => (reason ? [{ path, reason }] : [])),
  ];
  return collect(
    { program, paths: [...notes, ...rejected].map(({ path }) => path) },
    limits,
    async (index) => {
      const note = notes[index];
      if (note) return readItem(archive, note.path, { program, top });
      const other = rejected[index - notes.length];
      return { kind: 'rejected', path: other?.path ?? '', reason: other?.reason ?? 'gone' };
    },
  );
}
