import type { Reading, SocialCard } from '@ainotebook/api/jobs';
import {
  isOfMachine,
  type PartLimits,
  readPage,
  readSource,
  type Source,
  SourceError,
} from '@ainotebook/convert/read';
import { type AiNotice, type DocxPicture, writeDocx } from '@ainotebook/convert/write';
import type { ImageVariant } from '@ainotebook/files';
import { makeAvif } from '@ainotebook/files/avif';
import { asPlain, type ImageResult, type PlainImage, prepareImage } from '@ainotebook/files/images';
import {
  calloutNames,
  type RenderedMarkdown,
  type RenderLocale,
  renderMarkdown,
} from '@ainotebook/text/html';
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

/** A picture in a format that every program knows. */
export function plain({ bytes }: { bytes: Uint8Array }): Promise<PlainImage> {
  return asPlain(bytes);
}

/** A note to be made a document of Word. */
export interface DocxTask {
  title: string;
  markdown: string;
  createdAt: Date;
  locale: RenderLocale;
  aiNotice: AiNotice | null;
  /** Origin of this server. */
  origin: string;
  /** By their address in the text. */
  pictures: Readonly<Record<string, DocxPicture>>;
}

export async function docx({ locale, ...note }: DocxTask): Promise<Uint8Array> {
  return writeDocx({ ...note, callouts: calloutNames(locale) });
}

/** A part of a source to be imported. Errors of ours would lose their class on the way back. */
export async function source(input: { source: Source; limits: PartLimits }): Promise<Reading> {
  try {
    return { kind: 'read', part: await readSource(input.source, input.limits) };
  } catch (error) {
    if (error instanceof SourceError) return { kind: 'failed', code: error.code };
    if (isOfMachine(error)) throw error;
    // Tried again it would be the same: the item that did it is found as one that is too much.
    return { kind: 'overrun', error: error instanceof Error ? error.name : typeof error };
  }
}

/** The article of a page of the web, as Markdown. */
export function page(input: { bytes: Uint8Array; url: string; charset: string | null }): string {
  return readPage(input);
}
