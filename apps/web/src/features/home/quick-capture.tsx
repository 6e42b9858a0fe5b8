import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { isImeKey, isMac, shortcutLabel } from '../../lib/keys.js';
import { Button } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { useQuickNote } from '../articles/use-new-note.js';

/** More than anybody jots down, and less than one article may hold. */
const MAX_LENGTH = 20_000;

/** One field that makes a note of what is typed; safe on this device before the server knows. */
export function QuickCapture() {
  const hintId = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [made, setMade] = useState<{ id: string; title: string } | null>(null);
  const quickNote = useQuickNote();

  function save(isOpened: boolean): void {
    if (text.trim() === '') return;
    const note = quickNote(text, { isOpened });
    if (isOpened) return;
    setMade(note);
    setText('');
    field.current?.focus();
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || isImeKey(event)) return;
    event.preventDefault();
    save(isMac() ? event.metaKey : event.ctrlKey);
  }
  const isSaid = made !== null && text === '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save(false);
      }}
      className="rounded-2xl border border-line-strong bg-paper shadow-sm transition-colors focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20"
    >
      <textarea
        ref={field}
        value={text}
        rows={text.includes('\n') ? 4 : 1}
        maxLength={MAX_LENGTH}
        aria-label={m.home_capture_label()}
        aria-describedby={hintId}
        placeholder={m.home_capture_placeholder()}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="block w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-base leading-6 outline-none placeholder:text-ink-3"
      />
      <div className="flex items-center gap-3 px-2 pb-2 ps-4">
        {/* Said here and not in a notice, which may have to be fetched first. */}
        <p
          role="status"
          className={cn('min-w-0 flex-1 truncate text-xs text-good', !isSaid && 'sr-only')}
        >
          {made && isSaid && (
            <>
              {m.home_capture_saved({ title: made.title })}{' '}
              <Link
                to="/notes/$articleId"
                params={{ articleId: made.id }}
                search={{}}
                className="rounded underline underline-offset-2"
              >
                {m.home_capture_open()}
              </Link>
            </>
          )}
        </p>
        <p
          id={hintId}
          className={cn(
            'min-w-0 flex-1 truncate text-xs text-ink-3 pointer-coarse:invisible',
            isSaid && 'sr-only',
          )}
        >
          {m.home_capture_hint({
            enter: shortcutLabel('enter'),
            open: shortcutLabel('mod+enter'),
            line: shortcutLabel('shift+enter'),
          })}
        </p>
        <Button type="submit" variant="primary" size="sm" disabled={text.trim() === ''}>
          {m.home_capture_save()}
        </Button>
      </div>
    </form>
  );
}
