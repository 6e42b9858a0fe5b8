import { AppError, type NoteToExport, type Services } from '@ainotebook/api';
import { type AiNotice, type DocxPicture, writeHtmlDocument } from '@ainotebook/convert/write';
import type { PlainImage } from '@ainotebook/files/images';
import type { RenderedMarkdown, RenderLocale } from '@ainotebook/text/html';
import { TooMuchWork, type WorkPool } from '../work/pool.js';
import type { DocxTask } from '../work/worker.js';
import { aiNotice } from './ai-notice.js';
import { loadPictures } from './note-pictures.js';

const TIMEOUT_MS = 30_000;

/** What making a document takes. */
export interface DocumentOptions {
  blobs: Services['blobs'];
  work: WorkPool;
  locale: RenderLocale;
  /** Origin of this server, for what leads to it. */
  origin: string;
  /** Whether it says where an AI wrote some of it. */
  hasAiLabel: boolean;
}

function noticeFor({ ai }: NoteToExport, { locale, hasAiLabel }: DocumentOptions): AiNotice | null {
  const notice = hasAiLabel ? aiNotice(ai, locale) : null;
  return notice && { words: notice.words, sourceType: notice.sourceType };
}

/** A document of a note. */
export interface MadeDocument<Content> {
  content: Content;
  /** Addresses of the pictures that it does not hold; all of them once it is written. */
  leftOut: ReadonlySet<string>;
}

/** In a thread of its own. @throws AppError unavailable, timeout */
async function run<Output>(
  work: WorkPool,
  task: { name: 'render' | 'docx' | 'plain'; input: unknown; weight: number },
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

/** A picture waits for texts, as elsewhere. */
const toPlain = (work: WorkPool) => (bytes: Buffer) =>
  run<PlainImage>(work, { name: 'plain', input: { bytes }, weight: 60_000 });

/**
 * A note as one HTML file, in pieces. @throws AppError unavailable, timeout
 * @param options.isSealed whether it may load nothing at all, pictures of the web neither
 * @param options.isPlain whether its pictures are for programs that know no newer format
 */
export async function noteAsHtml(
  note: NoteToExport,
  options: DocumentOptions & { isSealed?: boolean; isPlain?: boolean },
): Promise<MadeDocument<Iterable<string>>> {
  const { blobs, work, locale, origin, isSealed = false, isPlain = false } = options;
  const { title, content: markdown } = note;
  const input = { markdown, locale };
  const task = { name: 'render' as const, input, weight: markdown.length };
  const { html } = await run<RenderedMarkdown>(work, task);
  const { loaded, leftOut } = await loadPictures(note, blobs, isPlain ? toPlain(work) : undefined);
  const pictures = new Map(loaded.map((picture) => [picture.address, picture]));
  const said = noticeFor(note, options);
  const onLeftOut = (address: string) => void leftOut.add(address);
  const source = { title, html, locale, origin, pictures, aiNotice: said, isSealed, onLeftOut };
  return { content: writeHtmlDocument(source), leftOut };
}

const WORD_TYPES: Record<string, DocxPicture['type']> = {
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
};

/** A note as a document of Word. @throws AppError unavailable, timeout */
export async function noteAsDocx(
  note: NoteToExport,
  options: DocumentOptions,
): Promise<MadeDocument<Uint8Array>> {
  const { blobs, work, locale, origin } = options;
  const { title, content: markdown, createdAt } = note;
  const { loaded, leftOut } = await loadPictures(note, blobs, toPlain(work));
  const pictures = Object.fromEntries(
    loaded.map(({ address, mediaType, ...picture }) => [
      address,
      { ...picture, type: WORD_TYPES[mediaType] ?? ('png' as const) },
    ]),
  );
  const said = noticeFor(note, options);
  const base = { title, markdown, createdAt, locale, origin };
  const input: DocxTask = { ...base, pictures, aiNotice: said };
  const task = { name: 'docx' as const, input, weight: markdown.length };
  return { content: await run<Uint8Array>(work, task), leftOut };
}
