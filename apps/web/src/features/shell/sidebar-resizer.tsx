import { m } from '@ainotebook/messages';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import {
  clampWidth,
  SIDEBAR_WIDTH,
  setPreferences,
  usePreferences,
} from '../../lib/preferences.js';

const KEY_STEP_PX = 16;

/** The edge of the sidebar: drag it, press arrows on it, or double-click for the usual width. */
export function SidebarResizer() {
  const { sidebarWidth } = usePreferences();
  const grip = useRef<number | null>(null);
  const resize = (width: number) => setPreferences({ sidebarWidth: clampWidth(width) });

  function onKeyDown(event: KeyboardEvent): void {
    const by =
      event.key === 'ArrowRight' ? KEY_STEP_PX : event.key === 'ArrowLeft' ? -KEY_STEP_PX : 0;
    if (by === 0) return;
    event.preventDefault();
    resize(sidebarWidth + by);
  }
  function onPointerDown(event: PointerEvent<HTMLElement>): void {
    grip.current = sidebarWidth - event.clientX;
    event.currentTarget.setPointerCapture(event.pointerId);
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a rule that is moved is no hr
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={m.nav_resize_sidebar()}
      aria-valuemin={SIDEBAR_WIDTH.min}
      aria-valuemax={SIDEBAR_WIDTH.max}
      aria-valuenow={sidebarWidth}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={(event) => {
        if (grip.current !== null) resize(grip.current + event.clientX);
      }}
      onLostPointerCapture={() => {
        grip.current = null;
      }}
      onDoubleClick={() => resize(SIDEBAR_WIDTH.normal)}
      className="absolute inset-y-0 -end-1 z-10 w-2 cursor-col-resize touch-none after:absolute after:inset-y-0 after:start-1/2 after:w-0.5 after:-translate-x-1/2 hover:after:bg-accent/50 focus-visible:outline-none focus-visible:after:bg-accent"
    />
  );
}
