// Types of the nodes of formulas.

import { createHash } from 'node:crypto';
import {
  ExternalHyperlink,
  FootnoteReferenceRun,
  ImageRun,
  type IRunOptions,
  type ParagraphChild,
  TextRun,
} from 'docx';
import type { Definition, PhrasingContent } from 'mdast';
import type {} from 'remark-math';
import { absoluteAddress } from './html-document.js';

/** A picture that Word shows: PNG, JPEG or GIF. */
export interface DocxPicture {
  bytes: Uint8Array;
  type: 'png' | 'jpg' | 'gif';
  /** Pixels. */
  width: number;
  height: number;
}

/** What the parts of a text need to know of the whole. */
export interface DocxContext {
  definitions: ReadonlyMap<string, Definition>;
  /** Number of a footnote, by its identifier; null when nothing defines it. */
  footnote: (identifier: string) => number | null;
  /** Of the server, where its own addresses lead. */
  origin: string;
  /** By the address in the text. */
  pictures: Readonly<Record<string, DocxPicture>>;
}

/** Pixels across a page of A4 between its margins. */
const PAGE_WIDTH = 600;
const CODE = { font: { ascii: 'Consolas', hAnsi: 'Consolas', eastAsia: 'Microsoft YaHei' } };
const SHADE = { shading: { type: 'clear', fill: 'F2F2EE' } } as const;

/** What runs look like in code. */
export const codeStyle: IRunOptions = { ...CODE, size: 19 };

/** Addresses that Word may open. */
const isOpenable = (url: string) => /^(?:https?:|mailto:)/i.test(url);

/** The runs of a line. */
export function runsOf(
  nodes: readonly PhrasingContent[],
  context: DocxContext,
  style: IRunOptions = {},
): ParagraphChild[] {
  return nodes.flatMap((node) => runsOfNode(node, context, style));
}

function runsOfNode(
  node: PhrasingContent,
  context: DocxContext,
  style: IRunOptions,
): ParagraphChild[] {
  const inside = (children: readonly PhrasingContent[], more: IRunOptions) =>
    runsOf(children, context, { ...style, ...more });
  const text = (value: string, more: IRunOptions = {}) => [
    new TextRun({ ...style, ...more, text: value.replace(/\n/g, ' ') }),
  ];
  const link = (address: string, children: readonly PhrasingContent[]): ParagraphChild[] => {
    const url = absoluteAddress(address, context.origin);
    const shown = inside(children, isOpenable(url) ? { style: 'Hyperlink' } : {});
    return isOpenable(url) ? [new ExternalHyperlink({ link: url, children: shown })] : shown;
  };
  switch (node.type) {
    case 'text':
      return text(node.value);
    case 'emphasis':
      return inside(node.children, { italics: true });
    case 'strong':
      return inside(node.children, { bold: true });
    case 'delete':
      return inside(node.children, { strike: true });
    case 'highlight':
      return inside(node.children, { highlight: 'yellow' });
    case 'inlineCode':
      return text(node.value, { ...codeStyle, ...SHADE });
    case 'inlineMath':
      return text(node.value, { italics: true, font: 'Cambria Math' });
    case 'break':
      return [new TextRun({ break: 1 })];
    case 'link':
      return link(node.url, node.children);
    case 'linkReference': {
      const url = context.definitions.get(node.identifier)?.url;
      return url === undefined ? inside(node.children, {}) : link(url, node.children);
    }
    case 'image':
      return image(node.url, node.alt, context, style);
    case 'imageReference': {
      const url = context.definitions.get(node.identifier)?.url ?? '';
      return image(url, node.alt, context, style);
    }
    case 'footnoteReference': {
      const number = context.footnote(node.identifier);
      return number === null
        ? text(`[^${node.label ?? node.identifier}]`)
        : [new FootnoteReferenceRun(number)];
    }
    case 'wikiLink':
      return text(node.alias ?? node.target);
    case 'html':
      return /^<br ?\/?>$/i.test(node.value)
        ? [new TextRun({ break: 1 })]
        : text(node.value.replace(/<!--[\s\S]*?-->/g, ''));
    default:
      return 'value' in node && typeof node.value === 'string' ? text(node.value) : [];
  }
}

function image(
  url: string,
  alt: string | null | undefined,
  { pictures }: DocxContext,
  style: IRunOptions,
): ParagraphChild[] {
  const picture = Object.hasOwn(pictures, url) ? pictures[url] : undefined;
  if (!picture) return [new TextRun({ ...style, text: alt || url })];
  const { type, width, height } = picture;
  const scale = Math.min(1, PAGE_WIDTH / width);
  const name = alt || 'picture';
  const run = new ImageRun({
    type,
    data: nameOf(picture),
    transformation: {
      width: Math.max(1, Math.round(width * scale)),
      height: Math.max(1, Math.round(height * scale)),
    },
    altText: { name, title: name, description: name },
  });
  // Private to it, as a test sees.
  (run as unknown as { imageData: { data: Uint8Array } }).imageData.data = picture.bytes;
  return [run];
}

const names = new WeakMap<DocxPicture, Uint8Array>();

/**
 * What stands for the bytes of a picture while its run is made: that hashes what it is given, each time, in
 * JavaScript, with half a second and 17 MB of heap for a megabyte, and names the picture in the file by it.
 */
function nameOf(picture: DocxPicture): Uint8Array {
  let name = names.get(picture);
  if (!name) {
    name = createHash('sha256').update(picture.bytes).digest();
    names.set(picture, name);
  }
  return name;
}
