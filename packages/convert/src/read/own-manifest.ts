import {
  ARCHIVE_FORMAT,
  type ArchiveHead,
  archiveHeadSchema,
  MANIFEST_PATH,
  type RecordOf,
  SECTIONS,
  type Section,
} from '../format/manifest.js';
import type { Archive } from './archive.js';
import { ItemError, SourceError } from './source-error.js';

/** Bytes of a manifest unpacked: half a million notes with long names. */
const MAX_MANIFEST = 512 * 1024 ** 2;
/** UTF-16 units of a line: a note with all that it links to. */
const MAX_LINE = 2_000_000;

/** Things of a section; more of them nobody has, and an import would not end. */
const MOST: Record<Section, number> = {
  notebooks: 10_000,
  articles: 250_000,
  attachments: 250_000,
  documents: 10_000,
};

/** What one of our own archives says of itself. */
export interface OwnManifest {
  head: ArchiveHead;
  /**
   * One line for each thing that it names, unread, section by section in its order.
   * @throws SourceError damaged, too_complex (more of one kind than anybody has)
   */
  lines(): AsyncGenerator<{ section: Section; json: string }>;
}

/** The manifest of an archive that we have written; null of any other. @throws SourceError unsupported, damaged */
export async function openOwnManifest(archive: Archive): Promise<OwnManifest | null> {
  if (!archive.entries.has(MANIFEST_PATH)) return null;
  const head = await readHead(archive);
  return head && { head, lines: () => sectionLines(archive) };
}

/** The thing that a line names; null when it cannot be read. */
export function readRecord<S extends Section>(section: S, json: string): RecordOf<S> | null {
  const record = SECTIONS[section].safeParse(parseLine(json));
  // The schema of a section makes the record of that section.
  return record.success ? (record.data as RecordOf<S>) : null;
}

/** JSON of anybody; undefined when it is none. */
export function parseLine(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

async function readHead(archive: Archive): Promise<ArchiveHead | null> {
  for await (const line of linesOf(archive)) {
    if (line === '{') continue;
    const written = parseLine(`{${line.replace(/,$/, '')}}`);
    const head = archiveHeadSchema.safeParse(written);
    if (head.success) return head.data;
    const isOurs = (written as { format?: unknown } | undefined)?.format === ARCHIVE_FORMAT;
    // Of a later release than this one.
    if (isOurs) throw new SourceError('unsupported', { cause: head.error });
    return null;
  }
  return null;
}

const isSection = (name: string | null): name is Section =>
  name !== null && Object.hasOwn(SECTIONS, name);

async function* sectionLines(archive: Archive): ReturnType<OwnManifest['lines']> {
  let section: string | null = null;
  let hasEnded = false;
  const counts = { notebooks: 0, articles: 0, attachments: 0, documents: 0 };
  for await (const line of linesOf(archive)) {
    const opened = /^"(\w+)":\[$/.exec(line)?.[1];
    if (opened !== undefined) section = opened;
    else if (line === ']' || line === '],') section = null;
    else if (line === '}') hasEnded = true;
    // Sections of later releases are passed over.
    else if (isSection(section)) {
      counts[section] += 1;
      if (counts[section] > MOST[section]) throw new SourceError('too_complex');
      yield { section, json: line.replace(/,$/, '') };
    }
  }
  if (!hasEnded) throw new SourceError('damaged');
}

async function* linesOf(archive: Archive): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of archive.stream(MANIFEST_PATH, MAX_MANIFEST)) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_LINE) throw new ItemError('damaged');
      yield* lines;
    }
  } catch (error) {
    throw error instanceof ItemError ? new SourceError('damaged', { cause: error }) : error;
  }
  yield rest;
}
