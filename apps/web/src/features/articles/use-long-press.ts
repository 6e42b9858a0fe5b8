import { type PointerEvent, useRef } from 'react';

const HOLD_MS = 450;
/** A finger that goes further scrolls, in pixels. */
const SLACK = 10;

/** A finger that stays on something; the click that follows it is spent. */
export function useLongPress(onHold: () => void) {
  const held = useRef({ timer: 0, x: 0, y: 0, isTouch: false, isSpent: false });
  const stop = () => window.clearTimeout(held.current.timer);
  return {
    wasTouch: () => held.current.isTouch,
    isSpent: () => held.current.isSpent,
    handlers: {
      onPointerDown(event: PointerEvent) {
        stop();
        const isTouch = event.pointerType === 'touch';
        held.current = { timer: 0, x: event.clientX, y: event.clientY, isTouch, isSpent: false };
        if (!isTouch) return;
        held.current.timer = window.setTimeout(() => {
          held.current.isSpent = true;
          onHold();
        }, HOLD_MS);
      },
      onPointerMove({ clientX, clientY }: PointerEvent) {
        const { x, y } = held.current;
        if (Math.hypot(clientX - x, clientY - y) > SLACK) stop();
      },
      onPointerUp: stop,
      onPointerCancel: stop,
      onContextMenu(event: { preventDefault: () => void }) {
        // The menu of a link would cover what the finger has just selected.
        if (held.current.isTouch) event.preventDefault();
      },
    },
  };
}
