import type { ImportSession, ImportUpload } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useApp } from '../../app-context.js';
import { bytesText } from '../../lib/bytes.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { UploadRefused } from '../editor/uploads/upload-file.js';
import { Bar } from './bar.js';
import { sendingProblem } from './import-words.js';
import { FileChanged, sendInParts } from './upload-in-parts.js';

/** Files of this tab by the imports that wait for them; a browser forgets them when the page is left. */
export const waitingFiles = new Map<string, File>();

type State =
  | { kind: 'sending' }
  | { kind: 'waiting' }
  | { kind: 'paused' }
  /** No file, or none that can be sent: it has to be chosen, again. */
  | { kind: 'unchosen'; problem: string | null };

/** A file on its way: how far it is, and what goes on with it when it was interrupted. */
export function UploadPanel({ session, upload }: { session: ImportSession; upload: ImportUpload }) {
  const { id, sourceName } = session;
  const { size } = upload;
  const app = useApp();
  const utils = trpc.useUtils();
  const navigate = useNavigate();
  const [state, setState] = useState<State>(
    waitingFiles.has(id) ? { kind: 'sending' } : { kind: 'unchosen', problem: null },
  );
  const [sent, setSent] = useState(upload.received);
  const input = useRef<HTMLInputElement>(null);
  const isActive = state.kind === 'sending' || state.kind === 'waiting';

  useEffect(() => {
    const file = waitingFiles.get(id);
    if (!isActive || !file) return;
    const controller = new AbortController();
    const { signal } = controller;
    sendInParts(
      app,
      { id, file },
      {
        signal,
        onProgress: setSent,
        onWaiting: (isWaiting) => setState({ kind: isWaiting ? 'waiting' : 'sending' }),
      },
    ).then(
      () => {
        waitingFiles.delete(id);
        void utils.imports.invalidate();
      },
      (error: unknown) => {
        if (signal.aborted) return;
        waitingFiles.delete(id);
        const problem =
          error instanceof FileChanged
            ? m.import_upload_changed()
            : sendingProblem(error instanceof UploadRefused ? error.code : 'internal');
        setState({ kind: 'unchosen', problem });
      },
    );
    return () => controller.abort();
  }, [app, id, isActive, utils]);

  const remove = trpc.imports.remove.useMutation({
    onSuccess: () => {
      waitingFiles.delete(id);
      void utils.imports.list.invalidate();
      void navigate({ to: '/import', search: {} });
    },
    onError: toastError,
  });
  function choose(file: File | undefined): void {
    if (!file) return;
    // Parts of two files would be none.
    if (file.size !== size) {
      const problem = m.import_upload_other({ name: sourceName, size: bytesText(size) });
      setState({ kind: 'unchosen', problem });
    } else {
      waitingFiles.set(id, file);
      setState({ kind: 'sending' });
    }
  }

  const text = m.import_upload_progress({ done: bytesText(sent), total: bytesText(size) });
  return (
    <div className="grid gap-3">
      <div className="grid gap-1.5">
        <Bar share={sent / size} label={text} />
        <p className="text-[0.8125rem] text-ink-3 tabular-nums">{text}</p>
      </div>
      <div role="status" className="text-sm text-ink-2 empty:hidden">
        {state.kind === 'waiting' && m.import_upload_waiting()}
        {state.kind === 'unchosen' &&
          state.problem === null &&
          m.import_upload_again({ name: sourceName })}
      </div>
      {state.kind === 'unchosen' && state.problem !== null && (
        <p role="alert" className="text-sm text-danger">
          {state.problem}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {state.kind === 'unchosen' && (
          <Button variant="primary" onClick={() => input.current?.click()}>
            {m.import_upload_choose()}
          </Button>
        )}
        {isActive && (
          <Button onClick={() => setState({ kind: 'paused' })}>{m.import_upload_pause()}</Button>
        )}
        {state.kind === 'paused' && (
          <Button variant="primary" onClick={() => setState({ kind: 'sending' })}>
            {m.import_upload_resume()}
          </Button>
        )}
        <Button variant="ghost" isBusy={remove.isPending} onClick={() => remove.mutate({ id })}>
          {m.import_upload_cancel()}
        </Button>
      </div>
      <input
        ref={input}
        type="file"
        aria-label={m.import_upload_choose()}
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          choose(event.target.files?.[0]);
          // The same file may be chosen again.
          event.target.value = '';
        }}
      />
    </div>
  );
}
