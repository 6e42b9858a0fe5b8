import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';

/** Widths in which pictures are kept besides themselves, in pixels. */
export const IMAGE_WIDTHS = [480, 768, 1024, 1600] as const;

const MAX_PIXELS = 40_000_000;
/** All frames of an animation together. */
const MAX_FRAME_PIXELS = 200_000_000;
const PLACEHOLDER_PX = 16;

/** A picture in another width or format. */
export interface ImageVariant {
  /** Pixels. */
  width: number;
  format: 'webp' | 'avif';
  /** A local file. */
  path: string;
  /** Bytes. */
  size: number;
}

/** A picture that may be kept: decoded once, upright, and without a word of where and by what it was taken. */
export interface PreparedImage {
  /** Pixels, upright. */
  width: number;
  height: number;
  /** A few pixels of it as a data address. */
  placeholder: string;
  /** Bytes and their SHA-256, hex, of the file at the given path, which may have been written anew. */
  size: number;
  sha256: string;
  variants: ImageVariant[];
}

/** `damaged`: it cannot be decoded. `too_large`: it has too many pixels, told before they are decoded. */
export type ImageResult =
  | { kind: 'prepared'; image: PreparedImage }
  | { kind: 'damaged' }
  | { kind: 'too_large' };

// Pictures are worked on beside each other in threads of their own.
sharp.concurrency(1);
sharp.cache(false);

/** A picture to be worked on; the decoder refuses what has too many pixels or is damaged. */
export const openImage = (file: string, animated = false): Sharp =>
  sharp(file, {
    limitInputPixels: animated ? MAX_FRAME_PIXELS : MAX_PIXELS,
    failOn: 'error',
    animated,
  });

/**
 * Checks a picture, takes everything out of it but the picture, and makes the smaller ones beside it. One that
 * holds nothing to take out keeps its very bytes.
 * @param file written anew where it must be; `<file>.<width>.webp` are made beside it, and are none when this fails
 */
export async function prepareImage(file: string): Promise<ImageResult> {
  const made: string[] = [];
  try {
    // The head alone: its limit is told below, by another name than damage.
    const metadata = await sharp(file, { limitInputPixels: false, failOn: 'error' }).metadata();
    const { width, height } = metadata.autoOrient;
    const frames = metadata.pages ?? 1;
    if (width * height > MAX_PIXELS || width * height * frames > MAX_FRAME_PIXELS) {
      return { kind: 'too_large' };
    }
    const isAnimated = frames > 1;
    if (!isClean(metadata)) {
      const clean = `${file}.clean`;
      made.push(clean);
      await encode(openImage(file, isAnimated).autoOrient().keepIccProfile(), metadata).toFile(
        clean,
      );
      await pipeline(createReadStream(clean), createWriteStream(file, { flush: true }));
      await rm(clean);
    }
    const tiny = await openImage(file).resize(PLACEHOLDER_PX).webp({ quality: 40 }).toBuffer();
    const variants: ImageVariant[] = [];
    for (const target of isAnimated ? [] : widthsFor(width)) {
      const path = `${file}.${target}.webp`;
      made.push(path);
      const { size } = await openImage(file).resize(target).webp({ quality: 80 }).toFile(path);
      variants.push({ width: target, format: 'webp', path, size });
    }
    const placeholder = `data:image/webp;base64,${tiny.toString('base64')}`;
    const size = (await stat(file)).size;
    const sha256 = await hashOf(file);
    return { kind: 'prepared', image: { width, height, placeholder, size, sha256, variants } };
  } catch (error) {
    for (const path of made) await rm(path, { force: true });
    // What the decoder says of a file is all there is to say; the disk's errors carry a code.
    if (error instanceof Error && !('code' in error)) return { kind: 'damaged' };
    throw error;
  }
}

/** Never larger than the picture; the picture's own width is among them, since WebP is the smaller file. */
function widthsFor(width: number): number[] {
  const smaller = IMAGE_WIDTHS.filter((target) => target < width);
  return width <= IMAGE_WIDTHS[3] ? [...smaller, width] : smaller;
}

function isClean({ exif, xmp, iptc, comments, orientation = 1 }: Metadata): boolean {
  return !exif && !xmp && !iptc && !comments?.length && orientation === 1;
}

function encode(picture: Sharp, { format }: Metadata): Sharp {
  switch (format) {
    case 'png':
      return picture.png({ compressionLevel: 8 });
    case 'webp':
      return picture.webp({ quality: 92 });
    case 'gif':
      return picture.gif();
    case 'heif':
      return picture.avif({ quality: 75, effort: 2 });
    default:
      return picture.jpeg({ quality: 92 });
  }
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** A picture for programs that know no newer format. */
export interface PlainImage {
  bytes: Uint8Array;
  mediaType: 'image/jpeg' | 'image/png';
}

/** A picture as JPEG, or as PNG where it is transparent; of what moves its beginning. */
export async function asPlain(bytes: Uint8Array): Promise<PlainImage> {
  const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' });
  const { hasAlpha } = await picture.metadata();
  return hasAlpha
    ? { bytes: await picture.png().toBuffer(), mediaType: 'image/png' }
    : // Screens full of letters are pictures too: their edges keep all of their colour.
      {
        bytes: await picture.jpeg({ quality: 86, chromaSubsampling: '4:4:4' }).toBuffer(),
        mediaType: 'image/jpeg',
      };
}
