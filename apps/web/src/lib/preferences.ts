import { deviceValue, partsOf } from './device-value.js';

const KEY = 'preferences';

/** The options of a preference that is one of a few words; the first is what holds at first. */
export const OPTIONS = {
  fontSize: ['normal', 'small', 'large', 'larger'],
  readingWidth: ['normal', 'narrow', 'wide'],
  font: ['sans', 'serif'],
  density: ['comfortable', 'compact'],
} as const;

type Options = { [Name in keyof typeof OPTIONS]: (typeof OPTIONS)[Name][number] };

const FLAGS = {
  /** Notes open as they read; else as their Markdown. */
  hasRichEditor: true,
  hasSpellCheck: true,
  /** A note opens with nothing beside it. */
  isFocusedAtFirst: false,
  /** `/`, `n` and `?` without a modifier; who dictates or trips over them turns them off. */
  hasSingleKeys: true,
  isSidebarCollapsed: false,
  /** Headings stand beside a note where there is room. */
  hasOutline: true,
};
type Flags = typeof FLAGS;

/** Width of the sidebar in pixels. */
export const SIDEBAR_WIDTH = { min: 208, normal: 248, max: 400 };

/** What holds on this device, whoever is signed in; nothing of it says who that is. */
export interface Preferences extends Options, Flags {
  sidebarWidth: number;
}

/** Any stored value, its parts checked one by one: an older or newer app may have written it. */
function parse(stored: unknown): Preferences {
  const given = partsOf(stored);
  const option = <Word extends string>(options: readonly [Word, ...Word[]], value: unknown) =>
    options.find((known) => known === value) ?? options[0];
  const flag = (name: keyof Flags): boolean => {
    const value = given[name];
    return typeof value === 'boolean' ? value : FLAGS[name];
  };
  const { sidebarWidth } = given;
  return {
    fontSize: option(OPTIONS.fontSize, given.fontSize),
    readingWidth: option(OPTIONS.readingWidth, given.readingWidth),
    font: option(OPTIONS.font, given.font),
    density: option(OPTIONS.density, given.density),
    hasRichEditor: flag('hasRichEditor'),
    hasSpellCheck: flag('hasSpellCheck'),
    isFocusedAtFirst: flag('isFocusedAtFirst'),
    hasSingleKeys: flag('hasSingleKeys'),
    isSidebarCollapsed: flag('isSidebarCollapsed'),
    hasOutline: flag('hasOutline'),
    sidebarWidth:
      typeof sidebarWidth === 'number' ? clampWidth(sidebarWidth) : SIDEBAR_WIDTH.normal,
  };
}

export const clampWidth = (width: number): number =>
  Math.round(Math.min(SIDEBAR_WIDTH.max, Math.max(SIDEBAR_WIDTH.min, width)));

const kept = deviceValue(KEY, parse);

/** The looks of texts and lists, read by styles.css; `boot.js` does the same before the first paint. */
function show(): void {
  const { dataset } = document.documentElement;
  for (const name of ['fontSize', 'readingWidth', 'font', 'density'] as const) {
    dataset[name] = kept.get()[name];
  }
}

export const getPreferences = kept.get;

/** Keeps a choice on this device and tells whoever shows it. */
export function setPreferences(change: Partial<Preferences>): void {
  kept.set({ ...kept.get(), ...change });
  show();
}

/** Follows the other tabs of this browser. Returns the undo. */
export function watchPreferences(): () => void {
  show();
  const onStorage = (event: StorageEvent) => {
    if (event.key !== KEY) return;
    kept.reload();
    show();
  };
  window.addEventListener('storage', onStorage);
  return () => window.removeEventListener('storage', onStorage);
}

export const usePreferences = kept.use;
