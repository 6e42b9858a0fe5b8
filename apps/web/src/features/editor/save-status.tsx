import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Check, CircleAlert, CloudOff, GitCompareArrows, LoaderCircle, Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import { type ErrorCode, errorText } from '../../lib/errors.js';
import { cn } from '../../ui/cn.js';
import { isStuck, statusOf } from './save-rules.js';
import type { SaveRunner } from './save-runner.js';
import type { SaveState, SaveStatus } from './save-types.js';
import { useSaveState } from './use-article-session.js';
import { useWaiting } from './use-outbox.js';

interface SaveStatusLineProps {
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
        shortText: m.save_offline_short(),
        detail: m.save_offline_hint(),
        tone: 'bg-warn-soft text-warn',
      };
    case 'unprotected':
      return {
        icon: <CircleAlert />,
        text: m.save_unprotected(),
        shortText: m.save_unprotected_short(),
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
        shortText: m.save_conflict_short(),
        tone: 'bg-warn-soft text-warn',
      };
  }
}

/** Where the text is, in words, at every width; a problem is also the way out of it. */
export function SaveStatusLine({ state, onRetry, onResolve }: SaveStatusLineProps) {
  const status = statusOf(state);
  const { icon, text, shortText, detail, tone } = look(state);
  const action = status === 'conflict' ? onResolve : isStuck(state) ? onRetry : null;
  const className = cn(
    'flex h-7 max-w-full min-w-0 items-center gap-1.5 rounded-lg px-2 text-[0.8125rem] whitespace-nowrap [&_svg]:size-3.5 [&_svg]:shrink-0',
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

interface SaveStatusProps {
  runner: SaveRunner;
  onResolve: () => void;
}

/** The save state of an article, and beside a problem the way to all that waits on this device. */
export function SaveStatusOf({ runner, onResolve }: SaveStatusProps) {
  const state = useSaveState(runner);
  const waiting = useWaiting();
  return (
    <div className="flex min-w-0 items-center gap-1">
      <SaveStatusLine
        state={state}
        onRetry={() => runner.dispatch({ type: 'retry' })}
        onResolve={onResolve}
      />
      {isStuck(state) && waiting > 0 && (
        <Link
          to="/sync"
          aria-label={m.save_show_waiting({ count: waiting })}
          className="flex h-7 shrink-0 items-center rounded-lg px-2 text-[0.8125rem] text-ink-2 tabular-nums underline-offset-4 hover:bg-hover hover:underline max-md:h-10 max-md:min-w-8 max-md:justify-center"
        >
          <span className="md:hidden">{waiting}</span>
          <span className="max-md:hidden">{m.save_waiting({ count: waiting })}</span>
        </Link>
      )}
    </div>
  );
}
