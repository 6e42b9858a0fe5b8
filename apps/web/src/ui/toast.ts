import type { ExternalToast } from 'sonner';

type Kind = 'message' | 'success' | 'error';

/** A short notice that stays for some seconds. */
export interface Toast {
  kind: Kind;
  text: string;
  options: ExternalToast;
}

const waiting: Toast[] = [];
const listeners = new Set<() => void>();

const say =
  (kind: Kind) =>
  (text: string, options: ExternalToast = {}): void => {
    waiting.push({ kind, text, options });
    for (const listener of listeners) listener();
  };

/** Shows a notice. The library that draws it is fetched with the first one. */
export const toast = Object.assign(say('message'), {
  success: say('success'),
  error: say('error'),
});

/** The notices nobody has shown yet; they are the caller's from now on. */
export const takeToasts = (): Toast[] => waiting.splice(0);
export const hasToasts = (): boolean => waiting.length > 0;

export function onToast(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
