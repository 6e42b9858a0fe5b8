import { m } from '@ainotebook/messages';
import { CaseSensitive, ChevronDown, ChevronUp, Replace, X } from 'lucide-react';
import {
  type ComponentProps,
  type KeyboardEvent,
  useEffect,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { isImeKey } from '../../lib/keys.js';
import { Button, IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { inputClass } from '../../ui/field.js';
import type { EditorHandle } from './editor-actions.js';
import type { Finder } from './find-types.js';

interface FindBarProps {
  editor: EditorHandle;
  isReadOnly: boolean;
  /** Grows with every wish to find something. */
  asked: number;
  onClose: () => void;
}

/** Finds and replaces in the open note, in either editor. */
export function FindBar({ editor, isReadOnly, asked, onClose }: FindBarProps) {
  const [finder, setFinder] = useState<Finder | null>(null);
  useEffect(() => {
    let isWanted = true;
    let open: Finder | null = null;
    void editor.find().then((made) => {
      if (!isWanted) return made?.close();
      open = made;
      setFinder(made);
    });
    return () => {
      isWanted = false;
      open?.close();
    };
  }, [editor]);
  return finder && <Bar finder={finder} {...{ isReadOnly, asked, onClose }} />;
}

interface BarProps extends Omit<FindBarProps, 'editor'> {
  finder: Finder;
}

function Bar({ finder, isReadOnly, asked, onClose }: BarProps) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(finder.selected);
  const [isCaseSensitive, setIsCaseSensitive] = useState(false);
  const [isReplacing, setIsReplacing] = useState(false);
  const [replacement, setReplacement] = useState('');
  const { count, current } = useFound(finder);
  const isNothing = text !== '' && count === 0;

  useEffect(() => finder.search({ text, isCaseSensitive }), [finder, text, isCaseSensitive]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every wish brings the caret here
  useEffect(() => {
    const timer = setTimeout(() => field.current?.select());
    return () => clearTimeout(timer);
  }, [asked]);

  function onKeyDown(event: KeyboardEvent): void {
    if (isImeKey(event)) return;
    if (event.key === 'Escape') {
      event.preventDefault();
      onClose();
    }
  }
  const onEnter = (run: (event: KeyboardEvent) => void) => (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || isImeKey(event)) return;
    event.preventDefault();
    run(event);
  };
  return (
    <search
      aria-label={m.find_in_note()}
      onKeyDown={onKeyDown}
      className="grid gap-1.5 border-t border-line py-1.5"
    >
      <div className="flex flex-wrap items-center gap-0.5">
        <WordField
          ref={field}
          label={m.find_in_note()}
          className="max-md:basis-full"
          value={text}
          onWord={setText}
          aria-invalid={isNothing || undefined}
          onKeyDown={onEnter(({ shiftKey }) => finder.step(shiftKey ? -1 : 1))}
        />
        <span
          role="status"
          className="min-w-16 shrink-0 px-2 text-center text-xs max-md:me-auto max-md:text-start text-ink-3 tabular-nums"
        >
          {text !== '' && (isNothing ? m.find_nothing() : `${current || '–'} / ${count}`)}
        </span>
        <IconButton
          label={m.find_previous()}
          shortcut="shift+enter"
          disabled={count === 0}
          onClick={() => finder.step(-1)}
        >
          <ChevronUp />
        </IconButton>
        <IconButton
          label={m.find_next()}
          shortcut="enter"
          disabled={count === 0}
          onClick={() => finder.step(1)}
        >
          <ChevronDown />
        </IconButton>
        <IconButton
          label={m.find_match_case()}
          isActive={isCaseSensitive}
          onClick={() => setIsCaseSensitive(!isCaseSensitive)}
        >
          <CaseSensitive />
        </IconButton>
        {!isReadOnly && (
          <IconButton
            label={m.find_replace()}
            isActive={isReplacing}
            onClick={() => setIsReplacing(!isReplacing)}
          >
            <Replace />
          </IconButton>
        )}
        <IconButton label={m.common_close()} shortcut="escape" onClick={onClose}>
          <X />
        </IconButton>
      </div>
      {isReplacing && (
        <div className="flex items-center gap-1.5">
          <WordField
            label={m.find_replace_with()}
            value={replacement}
            onWord={setReplacement}
            onKeyDown={onEnter(() => finder.replace(replacement))}
          />
          <Button size="sm" onClick={() => finder.replace(replacement)}>
            {m.find_replace()}
          </Button>
          <Button size="sm" onClick={() => finder.replaceAll(replacement)}>
            {m.find_replace_all()}
          </Button>
        </div>
      )}
    </search>
  );
}

interface WordFieldProps extends ComponentProps<'input'> {
  label: string;
  value: string;
  onWord: (text: string) => void;
}

/** Says what was typed once an input method is done with it: nobody looks for half a pinyin. */
function WordField({ label, value, onWord, className, ...rest }: WordFieldProps) {
  const [typed, setTyped] = useState(value);
  return (
    <input
      {...rest}
      type="text"
      aria-label={label}
      placeholder={label}
      spellCheck={false}
      autoComplete="off"
      value={typed}
      onChange={({ target, nativeEvent }) => {
        setTyped(target.value);
        const isComposing = nativeEvent instanceof InputEvent && nativeEvent.isComposing;
        if (!isComposing) onWord(target.value);
      }}
      onCompositionEnd={({ currentTarget }) => onWord(currentTarget.value)}
      className={cn(inputClass, 'h-8 min-w-0 flex-1 px-2.5 text-sm max-md:h-11', className)}
    />
  );
}

/** What is found, as of the last change. */
function useFound(finder: Finder): { count: number; current: number } {
  const known = useSyncExternalStore(finder.subscribe, () => {
    const { count, current } = finder.state();
    return `${count}/${current}`;
  });
  const [count = 0, current = 0] = known.split('/').map(Number);
  return { count, current };
}
