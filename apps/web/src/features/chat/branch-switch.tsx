import { m } from '@ainotebook/messages';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from '../../ui/button.js';
import type { Turn } from './branches.js';

/** The way between messages that stand side by side; nothing where there is one. */
export function BranchSwitch({ turn, onChoose }: { turn: Turn; onChoose: (id: string) => void }) {
  const { message, siblings } = turn;
  const at = siblings.findIndex(({ id }) => id === message.id);
  if (siblings.length < 2) return null;
  const go = (step: number) => {
    const next = siblings[at + step];
    if (next) onChoose(next.id);
  };
  return (
    <span className="inline-flex items-center text-xs text-ink-3 tabular-nums">
      <IconButton label={m.chat_branch_before()} disabled={at === 0} onClick={() => go(-1)}>
        <ChevronLeft />
      </IconButton>
      {at + 1}/{siblings.length}
      <IconButton
        label={m.chat_branch_after()}
        disabled={at === siblings.length - 1}
        onClick={() => go(1)}
      >
        <ChevronRight />
      </IconButton>
    </span>
  );
}
