import { buffer } from 'node:stream/consumers';
import { AppError, type NoteToExport, type Services } from '@ainotebook/api';
import { type AiNotice, writeHtmlDocument } from '@ainotebook/convert/write';
import type { RenderedMarkdown, RenderLocale } from '@ainotebook/text/html';
import { TooMuchWork, type WorkPool } from '../work/pool.js';
import type { DocxTask } from '../work/worker.js';
import { aiNotice } from './ai-notice.js';

/** Bytes of the pictures of one document, each counted once; what is beyond is left out. */
const MAX_PICTURES = 40_000_000;
const TIMEOUT_MS = 30_000;

/** What making a document takes. */
export interface DocumentOptions {
  blobs: Services['blobs'];
  work: WorkPool;
  locale: RenderLocale;
  /** Whether it says where an AI wrote some of it. */
  hasAiLabel: boolean;
}

function noticeFor({ ai }: NoteToExport, { locale, hasAiLabel }: DocumentOptions): AiNotice | null {
  const notice = hasAiLabel ? aiNotice(ai, locale) : null;
  return notice && { words: notice.words, sourceType: notice.sourceType };
}

type Loaded = NoteToExport['pictures'][number] & { bytes: Buffer };

async function loadPictures(
  note: NoteToExport,
  blobs: DocumentOptions['blobs'],
): Promise<Loaded[]> {
  const loaded: Loaded[] = [];
  let room = MAX_PICTURES;
  for (const picture of note.pictures) {
    room -= picture.size;
    if (room < 0) break;
    const stream = await blobs.open(picture.key);
    if (stream) loaded.push({ ...picture, bytes: await buffer(stream) });
  }
  return loaded;
}

/** In a thread of its own. @throws AppError unavailable, timeout */
async function run<Output>(
  work: WorkPool,
  task: { name: 'render' | 'docx'; input: unknown; weight: number },
): Promise<Output> {
  try {
    return await work.run<Output>({ ...task, timeoutMs: TIMEOUT_MS });
  } catch (error) {
    if (error instanceof TooMuchWork) {
      throw new AppError('unavailable', 'The server is busy; try again shortly', {
        retryAfterMs: 2000,
      });
    }
    if (error instanceof Error && error.name === 'AbortError') {
      throw new AppError('timeout', 'The note takes too long to convert', { cause: error });
    }
    throw error;
  }
}

/**
 * A note as one HTML file, in pieces. @throws AppError unavailable, timeout
 * @param options.isSealed whether it may load nothing at all, pictures of the web neither
 */
export async function noteAsHtml(
  note: NoteToExport,
  options: DocumentOptions & { isSealed?: boolean },
): Promise<Iterable<string>> {
  const { blobs, work, locale, isSealed = false } = options;
  const { title, content } = note;
  const input = { markdown: content, locale };
  const task = { name: 'render' as const, input, weight: content.length };
  const { html } = await run<RenderedMarkdown>(work, task);
  const pictures = new Map(
    (await loadPictures(note, blobs)).map((picture) => [picture.address, picture]),
  );
  const said = noticeFor(note, options);
  return writeHtmlDocument({ title, html, locale, pictures, aiNotice: said, isSealed });
}

/** A note as a document of Word. @throws AppError unavailable, timeout */
export async function noteAsDocx(
  note: NoteToExport,
  options: DocumentOptions,
): Promise<Uint8Array> {
  const { blobs, work, locale } = options;
  const { title, content, createdAt } = note;
  const pictures = (await loadPictures(note, blobs)).map(
    ({ address, mediaType, bytes, width, height }) => ({
      address,
      mediaType,
      bytes,
      width,
      height,
    }),
  );
  const said = noticeFor(note, options);
  const input: DocxTask = { title, markdown: content, createdAt, locale, pictures, aiNotice: said };
  return run<Uint8Array>(work, { name: 'docx', input, weight: content.length });
}
