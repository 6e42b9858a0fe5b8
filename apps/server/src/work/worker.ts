import type { SocialCard } from '@ainotebook/api/jobs';
import type { ImageVariant } from '@ainotebook/files';
import { makeAvif } from '@ainotebook/files/avif';
import { type ImageResult, prepareImage } from '@ainotebook/files/images';
import { type RenderedMarkdown, renderMarkdown } from '@ainotebook/text/html';
import type { RenderSource } from '../http/pages/renderer.js';
import { drawCard } from '../social-card/draw-card.js';

/** The tasks of the pool, by the names of `Work`. */
export function render({ markdown, ...options }: RenderSource): RenderedMarkdown {
  return renderMarkdown(markdown, options);
}

/** @returns a PNG of 1200 x 630 */
export function card(input: SocialCard): Promise<Uint8Array> {
  return drawCard(input);
}

/** Checks a picture and makes the smaller ones; `file` is on this machine. */
export function image({ file }: { file: string }): Promise<ImageResult> {
  return prepareImage(file);
}

/** Makes smaller files of a picture; `file` is on this machine. */
export function avif(input: { file: string; widths: number[] }): Promise<ImageVariant[]> {
  return makeAvif(input.file, input.widths);
}
