import { m } from '@ainotebook/messages';
import { Check, LoaderCircle, RotateCcw, Square, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useSyncExternalStore } from 'react';
import { isImeKey, matchesShortcut } from '../../../lib/keys.js';
import { Button, IconButton } from '../../../ui/button.js';
import './assist.css';
import type { AssistStart } from './ask-assist.js';
import { AssistChoices } from './assist-choices.js';
import type { AssistSurface } from './assist-types.js';
import { placeText } from './assist-words.js';
import { useAssist } from './use-assist.js';

interface AssistPanelProps {
  articleId: string;
  surface: AssistSurface;
  /** Brings the newest text to the server. */
  flush: () => Promise<unknown>;
  /** What is wanted from the start; null: it is chosen. */
  start: AssistStart | null;
  onClose: () => void;
}

/** Where help with a passage is chosen, stopped, and decided on; the text itself shows what would change. */
export function AssistPanel({ articleId, surface, flush, start, onClose }: AssistPanelProps) {
  const panel = useRef<HTMLElement>(null);
  const { step, begin, stop, cancel } = useAssist({ articleId, surface, flush });
  const open = useSyncExternalStore(surface.subscribe, surface.openChanges);
  const close = () => {
    cancel();
    surface.end();
    onClose();
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: what was wanted at first is begun once
  useEffect(() => {
    // On a touch screen the tools over the keyboard would else stand before it.
    panel.current?.focus();
    if (start) void begin({ action: start });
  }, []);
  useEffect(() => {
    const { activeElement: active, body } = document;
    // Who writes on in the text meanwhile stays there.
    if (active !== body && !panel.current?.contains(active)) return;
    panel.current?.querySelector<HTMLElement>(`[data-first="${step.at}"]`)?.focus();
  }, [step.at]);
  const isDecided = step.at === 'reviewing' && open === 0 && step.words === null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once nothing is open any more there is nothing to say
  useEffect(() => {
    if (isDecided) close();
  }, [isDecided]);
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isClosing = event.key === 'Escape' && !isImeKey(event);
      const isTaking = step.at === 'reviewing' && matchesShortcut(event, 'mod+enter');
      if (!isClosing && !isTaking) return;
      event.preventDefault();
      event.stopPropagation();
      if (isTaking) surface.accept();
      close();
    };
    // Before the text takes the key for its own.
    document.addEventListener('keydown', onKeyDown, true);
    return () => document.removeEventListener('keydown', onKeyDown, true);
  });

  return (
    <section
      ref={panel}
      tabIndex={-1}
      aria-label={m.assist_title()}
      className="sticky bottom-2 pointer-coarse:bottom-14 outline-none z-20 mx-auto mt-4 w-full max-w-xl rounded-2xl border border-line bg-paper p-2 shadow-pop"
    >
      {step.at === 'choosing' && (
        <div className="flex items-start gap-1">
          <AssistChoices
            hasPassage={surface.passage.text.trim() !== ''}
            onChoose={(wish) => void begin(wish)}
          />
          <IconButton label={m.common_close()} onClick={close}>
            <X />
          </IconButton>
        </div>
      )}
      {step.at === 'writing' && (
        <Row says={step.ahead === null ? m.assist_writing() : placeText(step.ahead)} isBusy>
          <Button size="sm" data-first="writing" onClick={stop}>
            <Square aria-hidden className="size-3" />
            {m.assist_stop()}
          </Button>
        </Row>
      )}
      {step.at === 'reviewing' && (
        <Row says={step.words ?? m.assist_changes({ count: open })}>
          <IconButton label={m.assist_again()} onClick={() => void begin(step.wish)}>
            <RotateCcw />
          </IconButton>
          <Button
            size="sm"
            variant="ghost"
            {...(step.isWhole ? {} : { 'data-first': 'reviewing' })}
            onClick={close}
          >
            {open > 0 ? m.assist_reject_all() : m.common_close()}
          </Button>
          {open > 0 && (
            <Button
              size="sm"
              variant="primary"
              {...(step.isWhole ? { 'data-first': 'reviewing' } : {})}
              onClick={() => {
                surface.accept();
                close();
              }}
            >
              <Check aria-hidden className="size-3.5" />
              {m.assist_accept_all()}
            </Button>
          )}
        </Row>
      )}
    </section>
  );
}

function Row({
  says,
  isBusy = false,
  children,
}: {
  says: string;
  isBusy?: boolean;
  children: ReactNode;
}) {
  return (
    <div className="flex flex-wrap items-center justify-end gap-1.5">
      <p role="status" className="me-auto flex items-center gap-2 px-2 py-1 text-sm text-ink-2">
        {isBusy && <LoaderCircle aria-hidden className="size-4 animate-spin" />}
        <span className="whitespace-pre-line">{says}</span>
      </p>
      {children}
    </div>
  );
}
