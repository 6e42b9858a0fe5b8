import type { Element, Root } from 'hast';

/** A picture of this server: how large it is, and in which widths it is kept besides. Pixels. */
export interface Picture {
  width: number;
  height: number;
  widths: readonly number[];
}

/** Pictures by their address as it stands in the text. */
export type Pictures = Readonly<Record<string, Picture>>;

/** As wide as the window until the column of the text is. */
const SIZES = '(max-width: 768px) 100vw, 768px';

/** Gives the pictures of a finished tree their size, so that the text does not jump, and smaller files to choose from. */
export function addPictures(parent: Root | Element, pictures: Pictures): void {
  for (const child of parent.children) {
    if (child.type !== 'element') continue;
    if (child.tagName === 'img') addPicture(child, pictures);
    else addPictures(child, pictures);
  }
}

function addPicture({ properties }: Element, pictures: Pictures): void {
  const { src } = properties;
  if (typeof src !== 'string' || !Object.hasOwn(pictures, src)) return;
  const picture = pictures[src];
  if (!picture) return;
  const { width, height, widths } = picture;
  Object.assign(properties, { width, height });
  if (widths.length === 0) return;
  const path = encodeURI(src);
  properties.srcSet = widths.map((each) => `${path}/${each}.webp ${each}w`).join(', ');
  properties.sizes = SIZES;
}
