import type { PictureSizes } from '@ainotebook/contract';

/** Sizes of one of the writer's own pictures; null when there is nothing to know. */
export type ReadSizes = (fileId: string) => Promise<PictureSizes | null>;

export interface PictureOptions {
  readSizes: ReadSizes;
}

const OWN = /^\/api\/files\/([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;
/** As wide as the window until the column of the text is; as on a published page. */
const COLUMN_PX = 768;
/** Without an answer, or without a network, the picture itself is asked for. */
const PATIENCE_MS = 1500;

/**
 * Shows a picture by its attributes. One of the writer's own gets its size, so that the text does not jump, and
 * smaller files to choose from, before it is fetched.
 */
export function showPicture(readSizes: ReadSizes) {
  return (dom: HTMLElement, { src, alt, title }: Record<string, unknown>): void => {
    if (!(dom instanceof HTMLImageElement)) return;
    const address = String(src);
    dom.loading = 'lazy';
    dom.referrerPolicy = 'no-referrer';
    dom.alt = String(alt);
    dom.title = title === null ? '' : String(title);
    // What is shown stays where only its words have changed.
    if (dom.dataset.src === address) return;
    dom.dataset.src = address;
    dom.style.background = '';
    for (const name of ['src', 'srcset', 'sizes', 'width', 'height']) dom.removeAttribute(name);
    const fileId = OWN.exec(address)?.[1];
    if (fileId === undefined) {
      dom.src = address;
      return;
    }
    const waited = new Promise<null>((resolve) => setTimeout(() => resolve(null), PATIENCE_MS));
    void Promise.race([readSizes(fileId), waited])
      .catch(() => null)
      .then((sizes) => {
        // It may be another picture by now.
        if (dom.dataset.src === address) setSources(dom, address, sizes);
      });
  };
}

function setSources(dom: HTMLImageElement, address: string, sizes: PictureSizes | null): void {
  if (sizes) {
    dom.width = sizes.width;
    dom.height = sizes.height;
    dom.sizes = `(max-width: ${COLUMN_PX}px) 100vw, ${Math.min(sizes.width, COLUMN_PX)}px`;
    dom.srcset = sizes.widths.map((width) => `${address}/${width}.webp ${width}w`).join(', ');
    if (sizes.placeholder) showUntilLoaded(dom, sizes.placeholder);
  }
  dom.src = address;
}

/** A few pixels in its place, until it is there or is known not to come. */
function showUntilLoaded(dom: HTMLImageElement, placeholder: string): void {
  dom.style.background = `center / cover url("${placeholder}")`;
  const remove = () => {
    dom.style.background = '';
  };
  dom.onload = remove;
  dom.onerror = remove;
}
