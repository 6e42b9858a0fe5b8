/** Where something stands in the window, in pixels. */
export interface Place {
  left: number;
  top: number;
}

interface Box {
  left: number;
  top: number;
  bottom: number;
}

const EDGE = 8;
const GAP = 6;

const sizeOf = (element: HTMLElement | null) => ({
  width: element?.offsetWidth ?? 256,
  height: element?.offsetHeight ?? 288,
});

/** Under a place of the text; over it where there is more room. */
export function placeBelow(box: Box, element: HTMLElement | null): Place {
  const { width, height } = sizeOf(element);
  const left = Math.max(EDGE, Math.min(box.left, innerWidth - width - EDGE));
  const below = box.bottom + GAP;
  const isRoom = below + height <= innerHeight - EDGE || box.top < innerHeight / 2;
  return { left, top: isRoom ? below : Math.max(EDGE, box.top - GAP - height) };
}

/** Over a stretch of the text; under it where it begins above the window. */
export function placeAbove(box: Box & { right: number }, element: HTMLElement | null): Place {
  const { width, height } = sizeOf(element);
  const middle = (box.left + box.right) / 2;
  const left = Math.max(EDGE, Math.min(middle - width / 2, innerWidth - width - EDGE));
  const above = box.top - GAP - height;
  return { left, top: above >= EDGE ? above : box.bottom + GAP };
}
