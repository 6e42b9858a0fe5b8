import { useState } from 'react';

const KEY = 'open-notebooks';

function read(): Set<string> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return new Set(Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : []);
  } catch {
    return new Set();
  }
}

/** Which notebooks are unfolded; remembered on this device. */
export function useOpenNotebooks() {
  const [ids, setIds] = useState(read);
  return {
    isOpen: (id: string) => ids.has(id),
    setOpen(id: string, isOpen: boolean) {
      const next = new Set(ids);
      if (isOpen) next.add(id);
      else next.delete(id);
      setIds(next);
      try {
        localStorage.setItem(KEY, JSON.stringify([...next]));
      } catch {
        // Blocked storage: remembered until the page is left.
      }
    },
  };
}
