import type {
  AiProviders,
  ModelPick,
  ModelPicks as Picked,
  PickProblem,
} from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Plus, X } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { errorInfo, errorText } from '../../lib/errors.js';
import { trpc } from '../../trpc.js';
import { Button, IconButton } from '../../ui/button.js';
import { inputLook } from '../../ui/field.js';
import { toast } from '../../ui/toast.js';

type Problem = PickProblem['why'];

/** Which model answers, which one does what is short, and whose vectors are searched. */
export function ModelPicks({ settings }: { settings: AiProviders }) {
  const { providers, picks, problems } = settings;
  const utils = trpc.useUtils();
  const save = trpc.admin.ai.pickModels.useMutation({
    onSuccess(now) {
      utils.admin.ai.listProviders.setData(undefined, now);
      toast.success(m.admin_ai_picks_saved());
    },
    onSettled: () =>
      Promise.all([utils.admin.ai.get.invalidate(), utils.admin.embeddings.invalidate()]),
  });
  const [draft, setDraft] = useState<Picked>(picks);
  const first: ModelPick = { provider: providers[0]?.name ?? '', model: '' };
  const names = providers.map(({ name }) => name);
  const { chat, fast, embedding } = draft;
  const isWhole = [...chat, fast, embedding].every((pick) => pick?.model.trim() !== '');
  const isChanged = JSON.stringify(draft) !== JSON.stringify(picks);
  const setChat = (at: number, pick: ModelPick | null) =>
    setDraft({ ...draft, chat: chat.flatMap((one, i) => (i === at ? (pick ?? []) : one)) });
  const problemOf = (purpose: PickProblem['purpose'], pick: ModelPick): Problem | undefined =>
    isChanged
      ? undefined
      : problems.find((one) => one.purpose === purpose && one.provider === pick.provider)?.why;
  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate(draft);
  }

  return (
    <form onSubmit={submit} noValidate className="grid gap-6">
      <Purpose title={m.admin_ai_chat()} none={chat.length === 0 && m.admin_ai_pick_environment()}>
        {chat.map((pick, at) => (
          <PickRow
            // biome-ignore lint/suspicious/noArrayIndexKey: the order is what is edited
            key={at}
            label={at === 0 ? m.admin_ai_chat() : m.admin_ai_chat_next()}
            names={names}
            pick={pick}
            problem={problemOf('chat', pick)}
            onChange={(next) => setChat(at, next)}
          />
        ))}
        {chat.length < LIMITS.chatModels && (
          <AddButton
            label={chat.length === 0 ? m.admin_ai_pick() : m.admin_ai_pick_next()}
            purpose={m.admin_ai_chat()}
            onClick={() => setDraft({ ...draft, chat: [...chat, first] })}
          />
        )}
      </Purpose>
      <Purpose title={m.admin_ai_fast()} none={!fast && m.admin_ai_pick_as_chat()}>
        {fast ? (
          <PickRow
            label={m.admin_ai_fast()}
            names={names}
            pick={fast}
            problem={problemOf('fast', fast)}
            onChange={(next) => setDraft({ ...draft, fast: next })}
          />
        ) : (
          <AddButton
            label={m.admin_ai_pick()}
            purpose={m.admin_ai_fast()}
            onClick={() => setDraft({ ...draft, fast: first })}
          />
        )}
      </Purpose>
      <Purpose
        title={m.admin_ai_use_embedding()}
        none={!embedding && m.admin_ai_pick_environment()}
      >
        {embedding ? (
          <PickRow
            label={m.admin_ai_use_embedding()}
            names={names}
            pick={embedding}
            problem={problemOf('embedding', embedding)}
            onChange={(next) =>
              setDraft({ ...draft, embedding: next && { ...embedding, ...next } })
            }
          >
            <input
              type="number"
              aria-label={m.admin_ai_dimensions()}
              title={m.admin_ai_dimensions()}
              min={64}
              max={4096}
              value={embedding.dimensions || ''}
              onChange={(event) => {
                const dimensions = event.target.valueAsNumber || 0;
                setDraft({ ...draft, embedding: { ...embedding, dimensions } });
              }}
              className={`${inputLook} h-10 w-24 max-md:h-11`}
            />
          </PickRow>
        ) : (
          <AddButton
            label={m.admin_ai_pick()}
            purpose={m.admin_ai_use_embedding()}
            onClick={() => setDraft({ ...draft, embedding: { ...first, dimensions: 1024 } })}
          />
        )}
        {embedding && <p className="text-[0.8125rem] text-ink-3">{m.admin_ai_pick_vectors()}</p>}
      </Purpose>
      {save.error && (
        <p role="alert" className="text-[0.8125rem] text-danger">
          {failureText(save.error)}
        </p>
      )}
      <div>
        <Button
          type="submit"
          variant="primary"
          isBusy={save.isPending}
          disabled={!isChanged || !isWhole}
        >
          {m.admin_ai_picks_save()}
        </Button>
      </div>
    </form>
  );
}

function Purpose(props: { title: string; none: string | false; children: ReactNode }) {
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-1 text-sm font-medium">{props.title}</legend>
      {props.none && <p className="text-[0.8125rem] text-ink-3">{props.none}</p>}
      {props.children}
    </fieldset>
  );
}

interface PickRowProps {
  label: string;
  names: string[];
  pick: ModelPick;
  problem: Problem | undefined;
  /** Null takes the pick back. */
  onChange: (pick: ModelPick | null) => void;
  children?: ReactNode;
}

function PickRow({ label, names, pick, problem, onChange, children }: PickRowProps) {
  const { provider, model } = pick;
  const known = names.includes(provider) ? names : [...names, provider];
  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-2">
        <select
          aria-label={m.admin_ai_pick_provider({ purpose: label })}
          value={provider}
          onChange={(event) => onChange({ provider: event.target.value, model })}
          className={`${inputLook} h-10 w-auto max-w-44 max-md:h-11`}
        >
          {known.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
        <input
          aria-label={m.admin_ai_pick_model({ purpose: label })}
          placeholder={m.admin_ai_model()}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={LIMITS.modelNameLength}
          value={model}
          onChange={(event) => onChange({ provider, model: event.target.value })}
          className={`${inputLook} h-10 min-w-0 flex-1 basis-40 max-md:h-11`}
        />
        {children}
        <IconButton
          label={m.admin_ai_pick_remove({ purpose: label })}
          onClick={() => onChange(null)}
        >
          <X />
        </IconButton>
      </div>
      {problem && <p className="text-[0.8125rem] text-danger">{PROBLEMS[problem]()}</p>}
    </div>
  );
}

function AddButton(props: { label: string; purpose: string; onClick: () => void }) {
  return (
    <div>
      <Button size="sm" aria-label={`${props.purpose}: ${props.label}`} onClick={props.onClick}>
        <Plus aria-hidden className="size-3.5" />
        {props.label}
      </Button>
    </div>
  );
}

const PROBLEMS: Record<Problem, () => string> = {
  gone: m.admin_ai_problem_gone,
  off: m.admin_ai_problem_off,
  unreadable: m.admin_ai_key_unreadable,
  address: m.admin_ai_address_bad,
  dimensions: m.admin_ai_problem_dimensions,
};

function failureText(error: unknown): string {
  const { code, fields } = errorInfo(error);
  if (fields.some(({ path }) => path.endsWith('dimensions')))
    return m.admin_ai_problem_dimensions();
  // The only other rule about a model's name.
  if (fields.some(({ path }) => path.endsWith('model'))) return m.admin_ai_problem_price();
  return errorText(code);
}
