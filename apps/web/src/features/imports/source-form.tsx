import { m } from '@ainotebook/messages';
import { FileUp } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useApp } from '../../app-context.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { TextField } from '../../ui/field.js';
import { toast } from '../../ui/toast.js';
import { Bar } from './bar.js';
import { chosenFiles, droppedFiles, type GivenFile, sourcesOf } from './given-files.js';
import { sendingProblem } from './import-words.js';
import { sendSources } from './send-sources.js';

/** What is being sent, and what went wrong with it. */
type Sending =
  | { kind: 'idle' }
  | { kind: 'sending'; name: string; share: number }
  | { kind: 'failed'; problems: string[] };

/** Takes sources: files that are chosen or dropped, or an address. */
export function SourceForm({ onMade }: { onMade: (session: { id: string }) => void }) {
  const app = useApp();
  const utils = trpc.useUtils();
  const [sending, setSending] = useState<Sending>({ kind: 'idle' });
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  async function take(files: Promise<GivenFile[]> | GivenFile[]): Promise<void> {
    if (sending.kind === 'sending') return;
    const given = new AbortController();
    const { signal } = given;
    controller.current = given;
    try {
      const sources = sourcesOf(await files);
      if (!sources || sources.length === 0) {
        const problem = sources ? m.import_no_files() : m.import_too_many();
        return setSending({ kind: 'failed', problems: [problem] });
      }
      const nameAt = (index: number) => {
        const name = sources[index]?.name ?? '';
        return sources.length === 1 ? name : `${name} (${index + 1}/${sources.length})`;
      };
      const onProgress = ({ index, share }: { index: number; share: number }) =>
        setSending({ kind: 'sending', name: nameAt(index), share });
      const { made, failed } = await sendSources(app, sources, { onProgress, signal });
      const [only] = made;
      if (only && sources.length === 1) return onMade(only);
      const problems = failed.map(({ name, code }) =>
        sources.length === 1 ? sendingProblem(code) : `${name}: ${sendingProblem(code)}`,
      );
      setSending(problems.length > 0 ? { kind: 'failed', problems } : { kind: 'idle' });
      if (made.length > 0) toast.success(m.import_sent({ count: made.length }));
    } catch {
      // Given up, or a folder that the browser may not read.
      const problems = signal.aborted ? [] : [m.import_unreadable()];
      setSending(problems.length > 0 ? { kind: 'failed', problems } : { kind: 'idle' });
    } finally {
      void utils.imports.list.invalidate();
    }
  }

  return (
    <div className="grid gap-6">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: a drop is a shortcut of the button inside */}
      <div
        onDragOver={(event) => {
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setIsOver(false);
          void take(droppedFiles(event.dataTransfer));
        }}
        className={cn(
          'grid justify-items-center gap-2 rounded-2xl border border-dashed px-5 py-8 text-center transition-colors',
          isOver ? 'border-accent bg-accent-soft' : 'border-line-strong',
        )}
      >
        {sending.kind === 'sending' ? (
          <div className="grid w-full max-w-sm gap-3">
            <p className="truncate text-sm">{m.import_sending({ name: sending.name })}</p>
            <Bar share={sending.share} label={m.import_sending({ name: sending.name })} />
            <Button size="sm" className="mx-auto" onClick={() => controller.current?.abort()}>
              {m.common_cancel()}
            </Button>
          </div>
        ) : (
          <>
            <FileUp aria-hidden className="size-7 stroke-[1.5] text-ink-3" />
            <p className="text-sm text-ink-2 max-md:hidden">{m.import_drop()}</p>
            <Button variant="primary" onClick={() => input.current?.click()}>
              {m.import_choose()}
            </Button>
            <p className="max-w-md text-[0.8125rem] text-ink-3">{m.import_kinds()}</p>
            {sending.kind === 'failed' && (
              <div role="alert" className="grid max-w-full gap-1 text-sm break-words text-danger">
                {[...new Set(sending.problems)].map((problem) => (
                  <p key={problem}>{problem}</p>
                ))}
              </div>
            )}
          </>
        )}
        <input
          ref={input}
          type="file"
          multiple
          aria-label={m.import_choose()}
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => {
            void take(chosenFiles(event.target.files));
            // The same file may be chosen again.
            event.target.value = '';
          }}
        />
      </div>
      <AddressForm onMade={onMade} />
    </div>
  );
}

function AddressForm({ onMade }: { onMade: (session: { id: string }) => void }) {
  const [url, setUrl] = useState('');
  const create = trpc.imports.create.useMutation({ onSuccess: onMade, onError: toastError });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const typed = url.trim();
    create.mutate({ url: /^https?:\/\//i.test(typed) ? typed : `https://${typed}` });
  };
  return (
    <form onSubmit={submit} className="flex items-start gap-2">
      <div className="min-w-0 flex-1">
        <TextField
          label={m.import_url()}
          hint={m.import_url_hint()}
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://"
        />
      </div>
      <Button
        type="submit"
        className="mt-6.5 h-10 max-md:h-11"
        disabled={url.trim() === ''}
        isBusy={create.isPending}
      >
        {m.import_url_action()}
      </Button>
    </form>
  );
}
