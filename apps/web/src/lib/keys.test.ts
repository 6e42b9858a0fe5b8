import { describe, expect, it } from 'vitest';
import { ariaShortcut, isImeKey, matchesShortcut, shortcutLabel } from './keys.js';

const press = (key: string, rest: Partial<Parameters<typeof matchesShortcut>[0]> = {}) => ({
  key,
  keyCode: 0,
  isComposing: false,
  metaKey: false,
  ctrlKey: false,
  altKey: false,
  shiftKey: false,
  ...rest,
});

describe('the IME guard', () => {
  it('holds back every key while composing, however the browser says so', () => {
    expect(isImeKey(press('Enter', { isComposing: true }))).toBe(true);
    expect(isImeKey(press('Enter', { keyCode: 229 }))).toBe(true);
    expect(isImeKey({ ...press('Enter'), nativeEvent: { isComposing: true } })).toBe(true);
    expect(isImeKey(press('Enter', { keyCode: 13 }))).toBe(false);
  });

  it('lets no shortcut fire during composition', () => {
    const control = { ctrlKey: true };
    expect(matchesShortcut(press('k', control), 'mod+k', false)).toBe(true);
    expect(matchesShortcut(press('k', { ...control, isComposing: true }), 'mod+k', false)).toBe(
      false,
    );
    expect(matchesShortcut(press('k', { ...control, keyCode: 229 }), 'mod+k', false)).toBe(false);
  });
});

describe('shortcuts', () => {
  it('mean Command on a Mac and Control elsewhere', () => {
    expect(matchesShortcut(press('k', { metaKey: true }), 'mod+k', true)).toBe(true);
    expect(matchesShortcut(press('k', { metaKey: true }), 'mod+k', false)).toBe(false);
    expect(matchesShortcut(press('k', { ctrlKey: true }), 'mod+k', true)).toBe(false);
  });

  it('need exactly their modifiers', () => {
    const event = press('P', { ctrlKey: true, shiftKey: true });
    expect(matchesShortcut(event, 'mod+shift+p', false)).toBe(true);
    expect(matchesShortcut(event, 'mod+p', false)).toBe(false);
    expect(matchesShortcut(press('p', { ctrlKey: true, altKey: true }), 'mod+p', false)).toBe(
      false,
    );
  });

  it('hold where Shift is needed to write the sign, and where it is not', () => {
    expect(matchesShortcut(press('?', { shiftKey: true }), '?', false)).toBe(true);
    expect(matchesShortcut(press('/', { ctrlKey: true }), 'mod+/', false)).toBe(true);
    expect(matchesShortcut(press('/', { ctrlKey: true, shiftKey: true }), 'mod+/', false)).toBe(
      true,
    );
  });

  it('with Option go by the place of the key, because a Mac writes another sign', () => {
    const event = press('˜', { metaKey: true, altKey: true });
    expect(matchesShortcut({ ...event, code: 'KeyN' }, 'mod+alt+n', true)).toBe(true);
    expect(matchesShortcut({ ...event, code: 'KeyM' }, 'mod+alt+n', true)).toBe(false);
    expect(matchesShortcut({ ...press('x'), code: 'KeyN' }, 'n', true)).toBe(false);
  });

  it('are written the way the platform writes them', () => {
    expect(shortcutLabel('mod+shift+p', true)).toBe('⌘⇧P');
    expect(shortcutLabel('mod+k', false)).toBe('Ctrl+K');
    expect(ariaShortcut('mod+alt+n', true)).toBe('Meta+Alt+N');
    expect(ariaShortcut('mod+\\', false)).toBe('Control+\\');
  });
});
