import type { DraftNote } from './note.js';
import { oneLine } from './text.js';

const TOKENS = /<h3[^>]*>([^<]*)<\/h3>|<(\/?)dl\b[^>]*>|<a\b([^>]*)>([^<]*)<\/a>|<dd>([^<\n]*)/gi;

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const decode = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (whole, name) => ENTITIES[String(name)] ?? whole);

const escapeText = (text: string) => text.replace(/[\\[\]*_`<>]/g, '\\$&');
const attribute = (source: string, name: string) =>
  new RegExp(`\\b${name}="([^"]*)"`, 'i').exec(source)?.[1] ?? '';

/** Whether a file is what browsers export their bookmarks as. */
export const isBookmarkFile = (start: string): boolean =>
  /<!DOCTYPE NETSCAPE-Bookmark-file/i.test(start);

interface Folder {
  name: string;
  depth: number;
  lines: string[];
}

/** Bookmarks of a browser: a note for each folder of the first level, with headings for those inside. */
export function readBookmarks(html: string, name: string): DraftNote[] {
  const notes: Folder[] = [];
  let current: Folder = { name, depth: 0, lines: [] };
  notes.push(current);
  let depth = 0;
  let pending: string | null = null;
  for (const match of html.matchAll(TOKENS)) {
    const [whole, heading, closing, attributes, words, description] = match;
    if (heading !== undefined) {
      pending = oneLine(decode(heading));
      if (depth > 1)
        current.lines.push('', `${'#'.repeat(Math.min(depth, 6))} ${escapeText(pending)}`, '');
    } else if (/^<\/?dl/i.test(whole)) {
      depth = Math.max(0, depth + (closing ? -1 : 1));
      if (!closing && depth === 2) {
        current = { name: pending || name, depth, lines: [] };
        notes.push(current);
      }
      if (closing && depth <= 1) current = notes[0] ?? current;
    } else if (attributes !== undefined) {
      const url = decode(attribute(attributes, 'href'));
      if (!/^https?:\/\//i.test(url)) continue;
      const title = oneLine(decode(words ?? '')) || url;
      current.lines.push(
        `- [${escapeText(title)}](<${url.replace(/[<>\s]/g, encodeURIComponent)}>)`,
      );
    } else if (description !== undefined && current.lines.length > 0) {
      const text = oneLine(decode(description));
      if (text !== '') current.lines.push(`  ${escapeText(text)}`);
    }
  }
  return notes
    .filter(({ lines }) => lines.some((line) => line.startsWith('- ')))
    .map((folder, index) => ({
      path: `${folder.name}#${index}`,
      title: folder.name,
      markdown: folder.lines.join('\n').trim(),
      ...(index === 0 && folder.name === name ? {} : { notebooks: [name] }),
    }));
}
