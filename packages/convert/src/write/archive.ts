import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import nodePath from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { relateAddresses } from '../format/addresses.js';
import {
  ARCHIVE_FORMAT,
  ARCHIVE_VERSION,
  type ArchivedArticle,
  type ArchivedDocument,
  type ArchiveHead,
  ATTACHMENTS,
  MANIFEST_PATH,
  type ManifestRecord,
  NOTES,
  SECTION_ORDER,
  type Section,
} from '../format/manifest.js';
import { withFrontMatter } from '../format/note-file.js';
import { Paths } from './file-names.js';
import { createZipWriter } from './zip.js';

/** A note as it goes into an archive. */
export interface NoteToArchive
  extends Pick<
    ArchivedArticle,
    'id' | 'notebookId' | 'title' | 'tags' | 'isPinned' | 'isArchived' | 'ai' | 'publication'
  > {
  content: string;
  createdAt: Date;
  updatedAt: Date;
}

/** A file as it goes into an archive. */
export interface FileToArchive {
  /** As the texts name it. */
  id: string;
  sha256: string;
  name: string;
  mediaType: string;
  /** Bytes. */
  size: number;
}

export interface ArchiveOptions {
  output: Writable;
  /** For the manifest while it grows. */
  tempFolder: string;
  scope: ArchiveHead['scope'];
  exportedAt: Date;
  /** Parents before their children, siblings in their order. */
  notebooks: readonly { id: string; parentId: string | null; name: string }[];
  /** In an order that depends on them alone: by their hashes. */
  files: readonly FileToArchive[];
}

/** Writes one archive: notes, then files, then other documents, then `finish`. */
export interface ArchiveWriter {
  addNote(note: NoteToArchive): Promise<void>;
  /** @param open null when the bytes are lost */
  addFile(file: FileToArchive, open: () => Promise<Readable | null>): Promise<void>;
  addDocument(path: string, value: unknown): Promise<void>;
  /** A document with a line of JSON for each row; no more than one is held. */
  addLines(path: string, rows: AsyncIterable<unknown>): Promise<void>;
  finish(): Promise<void>;
  /** Removes what the writer kept beside the output; after `finish` and after any failure. */
  close(): Promise<void>;
}

/**
 * An archive of notes: Markdown with front matter in folders that are the notebooks, files under their
 * names, and a manifest with everything an import needs. Equal input gives equal bytes but for
 * `exportedAt`. Of notes and files no more than one is held in memory.
 */
export async function createArchiveWriter(options: ArchiveOptions): Promise<ArchiveWriter> {
  const { scope, exportedAt, notebooks, files, tempFolder } = options;
  const zip = createZipWriter(options.output);
  const paths = new Paths();
  const manifest = await createManifestFile(tempFolder, {
    format: ARCHIVE_FORMAT,
    version: ARCHIVE_VERSION,
    exportedAt: exportedAt.toISOString(),
    scope,
    mayDiffer: ['exportedAt', 'articles[].publication'],
  });
  const folders = new Map<string | null, string>([[null, NOTES]]);
  for (const { id, parentId, name } of notebooks) {
    const path = paths.take(folders.get(parentId) ?? NOTES, name, '');
    folders.set(id, `${path}/`);
    await manifest.write({ section: 'notebooks', record: { id, parentId, name, path } });
  }
  const attached = new Map<string, { path: string; sha256: string }>();
  for (const { id, sha256, name } of files) {
    const { name: stem, ext } = nodePath.posix.parse(name);
    const ending = /^\.[\da-z]{1,8}$/i.test(ext) ? ext : '';
    attached.set(id, { path: paths.take(ATTACHMENTS, ending ? stem : name, ending), sha256 });
  }
  // Dates of entries come from the notes too: the newest stands for what has none of its own.
  let newest = new Date(0);

  const addText = async (path: string, text: string, date: Date): Promise<ArchivedDocument> => {
    const bytes = Buffer.from(text);
    await zip.add(path, bytes, date);
    return { path, size: bytes.length, sha256: hashOf(bytes) };
  };

  return {
    addNote: async (note) => {
      const { id, notebookId, title, tags, isPinned, isArchived, ai, createdAt, updatedAt } = note;
      const folder = folders.get(note.notebookId) ?? NOTES;
      const path = paths.take(folder, note.title, '.md');
      const related = relateAddresses(note.content, folder, (file) => attached.get(file));
      const text = withFrontMatter(note, related.content);
      if (updatedAt > newest) newest = updatedAt;
      const entry = await addText(path, text, updatedAt);
      const record = {
        id,
        notebookId,
        title,
        tags,
        isPinned,
        isArchived,
        ai,
        createdAt: createdAt.toISOString(),
        updatedAt: updatedAt.toISOString(),
        publication: note.publication,
        links: related.links,
        ...entry,
      };
      await manifest.write({ section: 'articles', record });
    },
    addFile: async ({ id, sha256, name, mediaType, size }, open) => {
      const path = attached.get(id)?.path;
      if (path === undefined) throw new Error(`the file ${id} was not announced`);
      const bytes = await open();
      const record = { name, mediaType, isMissing: bytes === null, path, size, sha256 };
      if (bytes) await zip.add(path, bytes, newest);
      await manifest.write({ section: 'attachments', record });
    },
    addDocument: async (path, value) => {
      const record = await addText(path, `${JSON.stringify(value, null, 2)}\n`, newest);
      await manifest.write({ section: 'documents', record });
    },
    addLines: async (path, rows) => {
      const hash = createHash('sha256');
      let size = 0;
      async function* lines() {
        for await (const row of rows) {
          const line = Buffer.from(`${JSON.stringify(row)}\n`);
          hash.update(line);
          size += line.length;
          yield line;
        }
      }
      await zip.add(path, Readable.from(lines()), newest);
      const record = { path, size, sha256: hash.digest('hex') };
      await manifest.write({ section: 'documents', record });
    },
    finish: async () => {
      await zip.add(MANIFEST_PATH, await manifest.read(), newest);
      await zip.finish();
    },
    close: () => manifest.close(),
  };
}

const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

/** One record a line, so that a manifest of any length can be read line by line, and still be JSON. */
async function createManifestFile(tempFolder: string, head: ArchiveHead) {
  await mkdir(tempFolder, { recursive: true });
  const file = nodePath.join(tempFolder, `${randomUUID()}.manifest`);
  const stream = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  const end = finished(stream);
  end.catch(() => undefined);
  let at = 0;
  let isFirst = true;

  const write = async (text: string) => {
    if (!stream.write(text)) await once(stream, 'drain');
  };
  const open = () => {
    isFirst = true;
    return `"${SECTION_ORDER[at]}":[`;
  };
  /** Ends the sections before `section`; records come in the order of the sections. */
  const moveTo = (section: Section | null): string => {
    const target = section === null ? SECTION_ORDER.length : SECTION_ORDER.indexOf(section);
    if (target < at) throw new Error(`too late for more ${section}`);
    let text = '';
    while (at < target) {
      at += 1;
      text += at < SECTION_ORDER.length ? `\n],\n${open()}` : '\n]\n}\n';
    }
    return text;
  };
  await write(`{\n${JSON.stringify(head).slice(1, -1)},\n${open()}`);

  return {
    write: async ({ section, record }: ManifestRecord) => {
      const before = moveTo(section);
      const text = `${before}${isFirst ? '' : ','}\n${JSON.stringify(record)}`;
      isFirst = false;
      await write(text);
    },
    read: async () => {
      stream.end(moveTo(null));
      await end;
      return createReadStream(file);
    },
    close: async () => {
      stream.destroy();
      await rm(file, { force: true });
    },
  };
}
