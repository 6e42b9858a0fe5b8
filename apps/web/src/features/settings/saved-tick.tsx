import { m } from '@ainotebook/messages';
import { Check } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { type Preferences, setPreferences } from '../../lib/preferences.js';

const SHOWN_MS = 2500;

// Outside the components: a change of the language draws them all anew.
let last: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();

function show(name: string | null): void {
  last = name;
  for (const listener of listeners) listener();
}

/** Says beside the field `name` that its new value is kept. */
export function markSaved(name: string): void {
  show(name);
  clearTimeout(timer);
  timer = setTimeout(() => show(null), SHOWN_MS);
}

/** Keeps a preference on this device and says so beside its field. */
export function keepPreference(change: Partial<Preferences>): void {
  setPreferences(change);
  for (const name of Object.keys(change)) markSaved(name);
}

/** The tick of a field that has no save button. */
export function SavedTick({ name }: { name: string }) {
  const isShown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => last === name,
  );
  return (
    <span role="status" className="inline-flex min-h-5 items-center gap-1 text-xs text-good">
      {isShown && (
        <>
          <Check aria-hidden className="size-3.5 animate-rise" />
          {m.settings_saved()}
        </>
      )}
    </span>
  );
}
