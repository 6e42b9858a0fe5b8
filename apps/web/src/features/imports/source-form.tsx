import type { ImportSession } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { FileUp } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useApp } from '../../app-context.js';
import { errorInfo } from '../../lib/errors.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { TextField } from '../../ui/field.js';
import { sendFile, UploadRefused } from '../editor/uploads/upload-file.js';
import { Bar } from './bar.js';
import { sendingProblem } from './import-words.js';
import { IN_PARTS_BYTES } from './upload-in-parts.js';
import { chosenFiles } from './upload-panel.js';

/** What is being sent, and what went wrong with it. */
type Sending =
  | { kind: 'idle' }
  | { kind: 'sending'; name: string; share: number }
  | { kind: 'failed'; code: UploadRefused['code'] };

/** Takes a source: a file that is chosen or dropped, or an address. */
export function SourceForm({ onMade }: { onMade: (session: { id: string }) => void }) {
  const { session, api } = useApp();
  const [sending, setSending] = useState<Sending>({ kind: 'idle' });
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);

  async function send(file: File | undefined): Promise<void> {
    if (!file || sending.kind === 'sending') return;
    const given = new AbortController();
    controller.current = given;
    const { name } = file;
    setSending({ kind: 'sending', name, share: 0 });
    try {
      const onProgress = (share: number) => setSending({ kind: 'sending', name, share });
      const options = { onProgress, signal: given.signal };
      if (file.size > IN_PARTS_BYTES) {
        const made = await api.imports.receive.mutate({ name, size: file.size }, given);
        chosenFiles.set(made.id, file);
        return onMade(made);
      }
      onMade(await sendFile<ImportSession>(session, { path: '/api/imports', file }, options));
    } catch (error) {
      if (given.signal.aborted) return setSending({ kind: 'idle' });
      setSending({
        kind: 'failed',
        code: error instanceof UploadRefused ? error.code : errorInfo(error).code,
      });
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
          void send(event.dataTransfer.files[0]);
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
              <p role="alert" className="text-sm text-danger">
                {sendingProblem(sending.code)}
              </p>
            )}
          </>
        )}
        <input
          ref={input}
          type="file"
          aria-label={m.import_choose()}
          tabIndex={-1}
          className="sr-only"
          onChange={(event) => {
            void send(event.target.files?.[0]);
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
