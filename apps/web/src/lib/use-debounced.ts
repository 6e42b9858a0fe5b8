import { useEffect, useState } from 'react';

/** `value` after it has stayed the same for `ms`; null holds the former value. */
export function useDebounced<T>(value: T | null, ms: number): T | null {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    if (value === null) return;
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
