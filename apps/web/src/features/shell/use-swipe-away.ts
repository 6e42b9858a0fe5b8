import { type PointerEvent, useRef } from 'react';

/** A move this far to the left, or half as far in a flick, closes. */
const FAR_PX = 90;
const FLICK_PX_PER_MS = 0.5;

/** Handlers for a drawer at the left edge that follows a finger and leaves with it. */
export function useSwipeAway(onAway: () => void) {
  const start = useRef<{ x: number; at: number } | null>(null);
  const settle = (element: HTMLElement) => {
    start.current = null;
    element.style.transition = 'transform 160ms';
    element.style.transform = '';
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.pointerType === 'mouse') return;
      start.current = { x: event.clientX, at: event.timeStamp };
      event.currentTarget.style.transition = 'none';
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (!start.current) return;
      const by = Math.min(0, event.clientX - start.current.x);
      event.currentTarget.style.transform = `translateX(${by}px)`;
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      if (!start.current) return;
      const by = start.current.x - event.clientX;
      const speed = by / Math.max(1, event.timeStamp - start.current.at);
      if (by > FAR_PX || (by > FAR_PX / 2 && speed > FLICK_PX_PER_MS)) onAway();
      else settle(event.currentTarget);
    },
    /** The browser took the finger for a scroll. */
    onPointerCancel(event: PointerEvent<HTMLElement>) {
      settle(event.currentTarget);
    },
  };
}
