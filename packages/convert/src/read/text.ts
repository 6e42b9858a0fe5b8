import { ItemError } from './source-error.js';

/** Text of bytes, and whether its encoding had to be guessed. */
export interface DecodedText {
  text: string;
  isGuessed: boolean;
}

function decodeAs(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    // An unknown label, or bytes that are not of that encoding.
    return null;
  }
}

function decodeByMark(bytes: Uint8Array): string | null {
  const [a, b] = bytes;
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return null;
}

/**
 * Text of bytes in an unknown encoding: a byte order mark, what is declared, UTF-8, gb18030, Big5.
 * @throws ItemError unsupported (no text)
 */
export function decodeText(bytes: Uint8Array, declared: string | null = null): DecodedText {
  const marked = decodeByMark(bytes);
  if (marked !== null) return { text: marked, isGuessed: false };
  const named = declared === null ? null : decodeAs(bytes, declared);
  if (named !== null) return { text: named, isGuessed: false };
  const utf8 = decodeAs(bytes, 'utf-8');
  if (utf8 !== null) return { text: utf8, isGuessed: false };
  if (bytes.subarray(0, 8_000).includes(0)) throw new ItemError('unsupported');
  for (const encoding of ['gb18030', 'big5', 'windows-1252']) {
    const text = decodeAs(bytes, encoding);
    if (text !== null) return { text, isGuessed: true };
  }
  throw new ItemError('unsupported');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
const UNWANTED = /[\u0000-\u0008\u000b\u000e-\u001f\u007f]/g;

/** Text as it is kept: line feeds, and no character that cannot be stored or seen. */
export function cleanText(text: string): { text: string; isChanged: boolean } {
  const clean = text
    .replace(/^\ufeff/, '')
    .toWellFormed()
    .replace(UNWANTED, '');
  const isChanged = clean.length < text.replace(/^\ufeff/, '').length;
  return { text: clean.replace(/\r\n?|\f/g, '\n'), isChanged };
}

/** One line without control characters, white space as single spaces. */
export function oneLine(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it takes out
      .replace(/[\u0000-\u001f\u007f\u2028\u2029\s]+/g, ' ')
      .trim()
  );
}

/** At most `length` UTF-16 units, no character cut in two. */
export function cut(text: string, length: number): string {
  return text.length <= length
    ? text
    : text
        .slice(0, length)
        .replace(/[\ud800-\udbff]$/, '')
        .trim();
}
