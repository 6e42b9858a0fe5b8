import { m } from '@ainotebook/messages';
import { Logo } from '../ui/logo.js';

/** Shown while it is not known who is signed in; nobody with a quick server sees it. */
export const Splash = () => (
  <div
    role="status"
    aria-label={m.common_loading()}
    className="grid min-h-dvh place-content-center"
  >
    <Logo className="size-10 animate-late" />
  </div>
);
