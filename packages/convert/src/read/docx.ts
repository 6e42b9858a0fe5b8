import { createHash } from 'node:crypto';
import mammoth from 'mammoth';
import type { Archive } from './archive.js';
import { htmlToMarkdown, isTooLarge } from './html.js';
import type { DraftNote } from './note.js';
import { openArchive } from './open-archive.js';
import { SourceError } from './source-error.js';

/** Unpacked; a document is read whole. */
const MAX_BYTES = 100 * 1024 ** 2;
const MEDIA = /^word\/media\//;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Whether a zip is a document of Word. */
export const isDocx = (archive: Archive): boolean => archive.entries.has('word/document.xml');

/** Pictures of a document by the hash of their bytes: mammoth gives the bytes and not the name. */
async function mediaOf(archive: Archive): Promise<Map<string, string>> {
  const paths = [...archive.entries.keys()].filter((path) => MEDIA.test(path));
  const media = new Map<string, string>();
  for (const path of paths.slice(0, 2_000))
    media.set(sha256(await archive.read(path, MAX_BYTES)), path);
  return media;
}

/** A document of Word; its pictures are named by their place in it. @throws SourceError damaged, too_large */
export async function readDocx(file: string, name: string): Promise<DraftNote> {
  const archive = await openArchive(file);
  try {
    const total = [...archive.entries.values()].reduce((sum, { size }) => sum + size, 0);
    if (total > MAX_BYTES) throw new SourceError('too_large');
    // mammoth takes the archive as it is: nothing in it may be unsafe.
    if (archive.rejected.some(({ reason }) => reason === 'archive_bomb'))
      throw new SourceError('archive_bomb');
    const media = await mediaOf(archive);
    const convertImage = mammoth.images.imgElement(async (image) => {
      const path = media.get(sha256(await image.readAsBuffer()));
      return { src: path ?? `missing.${image.contentType.split('/')[1] ?? 'bin'}` };
    });
    const { value } = await mammoth.convertToHtml({ path: file }, { convertImage });
    if (isTooLarge(value)) throw new SourceError('too_large');
    const { markdown, warnings } = htmlToMarkdown(value);
    return { path: name, title: name, markdown, warnings };
  } catch (error) {
    throw error instanceof SourceError ? error : new SourceError('damaged', { cause: error });
  } finally {
    archive.close();
  }
}
