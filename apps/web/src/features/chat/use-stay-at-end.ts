import { type RefObject, useEffect } from 'react';

/** Pixels above the end within which somebody still reads the end. */
const NEAR = 80;

/**
 * Keeps the end of what grows in view, for who is there: whoever has scrolled up to read stays where they are.
 * @param scroller what scrolls; its first child is what grows
 */
export function useStayAtEnd(scroller: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const box = scroller.current;
    const content = box?.firstElementChild;
    if (!box || !content) return;
    let isAtEnd = true;
    const look = () => {
      isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    };
    const grown = new ResizeObserver(() => {
      if (isAtEnd) box.scrollTop = box.scrollHeight;
    });
    grown.observe(content);
    box.addEventListener('scroll', look, { passive: true });
    return () => {
      grown.disconnect();
      box.removeEventListener('scroll', look);
    };
  }, [scroller]);
}
