import { createHash } from 'node:crypto';
import { pipeline, type Readable, Transform } from 'node:stream';
import { promisify } from 'node:util';
import { type Entry, fromBuffer, type Options, open, type ZipFile } from 'yauzl';
import { restoreAddresses } from './addresses.js';
import { withoutFrontMatter } from './front-matter.js';
import {
  type ArchivedArticle,
  type ArchiveHead,
  archiveHeadSchema,
  MANIFEST_PATH,
  type ManifestRecord,
  SECTIONS,
  type Section,
} from './manifest.js';

/** A line of a manifest: a note with all that it links to. */
const MAX_LINE = 2_000_000;
/** Bytes of a note with its front matter. */
const MAX_NOTE = 2_000_000;

/** What is not an archive of ours, or no longer what was written. */
export class ArchiveError extends Error {
  override name = 'ArchiveError';
}

/** An archive that was written by `createArchiveWriter`. What it says of its entries is checked as they are read. */
export interface ArchiveReader {
  head: ArchiveHead;
  /** Everything the manifest names, in its order. @throws ArchiveError */
  records(): AsyncGenerator<ManifestRecord>;
  /**
   * The text of a note, with the addresses that `addressOf` gives its attachments.
   * @throws ArchiveError when it is missing or changed
   */
  readNote(
    article: ArchivedArticle,
    addressOf: (sha256: string) => string | undefined,
  ): Promise<string>;
  /** The bytes of an entry; the stream fails at its end when they are not what was written. @throws ArchiveError */
  openEntry(entry: { path: string; size: number; sha256: string }): Promise<Readable>;
  close(): void;
}

const OPTIONS = { autoClose: false, lazyEntries: true, validateEntrySizes: true } satisfies Options;
const openFile = promisify<string, Options, ZipFile>(open);
const openBuffer = promisify<Buffer, Options, ZipFile>(fromBuffer);

/** Opens an archive by its path, or its bytes. @throws ArchiveError */
export async function readArchive(source: string | Buffer): Promise<ArchiveReader> {
  const zip = await (typeof source === 'string'
    ? openFile(source, OPTIONS)
    : openBuffer(source, OPTIONS)
  ).catch((error: unknown) => {
    throw new ArchiveError('This is no zip that can be read', { cause: error });
  });
  try {
    const entries = await listEntries(zip);
    const find = async (path: string): Promise<Readable> => {
      const entry = entries.get(path);
      if (!entry) throw new ArchiveError(`The archive lacks ${path}`);
      return promisify<Entry, Readable>(zip.openReadStream.bind(zip))(entry);
    };
    const openEntry: ArchiveReader['openEntry'] = async ({ path, size, sha256 }) => {
      if (entries.get(path)?.uncompressedSize !== size) {
        throw new ArchiveError(`${path} is not what was written`);
      }
      // Whoever reads hears of a failure.
      return pipeline(await find(path), checked(path, sha256), () => undefined);
    };
    return {
      head: await readHead(await find(MANIFEST_PATH)),
      records: async function* () {
        yield* readRecords(await find(MANIFEST_PATH));
      },
      openEntry,
      readNote: async (article, addressOf) => {
        if (article.size > MAX_NOTE) throw new ArchiveError(`${article.path} is too long`);
        const file = await textOf(await openEntry(article));
        const content = withoutFrontMatter(file);
        if (content === null) throw new ArchiveError(`${article.path} has no front matter`);
        return restoreAddresses(content, article.links, addressOf);
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  return new Promise((resolve, reject) => {
    const entries = new Map<string, Entry>();
    zip.on('entry', (entry: Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', (error: Error) => {
      reject(new ArchiveError('The table of contents cannot be read', { cause: error }));
    });
    zip.readEntry();
  });
}

function checked(path: string, sha256: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      hash.update(chunk);
      callback(null, chunk);
    },
    flush(callback) {
      const isSame = hash.digest('hex') === sha256;
      callback(isSame ? null : new ArchiveError(`${path} is not what was written`));
    },
  });
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function* linesOf(stream: Readable): AsyncGenerator<string> {
  let rest = '';
  stream.setEncoding('utf8');
  for await (const chunk of stream as AsyncIterable<string>) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_LINE) throw new ArchiveError('The manifest has too long a line');
    yield* lines;
  }
  yield rest;
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ArchiveError('The manifest cannot be read', { cause: error });
  }
}

async function readHead(stream: Readable): Promise<ArchiveHead> {
  for await (const line of linesOf(stream)) {
    if (line === '{') continue;
    const head = archiveHeadSchema.safeParse(parse(`{${line.replace(/,$/, '')}}`));
    stream.destroy();
    if (head.success) return head.data;
    throw new ArchiveError('The manifest is of no release that this one knows', {
      cause: head.error,
    });
  }
  throw new ArchiveError('The manifest is empty');
}

async function* readRecords(stream: Readable): AsyncGenerator<ManifestRecord> {
  let section: string | null = null;
  let hasEnded = false;
  for await (const line of linesOf(stream)) {
    const opened = /^"(\w+)":\[$/.exec(line)?.[1];
    if (opened !== undefined) section = opened;
    else if (line === ']' || line === '],') section = null;
    else if (line === '}') hasEnded = true;
    // Sections of later releases are passed over.
    else if (section !== null && Object.hasOwn(SECTIONS, section)) {
      const name = section as Section;
      const record = SECTIONS[name].safeParse(parse(line.replace(/,$/, '')));
      if (!record.success) {
        throw new ArchiveError(`The manifest has an unreadable line among its ${name}`, {
          cause: record.error,
        });
      }
      // The schema of a section makes the record of that section.
      yield { section: name, record: record.data } as ManifestRecord;
    }
  }
  if (!hasEnded) throw new ArchiveError('The manifest ends too early');
}
