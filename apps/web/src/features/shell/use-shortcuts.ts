import { useEffect, useRef } from 'react';
import { matchesShortcut } from '../../lib/keys.js';

/** Shortcuts of the whole window, none of them during composition. */
export function useShortcuts(shortcuts: Record<string, () => void>): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      // A dialog has the keyboard for itself.
      if (document.querySelector('[role="dialog"][data-state="open"]')) return;
      for (const [shortcut, run] of Object.entries(latest.current)) {
        if (!matchesShortcut(event, shortcut)) continue;
        event.preventDefault();
        run();
        return;
      }
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}
