import { m } from '@ainotebook/messages';
import { CircleAlert, CircleCheck, Info } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.js';

export function FormError({ children }: { children: ReactNode }) {
  return (
    <p
      role="alert"
      className="flex gap-2 rounded-lg bg-danger-soft px-3 py-2.5 text-sm text-danger"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

export function FormNote({ children }: { children: ReactNode }) {
  return (
    <div className="flex gap-2 rounded-lg bg-accent-soft px-3 py-2.5 text-sm text-accent-strong">
      <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div>{children}</div>
    </div>
  );
}

/** Said when what was asked for is done. */
export function FormDone({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="flex gap-2 rounded-lg bg-good-soft px-3 py-2.5 text-sm text-good">
      <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span className="min-w-0 [overflow-wrap:anywhere]">{children}</span>
    </p>
  );
}

interface SubmitProps {
  isBusy: boolean;
  waitSeconds: number;
  children: ReactNode;
}

export function Submit({ isBusy, waitSeconds, children }: SubmitProps) {
  return (
    <Button type="submit" variant="primary" size="lg" isBusy={isBusy} disabled={waitSeconds > 0}>
      {waitSeconds > 0 ? m.auth_wait({ seconds: waitSeconds }) : children}
    </Button>
  );
}
