import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { type ReactNode, useEffect, useState } from 'react';
import { errorInfo, errorText } from '../../../lib/errors.js';
import { inTime } from '../../../lib/in-time.js';
import { trpc } from '../../../trpc.js';
import { Button } from '../../../ui/button.js';
import { Dialog } from '../../../ui/dialog.js';
import { Loading, Skeleton } from '../../../ui/states.js';

/** What is not saved by then is left out. */
const FLUSH_MS = 4000;

interface SuggestDialogProps {
  articleId: string;
  /** Those the note has. */
  tags: readonly string[];
  /** Brings the newest text to the server. */
  onBefore: () => Promise<unknown>;
  onTitle: (title: string) => void;
  onTags: (tags: string[]) => void;
  onClose: () => void;
}

/** Titles and tags that would fit a note; what is chosen is taken, nothing else. */
export function SuggestDialog(props: SuggestDialogProps) {
  const { articleId, tags, onBefore } = props;
  const titles = trpc.assist.suggest.useMutation();
  const names = trpc.assist.suggest.useMutation();
  const [title, setTitle] = useState<string | null>(null);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, when it opens
  useEffect(() => {
    void inTime(onBefore(), FLUSH_MS)
      .catch(() => undefined)
      .then(() =>
        titles.mutate(
          { id: articleId, what: 'title' },
          // One after the other: only so many are answered at once.
          { onSettled: () => names.mutate({ id: articleId, what: 'tags' }) },
        ),
      );
  }, []);
  const has = (name: string) => tags.some((tag) => tag.toLowerCase() === name.toLowerCase());
  const fresh = (names.data?.items ?? []).filter((name) => !has(name));
  const isQuoted = titles.data?.isExtractive || names.data?.isExtractive;

  function take(): void {
    if (title !== null) props.onTitle(title);
    if (chosen.length > 0) props.onTags([...tags, ...chosen].slice(0, LIMITS.tagsPerArticle));
    props.onClose();
  }
  return (
    <Dialog
      isOpen
      onClose={props.onClose}
      title={m.suggest_dialog()}
      description={isQuoted ? m.suggest_quoted() : undefined}
      footer={
        <>
          <Button onClick={props.onClose}>{m.common_cancel()}</Button>
          <Button variant="primary" disabled={title === null && chosen.length === 0} onClick={take}>
            {m.suggest_take()}
          </Button>
        </>
      }
    >
      <div className="grid gap-5">
        <Group legend={m.suggest_titles()} asked={titles}>
          {(titles.data?.items ?? []).map((item) => (
            <Option
              key={item}
              type="radio"
              isChosen={title === item}
              onChoose={() => setTitle(item)}
            >
              {item}
            </Option>
          ))}
        </Group>
        <Group legend={m.nav_tags()} asked={names}>
          {fresh.map((name) => (
            <Option
              key={name}
              type="checkbox"
              isChosen={chosen.includes(name)}
              onChoose={(is) =>
                setChosen(is ? [...chosen, name] : chosen.filter((other) => other !== name))
              }
            >
              {name}
            </Option>
          ))}
        </Group>
      </div>
    </Dialog>
  );
}

function refusalOf(error: unknown): string {
  const { code } = errorInfo(error);
  const isModel = code === 'ai_failed' || code === 'limit_reached';
  return isModel ? m.suggest_failed() : errorText(code);
}

interface GroupProps {
  legend: string;
  asked: { isError: boolean; isSuccess: boolean; error: unknown };
  children: ReactNode[];
}

function Group({ legend, asked, children }: GroupProps) {
  return (
    <fieldset className="grid gap-1">
      <legend className="mb-1 text-[0.8125rem] font-medium text-ink-2">{legend}</legend>
      {asked.isError && (
        <p role="alert" className="text-sm text-danger">
          {refusalOf(asked.error)}
        </p>
      )}
      {!asked.isError && !asked.isSuccess && (
        <Loading>
          <Skeleton className="h-9 w-3/5" />
        </Loading>
      )}
      {asked.isSuccess && children.length === 0 && (
        <p className="text-sm text-ink-3">{m.suggest_nothing()}</p>
      )}
      {children}
    </fieldset>
  );
}

interface OptionProps {
  type: 'radio' | 'checkbox';
  isChosen: boolean;
  onChoose: (isChosen: boolean) => void;
  children: ReactNode;
}

function Option({ type, isChosen, onChoose, children }: OptionProps) {
  return (
    <label className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2 text-sm hover:bg-hover max-md:min-h-11">
      <input
        type={type}
        name={type}
        checked={isChosen}
        onChange={(event) => onChoose(event.target.checked)}
        className="size-4 shrink-0 accent-accent"
      />
      <span className="min-w-0 break-words">{children}</span>
    </label>
  );
}
