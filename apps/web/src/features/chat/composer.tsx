import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { ArrowUp } from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { isImeKey } from '../../lib/keys.js';
import { IconButton } from '../../ui/button.js';

interface ComposerProps {
  /** What stands in it at first. */
  initial?: string;
  label: string;
  placeholder: string;
  isBusy: boolean;
  /** Rejects when the question was not taken: it stays in the field then. */
  onSend: (text: string) => Promise<unknown>;
  /** Beside the button. */
  children?: ReactNode;
}

/** Where a question is written. Enter sends, Shift+Enter begins a line. */
export function Composer(props: ComposerProps) {
  const { initial = '', isBusy } = props;
  const [text, setText] = useState(initial);
  const isEmpty = text.trim() === '';

  async function send(): Promise<void> {
    if (isEmpty || isBusy) return;
    setText('');
    // What was typed meanwhile stays behind it.
    await props.onSend(text.trim()).catch(() => setText((typed) => text + typed));
  }
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.shiftKey || isImeKey(event)) return;
    event.preventDefault();
    void send();
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
      className="rounded-2xl border border-line-strong bg-paper shadow-sm transition-colors focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20"
    >
      <textarea
        value={text}
        maxLength={LIMITS.messageLength}
        aria-label={props.label}
        placeholder={props.placeholder}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        className="block field-sizing-content max-h-48 min-h-12 w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-base leading-6 outline-none placeholder:text-ink-3"
      />
      <div className="flex items-center gap-2 px-2 pb-2 ps-3">
        <div className="flex min-w-0 flex-1 items-center">{props.children}</div>
        <IconButton
          type="submit"
          label={m.chat_send()}
          disabled={isEmpty || isBusy}
          className="bg-accent text-on-accent hover:bg-accent-strong hover:text-on-accent"
        >
          <ArrowUp />
        </IconButton>
      </div>
    </form>
  );
}
