import { buffer } from 'node:stream/consumers';
import type { NoteToExport, Services } from '@ainotebook/api';
import type { PlainImage } from '@ainotebook/files/images';
import { orUnavailable } from './uploads.js';

/** Bytes of the pictures of one document. */
const MAX_BYTES = 40_000_000;
/** What every program shows. */
const PLAIN = new Set(['image/png', 'image/jpeg', 'image/gif']);
/** Bytes up to which such a picture stays as it is; a larger one is made of the smaller file that is kept. */
const PLAIN_BYTES = 500_000;

export interface NotePicture {
  /** As it stands in the text. */
  address: string;
  mediaType: string;
  bytes: Buffer;
  /** Pixels, of the picture itself. */
  width: number;
  height: number;
}

type Picture = NoteToExport['pictures'][number];

/** The smaller of what is kept. */
const smaller = ({ original, webp }: Picture) =>
  webp && webp.size < original.size ? webp : original;

const forPlain = ({ original, webp }: Picture) =>
  PLAIN.has(original.mediaType) && original.size <= PLAIN_BYTES ? original : (webp ?? original);

/**
 * The pictures of a note, in the width of a screen at most, for a document that holds them. One that finds no room,
 * or whose bytes are lost, is left out.
 * @throws AppError unavailable, what `toPlain` throws
 * @param toPlain makes a picture one that every program shows; without it there is WebP among them
 */
export async function loadPictures(
  { pictures }: NoteToExport,
  blobs: Services['blobs'],
  toPlain?: (bytes: Buffer) => Promise<PlainImage>,
): Promise<{ loaded: NotePicture[]; leftOut: Set<string> }> {
  const loaded: NotePicture[] = [];
  const leftOut = new Set(pictures.map(({ address }) => address));
  let room = MAX_BYTES;
  for (const picture of pictures) {
    const kept = toPlain ? forPlain(picture) : smaller(picture);
    if (kept.size > room) continue;
    const stream = await blobs.open(kept.key).catch((error: unknown) => {
      throw orUnavailable(error);
    });
    if (!stream) continue;
    const bytes = await buffer(stream);
    const { mediaType } = kept;
    const shown = toPlain && !PLAIN.has(mediaType) ? await toPlain(bytes) : { mediaType, bytes };
    if (shown.bytes.length > room) continue;
    room -= shown.bytes.length;
    const { address, width, height } = picture;
    leftOut.delete(address);
    loaded.push({
      address,
      width,
      height,
      mediaType: shown.mediaType,
      bytes: Buffer.from(shown.bytes),
    });
  }
  return { loaded, leftOut };
}
