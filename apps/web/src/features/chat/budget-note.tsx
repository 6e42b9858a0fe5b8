import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** That the month has no tokens for a question, and where to see how many there were. */
export function BudgetNote({ children }: { children: ReactNode }) {
  return (
    <p role="status" className="my-2 text-sm text-warn">
      {children}{' '}
      <Link
        to="/settings/plan"
        className="inline-block whitespace-nowrap text-accent underline underline-offset-4 max-md:py-2"
      >
        {m.chat_budget_see()}
      </Link>
    </p>
  );
}
