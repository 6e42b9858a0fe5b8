import { type ImportWarning, LIMITS, utf8Length } from '@ainotebook/contract';
import { extractText, getDocumentProxy, getMeta } from 'unpdf';
import { isSensible } from './front-matter.js';
import type { DraftNote } from './note.js';
import { repairRadicals } from './radicals.js';
import { ItemError, SourceError } from './source-error.js';

/** Fewer characters on a page, and it is a picture of text. */
const SCANNED_BELOW = 20;
const MAX_PAGES = 5_000;

/** Lines of a page as paragraphs: a line that ends in mid-sentence goes on. */
function paragraphs(page: string): string {
  const out: string[] = [];
  let isOpen = false;
  for (const raw of page.split('\n')) {
    const line = raw.trim();
    if (line === '') {
      isOpen = false;
      continue;
    }
    const last = out.at(-1);
    if (isOpen && last !== undefined) {
      const isLatin = /[\w,;)-]$/.test(last) && /^[\w("']/.test(line);
      out[out.length - 1] = last.endsWith('-')
        ? last.slice(0, -1) + line
        : `${last}${isLatin ? ' ' : ''}${line}`;
    } else out.push(line.replace(/^([#>+*-]|\d+[.)](?=\s))/, '\\$1'));
    isOpen = line.length > 24 && !/[.!?。！？：:；;”"』」]$/.test(line);
  }
  return out.map((text) => text.replace(/[<[\]*_`]/g, '\\$&')).join('\n\n');
}

function dateOf(value: unknown): Date | null {
  return value instanceof Date && isSensible(value) ? value : null;
}

/** Pages as notes: one, or several where one would be too long. */
function* parts(pages: readonly string[]): Generator<string> {
  let text = '';
  let bytes = 0;
  for (const page of pages) {
    const size = utf8Length(page) + 2;
    if (text !== '' && bytes + size > LIMITS.contentBytes) {
      yield text;
      text = '';
      bytes = 0;
    }
    text += text === '' ? page : `\n\n${page}`;
    bytes += size;
  }
  if (text !== '') yield text;
}

/** The text of a PDF. @throws SourceError damaged, encrypted, too_large; ItemError no_text */
export async function readPdf(bytes: Uint8Array, name: string): Promise<DraftNote[]> {
  const { pages, info } = await open(bytes);
  const warnings: ImportWarning[] = [];
  const repaired = pages.map(repairRadicals);
  if (repaired.some((page, i) => page !== pages[i]))
    warnings.push({ code: 'characters_repaired', detail: null });
  const scanned = pages.filter((page) => page.trim().length < SCANNED_BELOW).length;
  if (scanned === pages.length) throw new ItemError('no_text');
  if (scanned > 0) warnings.push({ code: 'scanned_pages', detail: `${scanned} / ${pages.length}` });
  const texts = [...parts(repaired.map(paragraphs).filter((page) => page !== ''))];
  if (texts.length > 1) warnings.push({ code: 'split', detail: String(texts.length) });
  const title =
    typeof info.Title === 'string' && info.Title.trim() ? repairRadicals(info.Title) : name;
  return texts.map((markdown, i) => ({
    path: texts.length > 1 ? `${name} ${i + 1}` : name,
    title: texts.length > 1 ? `${title} (${i + 1}/${texts.length})` : title,
    markdown,
    createdAt: dateOf(info.CreationDate),
    updatedAt: dateOf(info.ModDate),
    warnings: i === 0 ? warnings : [],
  }));
}

async function open(
  bytes: Uint8Array,
): Promise<{ pages: string[]; info: Record<string, unknown> }> {
  try {
    const document = await getDocumentProxy(bytes, { verbosity: 0 });
    if (document.numPages > MAX_PAGES) throw new SourceError('too_large');
    const { text } = await extractText(document, { mergePages: false });
    const { info } = await getMeta(document, { parseDates: true });
    return { pages: text, info };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    const isLocked = error instanceof Error && error.name === 'PasswordException';
    throw new SourceError(isLocked ? 'encrypted' : 'damaged', { cause: error });
  }
}
