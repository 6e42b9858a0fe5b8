import { deviceValue } from '../../lib/device-value.js';

const kept = deviceValue('open-notebooks', (stored): string[] =>
  Array.isArray(stored) ? stored.filter((id) => typeof id === 'string') : [],
);

/** Which notebooks are unfolded; remembered on this device. */
export function useOpenNotebooks() {
  const ids = kept.use();
  return {
    isOpen: (id: string) => ids.includes(id),
    setOpen: (id: string, isOpen: boolean) => {
      const others = kept.get().filter((other) => other !== id);
      kept.set(isOpen ? [...others, id] : others);
    },
  };
}
