import { useSyncExternalStore } from 'react';

export type Theme = 'system' | 'light' | 'dark';
const listeners = new Set<() => void>();
/** The window's frame takes the colour of the sidebar, `--paper-3`. */
const BAR_COLORS = { light: '#f4f2ee', dark: '#110f0d' };
const darkQuery = () => window.matchMedia('(prefers-color-scheme: dark)');

export function getTheme(): Theme {
  try {
    const stored = localStorage.getItem('theme');
    return stored === 'light' || stored === 'dark' ? stored : 'system';
  } catch {
    return 'system';
  }
}

function apply(): void {
  const theme = getTheme();
  const isDark = theme === 'dark' || (theme === 'system' && darkQuery().matches);
  document.documentElement.classList.toggle('dark', isDark);
  document
    .querySelector('meta[name="theme-color"]')
    ?.setAttribute('content', isDark ? BAR_COLORS.dark : BAR_COLORS.light);
  for (const listener of listeners) listener();
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem('theme', theme);
  } catch {
    // Blocked storage: the choice holds until the page is left.
  }
  apply();
}

/** Dark becomes light and light dark, whatever the system says. */
export const toggleTheme = (): void =>
  setTheme(document.documentElement.classList.contains('dark') ? 'light' : 'dark');

/** Follows the system and the other tabs. Returns the undo. */
export function watchTheme(): () => void {
  const query = darkQuery();
  const onStorage = (event: StorageEvent) => {
    if (event.key === 'theme') apply();
  };
  query.addEventListener('change', apply);
  window.addEventListener('storage', onStorage);
  return () => {
    query.removeEventListener('change', apply);
    window.removeEventListener('storage', onStorage);
  };
}

export const useTheme = (): Theme =>
  useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, getTheme);
