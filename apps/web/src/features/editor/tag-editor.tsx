import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Plus, X } from 'lucide-react';
import { type KeyboardEvent, useId, useState } from 'react';
import { isImeKey } from '../../lib/keys.js';

interface TagEditorProps {
  tags: string[];
  suggestions: string[];
  isReadOnly: boolean;
  onChange: (tags: string[]) => void;
}

/** Tags as chips; Enter or a comma adds, Backspace in the empty box takes the last away. */
export function TagEditor({ tags, suggestions, isReadOnly, onChange }: TagEditorProps) {
  const listId = useId();
  const [text, setText] = useState('');
  const [isTyping, setIsTyping] = useState(false);

  function add(raw: string): void {
    const name = raw
      .replace(/[#,，\s]+/g, ' ')
      .trim()
      .slice(0, LIMITS.tagNameLength);
    setText('');
    const isKnown = tags.some((tag) => tag.toLocaleLowerCase() === name.toLocaleLowerCase());
    if (name && !isKnown && tags.length < LIMITS.tagsPerArticle) onChange([...tags, name]);
  }
  function onKeyDown(event: KeyboardEvent<HTMLInputElement>): void {
    if (isImeKey(event)) return;
    if (event.key === 'Enter' || event.key === ',' || event.key === '，') {
      event.preventDefault();
      add(text);
    } else if (event.key === 'Backspace' && text === '') {
      const last = tags.at(-1);
      if (last) onChange(tags.slice(0, -1));
    } else if (event.key === 'Escape') {
      setText('');
      setIsTyping(false);
    }
  }
  return (
    <ul aria-label={m.nav_tags()} className="flex min-h-8 flex-wrap items-center gap-1.5">
      {tags.map((tag) => (
        <li
          key={tag}
          className="flex h-6.5 items-center gap-0.5 rounded-md bg-paper-3 ps-2 pe-1 text-[0.8125rem] text-ink-2 max-md:h-9"
        >
          {tag}
          {isReadOnly ? (
            <span className="w-1" />
          ) : (
            <button
              type="button"
              aria-label={m.tag_remove({ name: tag })}
              onClick={() => onChange(tags.filter((other) => other !== tag))}
              className="grid size-5 place-items-center rounded text-ink-3 hover:bg-hover hover:text-ink max-md:size-8"
            >
              <X className="size-3" />
            </button>
          )}
        </li>
      ))}
      {!isReadOnly && (
        <li>
          {isTyping ? (
            <>
              <input
                aria-label={m.tag_add()}
                list={listId}
                value={text}
                // biome-ignore lint/a11y/noAutofocus: the person just asked to type here
                autoFocus
                maxLength={LIMITS.tagNameLength}
                onChange={(event) => setText(event.target.value)}
                onKeyDown={onKeyDown}
                onBlur={() => {
                  add(text);
                  setIsTyping(false);
                }}
                className="h-7 w-32 rounded-md border border-line-strong bg-paper px-2 text-[0.8125rem] outline-none focus:border-accent max-md:h-10"
              />
              <datalist id={listId}>
                {suggestions
                  .filter((name) => !tags.includes(name))
                  .map((name) => (
                    <option key={name} value={name} />
                  ))}
              </datalist>
            </>
          ) : (
            <button
              type="button"
              onClick={() => setIsTyping(true)}
              className="flex h-6.5 items-center gap-1 rounded-md px-1.5 text-[0.8125rem] text-ink-3 hover:bg-hover hover:text-ink max-md:h-10"
            >
              <Plus aria-hidden className="size-3.5" />
              {m.tag_add()}
            </button>
          )}
        </li>
      )}
    </ul>
  );
}
