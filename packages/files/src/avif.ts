import { rm } from 'node:fs/promises';
import { type ImageVariant, openImage } from './images.js';

/**
 * Makes a picture in smaller files for browsers that know AVIF. It takes three times as long as WebP, so
 * nobody waits for it.
 * @param file a picture that was prepared, on this machine; `<file>.<width>.avif` are made beside it, and are none when this fails
 * @param widths in pixels
 */
export async function makeAvif(file: string, widths: readonly number[]): Promise<ImageVariant[]> {
  const variants: ImageVariant[] = [];
  const made: string[] = [];
  try {
    for (const width of widths) {
      const path = `${file}.${width}.avif`;
      made.push(path);
      // A higher effort takes ten times as long for a tenth of the bytes.
      const { size } = await openImage(file)
        .resize(width)
        .avif({ quality: 55, effort: 2 })
        .toFile(path);
      variants.push({ width, format: 'avif', path, size });
    }
    return variants;
  } catch (error) {
    for (const path of made) await rm(path, { force: true });
    throw error;
  }
}
