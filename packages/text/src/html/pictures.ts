import type { Element, Root } from 'hast';

/** A picture of this server: how large it is, and in which widths it is kept besides. Pixels. */
export interface Picture {
  width: number;
  height: number;
  widths: readonly number[];
  /** Whether it is kept in them as AVIF besides WebP. */
  hasAvif: boolean;
  /** A few pixels of it as a `data:` address; null where there are none. */
  placeholder: string | null;
}

/** Pictures by their address as it stands in the text. */
export type Pictures = Readonly<Record<string, Picture>>;

/** As wide as the window until the column of the text is. */
const SIZES = '(max-width: 768px) 100vw, 768px';

/** Gives the pictures of a finished tree their size, so that the text does not jump, and smaller files to choose from. */
export function addPictures(parent: Root | Element, pictures: Pictures): void {
  parent.children.forEach((child, index) => {
    if (child.type !== 'element') return;
    if (child.tagName === 'img') parent.children[index] = withSizes(child, pictures);
    else addPictures(child, pictures);
  });
}

/** Browsers take the first source they know; whatever shows the `<img>` alone has WebP and the picture itself. */
function withSizes(image: Element, pictures: Pictures): Element {
  const { src } = image.properties;
  if (typeof src !== 'string' || !Object.hasOwn(pictures, src)) return image;
  const picture = pictures[src];
  if (!picture) return image;
  const { width, height, widths, hasAvif, placeholder } = picture;
  // For a script: a policy of pages without inline styles lets it set one.
  if (placeholder !== null) image.properties.dataBlur = placeholder;
  Object.assign(image.properties, { width, height });
  if (widths.length === 0) return image;
  const srcSet = (format: string) =>
    widths.map((each) => `${encodeURI(src)}/${each}.${format} ${each}w`).join(', ');
  Object.assign(image.properties, { srcSet: srcSet('webp'), sizes: SIZES });
  if (!hasAvif) return image;
  const avif = { type: 'image/avif', srcSet: srcSet('avif'), sizes: SIZES };
  const source: Element = { type: 'element', tagName: 'source', properties: avif, children: [] };
  return { type: 'element', tagName: 'picture', properties: {}, children: [source, image] };
}
