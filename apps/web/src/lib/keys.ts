interface KeyLike {
  key: string;
  code?: string;
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

const codeOf = (key: string): string =>
  /^[0-9]$/.test(key) ? `Digit${key}` : `Key${key.toUpperCase()}`;

/** `mod+shift+p`: Command on a Mac, Control elsewhere; never true during composition. */
export function matchesShortcut(event: KeyLike, shortcut: string, mac: boolean = isMac()): boolean {
  if (isImeKey(event)) return false;
  const parts = shortcut.split('+');
  const key = parts.pop() ?? '';
  const isAlt = parts.includes('alt');
  const mod = mac ? event.metaKey : event.ctrlKey;
  const otherMod = mac ? event.ctrlKey : event.metaKey;
  // With Option a Mac's key writes another sign; only its place is left to go by.
  const isKey = event.key.toLowerCase() === key || (isAlt && event.code === codeOf(key));
  // Whether a sign such as ? or / needs Shift is the keyboard's affair.
  const isShiftRight = /^[^a-z0-9]$/.test(key) || event.shiftKey === parts.includes('shift');
  return (
    isKey && mod === parts.includes('mod') && !otherMod && event.altKey === isAlt && isShiftRight
  );
}

/** How a shortcut is written for people: ⌘K or Ctrl+K. */
export function shortcutLabel(shortcut: string, mac: boolean = isMac()): string {
  const names: Record<string, string> = {
    ...(mac ? { mod: '⌘', shift: '⇧', alt: '⌥' } : { mod: 'Ctrl', shift: 'Shift', alt: 'Alt' }),
    enter: '↵',
    up: '↑',
    down: '↓',
    left: '←',
    right: '→',
    escape: 'Esc',
  };
  const parts = shortcut
    .split('+')
    .map((part) => names[part] ?? (part.length === 1 ? part.toUpperCase() : part));
  return parts.join(mac ? '' : '+');
}

/** `mod+shift+p` as `aria-keyshortcuts` wants it. */
export const ariaShortcut = (shortcut: string, mac: boolean = isMac()): string =>
  shortcut
    .split('+')
    .map((part) =>
      part === 'mod' ? (mac ? 'Meta' : 'Control') : part.replace(/^./, (c) => c.toUpperCase()),
    )
    .join('+');
