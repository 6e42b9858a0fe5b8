import { m } from '@ainotebook/messages';
import { useEffect, useState } from 'react';
import { useApp, useSession } from '../../app-context.js';
import { FormDone, FormNote } from './form-parts.js';

/** A server that is there is told before anybody could read the note. */
const PATIENCE_MS = 1000;
const AGAIN_MS = 15_000;

/** Says that only this device knows of a sign-out, and tells the server as soon as it can. */
export function DepartureNote() {
  const { session } = useApp();
  const state = useSession();
  const isUntold = state.status === 'signed-out' && state.reason === 'untold';
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    if (!isUntold) return;
    const tell = () => void session.tell().catch(() => undefined);
    const patience = setTimeout(() => setIsShown(true), PATIENCE_MS);
    const again = setInterval(tell, AGAIN_MS);
    window.addEventListener('online', tell);
    return () => {
      clearTimeout(patience);
      clearInterval(again);
      window.removeEventListener('online', tell);
    };
  }, [isUntold, session]);
  if (!isShown) return null;
  return isUntold ? <FormNote>{m.auth_untold()}</FormNote> : <FormDone>{m.auth_told()}</FormDone>;
}
