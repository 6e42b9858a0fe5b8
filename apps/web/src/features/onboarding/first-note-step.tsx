import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { CircleCheck } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useApp } from '../../app-context.js';
import { uuidv7 } from '../../lib/uuid.js';
import { TextAreaField, TextField } from '../../ui/field.js';
import { useCreateNotebook } from '../notebooks/notebook-hooks.js';
import { onboarding } from './progress.js';

interface FirstNoteStepProps {
  formId: string;
  /** Made in an earlier visit of this step. */
  noteId: string | null;
  onDone: () => void;
  onBusy: (isBusy: boolean) => void;
}

/** A notebook and a note in it, both to stay. */
export function FirstNoteStep({ formId, noteId, onDone, onBusy }: FirstNoteStepProps) {
  const { sync } = useApp();
  // One id for all tries: a lost answer makes no second notebook.
  const [id] = useState(() => uuidv7());
  const [notebook, setNotebook] = useState<string>(m.welcome_notebook_default());
  const [title, setTitle] = useState('');
  const [content, setContent] = useState('');
  const create = useCreateNotebook();

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (noteId) {
      onDone();
      return;
    }
    onBusy(true);
    create.mutate(
      { id, name: notebook.trim(), parentId: null },
      {
        onSuccess() {
          const text = { title: title.trim() || m.welcome_note_default(), content };
          const made = sync.createNote({ notebookId: id, tags: [] }, text);
          onboarding.advance({ noteId: made });
          onDone();
        },
        onSettled: () => onBusy(false),
      },
    );
  }
  if (noteId) {
    return (
      <form id={formId} onSubmit={submit}>
        <p className="flex gap-2.5 rounded-xl bg-good-soft px-4 py-3 text-sm text-good">
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0" />
          {m.welcome_note_made()}
        </p>
      </form>
    );
  }
  const ideas = [
    m.welcome_notebook_default(),
    m.welcome_notebook_reading(),
    m.welcome_notebook_work(),
  ];
  return (
    <form id={formId} onSubmit={submit} className="grid gap-5">
      <div className="grid gap-2">
        <TextField
          label={m.welcome_notebook()}
          value={notebook}
          maxLength={LIMITS.notebookNameLength}
          required
          autoComplete="off"
          onChange={(event) => setNotebook(event.target.value)}
        />
        <div className="flex flex-wrap gap-1.5">
          {ideas.map((idea) => (
            <button
              key={idea}
              type="button"
              aria-pressed={idea === notebook}
              onClick={() => setNotebook(idea)}
              className="h-7 rounded-full border border-line px-3 text-[0.8125rem] text-ink-2 hover:border-line-strong aria-pressed:border-accent aria-pressed:text-accent-strong max-md:h-10"
            >
              {idea}
            </button>
          ))}
        </div>
      </div>
      <TextField
        label={m.welcome_note_title()}
        value={title}
        maxLength={LIMITS.titleLength}
        placeholder={m.welcome_note_default()}
        autoComplete="off"
        onChange={(event) => setTitle(event.target.value)}
      />
      <TextAreaField
        label={m.welcome_note_text()}
        value={content}
        rows={4}
        placeholder={m.welcome_note_placeholder()}
        onChange={(event) => setContent(event.target.value)}
      />
    </form>
  );
}
