import { parseHTML } from 'linkedom';
import type { Archive } from './archive.js';
import { isTooDeep } from './depth.js';
import { htmlToMarkdown, isTooLarge } from './html.js';
import type { DraftNote } from './note.js';
import { ItemError, SourceError } from './source-error.js';
import { decodeText, oneLine } from './text.js';

const CONTAINER = 'META-INF/container.xml';
const MAX_XML = 5_000_000;
const MAX_CHAPTER = 8_000_000;
const MAX_CHAPTERS = 5_000;

export const isEpub = (archive: Archive): boolean => archive.entries.has(CONTAINER);

/** A book: where its chapters are, in their order. */
export interface Book {
  title: string;
  author: string | null;
  /** Entries of the archive. */
  chapters: string[];
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);

function resolve(folder: string, href: string): string {
  let path = href.split('#', 1)[0] ?? '';
  try {
    path = decodeURIComponent(path);
  } catch {
    // As it is written.
  }
  const parts: string[] = [];
  for (const part of `${folder}${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/').normalize('NFC');
}

async function readXml(archive: Archive, path: string) {
  const { text } = decodeText(await archive.read(path, MAX_XML));
  if (isTooDeep(text)) throw new SourceError('damaged');
  // As HTML: names without prefix rules, and no external entity is ever read.
  return parseHTML(
    `<html><body>${text.replace(/<\?xml[^>]*\?>|<!DOCTYPE[^>]*>/gi, '')}</body></html>`,
  ).document;
}

/** The list of a book's chapters. @throws SourceError damaged */
export async function readBook(archive: Archive): Promise<Book> {
  try {
    const container = await readXml(archive, CONTAINER);
    const opf = container.querySelector('rootfile')?.getAttribute('full-path');
    if (!opf) throw new SourceError('damaged');
    const document = await readXml(archive, opf.normalize('NFC'));
    const textOf = (name: string) => document.getElementsByTagName(name)[0]?.textContent?.trim();
    const items = new Map<string, string>();
    for (const item of document.getElementsByTagName('item')) {
      const id = item.getAttribute('id');
      const href = item.getAttribute('href');
      if (id && href) items.set(id, resolve(folderOf(opf), href));
    }
    const chapters: string[] = [];
    for (const reference of document.getElementsByTagName('itemref')) {
      const path = items.get(reference.getAttribute('idref') ?? '');
      if (path && archive.entries.has(path)) chapters.push(path);
    }
    return {
      title: oneLine(textOf('dc:title') ?? ''),
      author: oneLine(textOf('dc:creator') ?? '') || null,
      chapters: [...new Set(chapters)].slice(0, MAX_CHAPTERS),
    };
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError('damaged', { cause: error });
  }
}

/**
 * One chapter as a note; its number leads the title, so that a list by title is the book's order.
 * @throws ItemError empty (a cover, a blank page), too_complex, damaged
 */
export async function readChapter(archive: Archive, book: Book, index: number): Promise<DraftNote> {
  const path = book.chapters[index] ?? '';
  const { text } = decodeText(await archive.read(path, MAX_CHAPTER));
  if (isTooDeep(text) || isTooLarge(text)) throw new ItemError('too_complex');
  const { document } = parseHTML(text.replace(/<\?xml[^>]*\?>/i, ''));
  for (const node of document.querySelectorAll('image')) {
    const address = node.getAttribute('xlink:href') ?? node.getAttribute('href');
    if (!address) continue;
    const picture = document.createElement('img');
    picture.setAttribute('src', address);
    (node.closest('svg') ?? node).replaceWith(picture);
  }
  const { markdown, warnings } = htmlToMarkdown(document.body?.innerHTML ?? '');
  if (markdown === '') throw new ItemError('empty');
  const heading = oneLine(document.querySelector('h1,h2,h3')?.textContent ?? '');
  const title =
    heading || oneLine(document.querySelector('title')?.textContent ?? '') || book.title;
  const digits = String(book.chapters.length).length;
  const number = String(index + 1).padStart(digits, '0');
  return {
    path,
    title: book.chapters.length > 1 ? `${number} ${title}` : title,
    markdown,
    notebooks: book.title === '' ? [] : [book.title],
    warnings,
  };
}
