import { type ReactNode, useSyncExternalStore } from 'react';

/** What stands at the lower end of a note, one above the other: over the keyboard of the screen where there is one. */
export function Dock({ children }: { children: ReactNode }) {
  const bottom = useSyncExternalStore(watchViewport, keyboardHeight);
  return (
    <div
      style={{ bottom }}
      className="pointer-events-none fixed inset-x-0 z-30 *:pointer-events-auto *:border-t *:border-line *:shadow-pop md:absolute"
    >
      {children}
    </div>
  );
}

/** How much of the window's lower end the keyboard covers, in whole pixels. */
function keyboardHeight(): number {
  const { visualViewport } = window;
  if (!visualViewport) return 0;
  return Math.max(0, Math.round(innerHeight - visualViewport.height - visualViewport.offsetTop));
}

function watchViewport(listener: () => void): () => void {
  const { visualViewport } = window;
  visualViewport?.addEventListener('resize', listener);
  visualViewport?.addEventListener('scroll', listener);
  return () => {
    visualViewport?.removeEventListener('resize', listener);
    visualViewport?.removeEventListener('scroll', listener);
  };
}
