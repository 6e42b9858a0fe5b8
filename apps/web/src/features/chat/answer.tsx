import type { Message } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Copy, FilePlus2, RefreshCw, Square } from 'lucide-react';
import type { MouseEvent } from 'react';
import { langOf } from '../../lib/lang-of.js';
import { toastError } from '../../lib/toast-error.js';
import { Button, IconButton } from '../../ui/button.js';
import { toast } from '../../ui/toast.js';
import { BranchSwitch } from './branch-switch.js';
import { isUnfinished, type Turn } from './branches.js';
import { BudgetNote } from './budget-note.js';
import { useGrowingText } from './chat-hooks.js';
import { endingOf, placeText } from './chat-words.js';
import { CitationList } from './citation-list.js';
import { citationId, citedMarkdown } from './cited-markdown.js';
import { Receipt } from './receipt.js';
import { Rendered } from './rendered.js';

interface AnswerProps {
  turn: Turn;
  /** Looked up in the web, not in the notes. */
  isOfWeb: boolean;
  onEnd: (whole: Message) => void;
  onStop: () => void;
  onRegenerate: () => void;
  /** Goes on where it was cut; null where something was asked since. */
  onContinue: (() => void) | null;
  /** To be kept as a note of its own. */
  onKeep: () => void;
  onChoose: (id: string) => void;
  /** A note is to be shown at the quote. */
  onOpen: (number: number) => void;
}

/** An answer as it is written, then with what it stands on. */
export function Answer({
  turn,
  isOfWeb,
  onEnd,
  onStop,
  onRegenerate,
  onContinue,
  onKeep,
  onChoose,
  onOpen,
}: AnswerProps) {
  const { message } = turn;
  const { text, ahead } = useGrowingText(message, onEnd);
  const isOpen = isUnfinished(message);
  const numbers = message.citations.map(({ number }) => number);
  const ending = endingOf(message);
  const isNotFound = message.receipt?.isNotFound ?? false;
  const isCut = message.status === 'done' && message.receipt?.isCut === true;

  function follow(event: MouseEvent): void {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    // The renderer keeps what is written apart from the page by a prefix.
    const number = numbers.find((one) => link?.hash.endsWith(citationId(message.id, one)));
    if (number === undefined) return;
    event.preventDefault();
    const url = message.citations.find((one) => one.number === number)?.url;
    if (url) window.open(url, '_blank', 'noopener,noreferrer');
    else onOpen(number);
  }
  const copy = () =>
    navigator.clipboard
      .writeText(message.content)
      .then(() => toast.success(m.chat_copied()), toastError);

  return (
    <article aria-label={m.chat_answer()} aria-busy={isOpen}>
      {text === '' && isOpen && (
        <p role="status" className="text-ink-3 motion-safe:animate-pulse">
          {ahead === null ? (isOfWeb ? m.chat_looking_up : m.chat_thinking)() : placeText(ahead)}
        </p>
      )}
      {text !== '' && (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the links inside take the keyboard, which clicks them
        // biome-ignore lint/a11y/noStaticElementInteractions: as above
        <div lang={langOf(text)} onClick={follow}>
          <Rendered
            hasNoPictures
            markdown={isOpen ? text : citedMarkdown(text, { messageId: message.id, numbers })}
          />
        </div>
      )}
      {isNotFound && <p>{notFoundText(message)}</p>}
      {ending && message.failure === 'budget_spent' && <BudgetNote>{ending}</BudgetNote>}
      {ending && message.failure !== 'budget_spent' && (
        <p role="status" className="mt-2 text-sm text-ink-2">
          {ending}
        </p>
      )}
      {isCut && <CutNote onContinue={onContinue} onRegenerate={onRegenerate} />}
      <CitationList message={message} onOpen={onOpen} />
      <div className="mt-1 flex flex-wrap items-center gap-1 text-ink-3">
        {isOpen ? (
          <Button size="sm" onClick={onStop}>
            <Square aria-hidden className="size-3.5" />
            {m.chat_stop()}
          </Button>
        ) : (
          <>
            <BranchSwitch turn={turn} onChoose={onChoose} />
            {message.content !== '' && (
              <>
                <IconButton label={m.chat_copy()} onClick={() => void copy()}>
                  <Copy />
                </IconButton>
                <IconButton label={m.chat_keep()} onClick={onKeep}>
                  <FilePlus2 />
                </IconButton>
              </>
            )}
            <IconButton label={m.chat_regenerate()} onClick={onRegenerate}>
              <RefreshCw />
            </IconButton>
            {message.receipt && <Receipt receipt={message.receipt} />}
          </>
        )}
      </div>
    </article>
  );
}

/** Says that an answer stops where answers must, and what can be done about it. */
function CutNote({ onContinue, onRegenerate }: Pick<AnswerProps, 'onContinue' | 'onRegenerate'>) {
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2 text-sm text-ink-2">
      <p role="status">{m.chat_cut()}</p>
      {onContinue && (
        <Button size="sm" onClick={onContinue}>
          {m.chat_continue()}
        </Button>
      )}
      <Button size="sm" variant="ghost" onClick={onRegenerate}>
        {m.chat_regenerate()}
      </Button>
    </div>
  );
}

function notFoundText({ receipt, citations }: Message): string {
  if (receipt?.web) return citations.length > 0 ? m.chat_web_nearest() : m.chat_web_nothing();
  return citations.length > 0 ? m.chat_not_found_nearest() : m.chat_not_found();
}
