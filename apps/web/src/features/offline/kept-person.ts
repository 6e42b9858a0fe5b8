const KEY = 'person';

/** Who used this device last, as far as the app needs it to open without the server. */
export interface KeptPerson {
  id: string;
  displayName: string;
}

/**
 * In localStorage, which every tab reads at once: who is not there any more has signed out, and
 * nothing of theirs is kept after that, whatever another tab is still doing.
 */
export const keptPerson = {
  get(): KeptPerson | null {
    try {
      const value: Partial<Record<keyof KeptPerson, unknown>> = JSON.parse(
        localStorage.getItem(KEY) ?? '{}',
      );
      const { id, displayName } = value;
      return typeof id === 'string' && typeof displayName === 'string' ? { id, displayName } : null;
    } catch {
      // Blocked storage or somebody else's value.
      return null;
    }
  },
  /** Nobody, after a sign-out. */
  set(person: KeptPerson | null): void {
    try {
      if (person) {
        const { id, displayName } = person;
        localStorage.setItem(KEY, JSON.stringify({ id, displayName }));
      } else localStorage.removeItem(KEY);
    } catch {
      // Blocked storage: the app opens with the server only.
    }
  },
};
