interface KeyLike {
  key: string;
  keyCode?: number;
  isComposing?: boolean;
  metaKey: boolean;
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/**
 * True while an input method is composing: the key belongs to the candidate window. Safari ends the
 * composition before the keydown of Enter and says so only by key code 229.
 */
export function isImeKey(event: KeyLike & { nativeEvent?: { isComposing?: boolean } }): boolean {
  return (
    event.isComposing === true || event.nativeEvent?.isComposing === true || event.keyCode === 229
  );
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent);

/** `mod+shift+p`: Command on a Mac, Control elsewhere; never true during composition. */
export function matchesShortcut(event: KeyLike, shortcut: string, mac: boolean = isMac()): boolean {
  if (isImeKey(event)) return false;
  const parts = shortcut.split('+');
  const key = parts.pop();
  const mod = mac ? event.metaKey : event.ctrlKey;
  const otherMod = mac ? event.ctrlKey : event.metaKey;
  return (
    event.key.toLowerCase() === key &&
    mod === parts.includes('mod') &&
    !otherMod &&
    event.altKey === parts.includes('alt') &&
    event.shiftKey === parts.includes('shift')
  );
}

/** How a shortcut is written for people: ⌘K or Ctrl+K. */
export function shortcutLabel(shortcut: string, mac: boolean = isMac()): string {
  const names: Record<string, string> = mac
    ? { mod: '⌘', shift: '⇧', alt: '⌥' }
    : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' };
  const parts = shortcut
    .split('+')
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
  return parts.join(mac ? '' : '+');
}
