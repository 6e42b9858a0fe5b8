import { m } from '@ainotebook/messages';
import { Check, CircleAlert, CloudOff, GitCompareArrows, LoaderCircle, Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import { type ErrorCode, errorText } from '../../lib/errors.js';
import { cn } from '../../ui/cn.js';
import { statusOf } from './save-rules.js';
import type { SaveState, SaveStatus } from './save-types.js';

interface SaveStatusProps {
  state: SaveState;
  onRetry: () => void;
  onResolve: () => void;
}

interface Look {
  icon: ReactNode;
  text: string;
  /** Where there is little room. */
  shortText?: string;
  detail?: string;
  tone: string;
}

function look(state: SaveState): Look {
  const status: SaveStatus = statusOf(state);
  switch (status) {
    case 'saved':
      return {
        icon: <Check />,
        text: m.save_saved({ revision: state.confirmed?.revision ?? 1 }),
        shortText: m.settings_saved(),
        tone: 'text-ink-3',
      };
    case 'saving':
      return {
        icon: <LoaderCircle className="animate-spin" />,
        text: m.save_saving(),
        tone: 'text-ink-3',
      };
    case 'unsaved':
      return { icon: <Pencil />, text: m.save_unsaved(), tone: 'text-ink-3' };
    case 'offline':
      return {
        icon: <CloudOff />,
        text: m.save_offline(),
        detail: m.save_offline_hint(),
        tone: 'bg-warn-soft text-warn',
      };
    case 'unprotected':
      return {
        icon: <CircleAlert />,
        text: m.save_unprotected(),
        detail: m.save_unprotected_hint(),
        tone: 'bg-danger-soft text-danger',
      };
    case 'failed': {
      const code: ErrorCode = state.failure?.code ?? 'internal';
      return {
        icon: <CircleAlert />,
        text: m.save_failed(),
        detail: errorText(code),
        tone: 'bg-danger-soft text-danger',
      };
    }
    case 'conflict':
      return {
        icon: <GitCompareArrows />,
        text: m.save_conflict(),
        tone: 'bg-warn-soft text-warn',
      };
  }
}

/** Where the text is, in words, at every width; a problem is also the way out of it. */
export function SaveStatusLine({ state, onRetry, onResolve }: SaveStatusProps) {
  const status = statusOf(state);
  const { icon, text, shortText, detail, tone } = look(state);
  const action =
    status === 'conflict'
      ? onResolve
      : status === 'failed' || status === 'offline' || status === 'unprotected'
        ? onRetry
        : null;
  const className = cn(
    'flex h-7 min-w-0 items-center gap-1.5 rounded-lg px-2 text-[0.8125rem] whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
    tone,
  );
  const content = (
    <>
      {icon}
      {shortText && <span className="truncate md:hidden">{shortText}</span>}
      <span className={cn('truncate', shortText && 'max-md:hidden')}>{text}</span>
    </>
  );
  return (
    <div role="status" aria-live="polite" data-save-status={status} className="min-w-0">
      {action ? (
        <button
          type="button"
          title={detail}
          onClick={action}
          className={cn(className, 'max-md:h-10')}
        >
          {content}
        </button>
      ) : (
        <span className={className}>{content}</span>
      )}
    </div>
  );
}
