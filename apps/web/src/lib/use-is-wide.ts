import { useEffect, useState } from 'react';

/** Whether an element is at least so wide, in rem. */
export function useIsWide(element: HTMLElement | null, rem: number): boolean {
  const [isWide, setIsWide] = useState(false);
  useEffect(() => {
    if (!element) return;
    const observer = new ResizeObserver(() => {
      const size = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setIsWide(element.clientWidth >= rem * size);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [element, rem]);
  return isWide;
}
