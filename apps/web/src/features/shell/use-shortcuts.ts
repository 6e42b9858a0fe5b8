import { useEffect, useRef } from 'react';
import { matchesShortcut } from '../../lib/keys.js';
import { getPreferences } from '../../lib/preferences.js';

/** Something open that has the keyboard for itself: a dialog, or a menu that is searched by typing. */
const OPEN_LAYER = ':is([role="dialog"], [role="menu"])[data-state="open"]';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select'));

const isSingleKey = (shortcut: string): boolean => !/^(mod|alt)\+/.test(shortcut);

/**
 * Shortcuts of the whole window, none of them during composition; single keys neither in a field nor
 * where they are turned off.
 */
export function useShortcuts(shortcuts: Record<string, () => void>): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || document.querySelector(OPEN_LAYER)) return;
      const allowsSingleKeys = getPreferences().hasSingleKeys && !isTyping(event.target);
      for (const [shortcut, run] of Object.entries(latest.current)) {
        if (isSingleKey(shortcut) && !allowsSingleKeys) continue;
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
