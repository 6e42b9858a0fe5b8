import type { AssistAction } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { ArrowUp, BookmarkPlus, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { isImeKey } from '../../../lib/keys.js';
import { toastError } from '../../../lib/toast-error.js';
import { uuidv7 } from '../../../lib/uuid.js';
import { trpc } from '../../../trpc.js';
import { IconButton } from '../../../ui/button.js';
import { ACTION, TONE } from './assist-words.js';
import type { Wish } from './use-assist.js';

const WITH_PASSAGE = [
  'rewrite',
  'shorten',
  'expand',
  'fix',
  'explain',
  'summarise',
  'outline',
] as const;
const WITHOUT = ['continue', 'outline', 'summarise'] as const;
const TONES = ['formal', 'friendly', 'plain', 'confident'] as const;

interface AssistChoicesProps {
  hasPassage: boolean;
  onChoose: (wish: Wish) => void;
}

/** What can be done with a passage, or written where none is selected: by a button, or in one's own words. */
export function AssistChoices({ hasPassage, onChoose }: AssistChoicesProps) {
  const abilities = trpc.assist.abilities.useQuery(undefined, { staleTime: 60_000 });
  const can = (action: AssistAction) => abilities.data?.actions.includes(action) ?? false;
  const actions = (hasPassage ? WITH_PASSAGE : WITHOUT).filter(can);
  return (
    <div className="grid min-w-0 flex-1 gap-2">
      {can('custom') && <OwnWords onChoose={onChoose} />}
      {abilities.data?.hasModel === false && (
        <p className="px-2 pt-1 text-[0.8125rem] text-ink-2">{m.assist_off()}</p>
      )}
      <div className="flex flex-wrap gap-1">
        {actions.map((action) => (
          <Chip key={action} onClick={() => onChoose({ action })}>
            {ACTION[action]()}
          </Chip>
        ))}
        {hasPassage && can('translate') && (
          <>
            <Chip onClick={() => onChoose({ action: 'translate', language: 'en' })}>
              {m.assist_translate_en()}
            </Chip>
            <Chip onClick={() => onChoose({ action: 'translate', language: 'zh' })}>
              {m.assist_translate_zh()}
            </Chip>
          </>
        )}
      </div>
      {hasPassage && can('tone') && (
        <div className="flex flex-wrap items-center gap-1">
          <span className="px-2 text-[0.8125rem] text-ink-3">{m.assist_tone()}</span>
          {TONES.map((tone) => (
            <Chip key={tone} onClick={() => onChoose({ action: 'tone', tone })}>
              {TONE[tone]()}
            </Chip>
          ))}
        </div>
      )}
    </div>
  );
}

function Chip({ onClick, children }: { onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className="h-8 max-w-full truncate rounded-lg bg-paper-3 px-2.5 text-[0.8125rem] hover:bg-hover max-md:h-11"
    >
      {children}
    </button>
  );
}

/** An instruction in one's own words, and those that were kept. */
function OwnWords({ onChoose }: Pick<AssistChoicesProps, 'onChoose'>) {
  const [text, setText] = useState('');
  const utils = trpc.useUtils();
  const { data } = trpc.prompts.list.useQuery(undefined, { staleTime: 60_000 });
  const after = {
    onSuccess: () => utils.prompts.list.invalidate(),
    onError: toastError,
  };
  const keep = trpc.prompts.create.useMutation(after);
  const forget = trpc.prompts.remove.useMutation(after);
  const kept = data?.items ?? [];
  const instruction = text.trim();
  const isKept = kept.some((prompt) => prompt.instruction === instruction);
  const send = () => {
    if (instruction !== '') onChoose({ action: 'custom', instruction });
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
        className="flex items-end gap-1 rounded-xl border border-line-strong bg-paper ps-3 focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20"
      >
        <textarea
          rows={1}
          // biome-ignore lint/a11y/noAutofocus: the person just asked for it
          autoFocus
          value={text}
          maxLength={LIMITS.instructionLength}
          aria-label={m.assist_instruction()}
          placeholder={m.assist_placeholder()}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || isImeKey(event)) return;
            event.preventDefault();
            send();
          }}
          className="block field-sizing-content max-h-32 min-h-9 min-w-0 flex-1 resize-none bg-transparent py-1.5 text-base leading-6 outline-none placeholder:text-ink-3 max-md:min-h-11"
        />
        <IconButton
          label={m.assist_keep()}
          disabled={instruction === '' || isKept || keep.isPending}
          onClick={() => keep.mutate({ id: uuidv7(), instruction })}
        >
          <BookmarkPlus />
        </IconButton>
        <IconButton type="submit" label={m.assist_send()} disabled={instruction === ''}>
          <ArrowUp />
        </IconButton>
      </form>
      {kept.length > 0 && (
        <ul aria-label={m.assist_kept()} className="flex max-h-24 flex-wrap gap-1 overflow-y-auto">
          {kept.map((prompt) => (
            <li key={prompt.id} className="flex max-w-full items-center rounded-lg bg-paper-3">
              <button
                type="button"
                title={prompt.instruction}
                onClick={() => onChoose({ action: 'custom', instruction: prompt.instruction })}
                className="h-8 max-w-56 truncate rounded-lg ps-2.5 text-[0.8125rem] hover:bg-hover max-md:h-11"
              >
                {prompt.instruction}
              </button>
              <button
                type="button"
                aria-label={m.assist_forget({ instruction: prompt.instruction.slice(0, 40) })}
                onClick={() => forget.mutate({ id: prompt.id })}
                className="grid size-8 place-items-center rounded-lg text-ink-3 hover:bg-hover hover:text-ink max-md:size-11"
              >
                <X className="size-3" />
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
