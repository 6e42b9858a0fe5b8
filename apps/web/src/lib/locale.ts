import type { Locale } from '@ainotebook/contract';
import { getLocale, overwriteGetLocale, setLocale } from '@ainotebook/messages/runtime';
import { useSyncExternalStore } from 'react';

let current: Locale = 'zh-CN';
const listeners = new Set<() => void>();

/** Reads cookie and navigator once; words are looked up thousands of times. */
export function initLocale(): void {
  current = getLocale();
  overwriteGetLocale(() => current);
  document.documentElement.lang = current;
}

/** Stores the choice in the cookie, which the server reads too, and draws everything anew. */
export function changeLocale(locale: Locale): void {
  if (locale === current) return;
  void setLocale(locale, { reload: false });
  current = locale;
  document.documentElement.lang = locale;
  for (const listener of listeners) listener();
}

export const useLocale = (): Locale =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );

/** The language everything is drawn in. */
export const getLocaleOfPage = (): Locale => current;
