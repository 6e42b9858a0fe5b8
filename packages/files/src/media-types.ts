import { fileTypeFromBuffer } from 'file-type';

/** What may be uploaded, with the ending its name gets. SVG is not among them: it can hold scripts. */
const EXTENSIONS = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
  'image/avif': 'avif',
  'application/pdf': 'pdf',
} as const;

export type MediaType = keyof typeof EXTENSIONS;

/** Bytes at the start of a file that tell its type. */
export const SNIFFED_BYTES = 4100;

function isAllowed(type: string): type is MediaType {
  return Object.hasOwn(EXTENSIONS, type);
}

/** The type that the first bytes of a file give away, if it may be uploaded. Names and claims do not count. */
export async function sniffMediaType(start: Uint8Array): Promise<MediaType | null> {
  // An animated PNG is a PNG to whoever shows it.
  const found = (await fileTypeFromBuffer(start))?.mime.replace('image/apng', 'image/png');
  return found !== undefined && isAllowed(found) ? found : null;
}

export const isPicture = (type: string): boolean => type.startsWith('image/');

/** Longest kept name, in UTF-16 units, with its ending. */
const MAX_NAME_LENGTH = 120;

/** Reserved by Windows, where the file may be saved one day. */
const DEVICES = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * The name an upload came with as it is kept and shown: no path, no character that hides or
 * reorders text or that a file system refuses, and the ending of what the file really is.
 */
export function safeFileName(given: string, type: MediaType): string {
  const extension = EXTENSIONS[type];
  const last = given.toWellFormed().split(/[/\\]/).at(-1) ?? '';
  const stem = last
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}<>:"|?*]/gu, '')
    .replace(/\.[a-z\d]{1,8}$/i, '')
    .slice(0, MAX_NAME_LENGTH - extension.length - 1)
    // The cut may have gone through a character.
    .replace(/[\ud800-\udbff]$/, '')
    .replace(/^[.\s]+|[.\s]+$/g, '');
  return `${stem === '' || DEVICES.test(stem) ? 'file' : stem}.${extension}`;
}
