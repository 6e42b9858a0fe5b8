import type { ImportSession } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { useEffect, useState } from 'react';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { useNotebooks } from '../notebooks/notebook-hooks.js';
import { NotebookPicker } from '../notebooks/notebook-picker.js';
import { Bar } from './bar.js';
import { ImportItems } from './import-items.js';
import { failureText, PROGRAM, statusText } from './import-words.js';
import { UploadPanel } from './upload-panel.js';

/** While a job is at work its session is asked for again and again. */
const POLL_MS = 1_000;
const WORKING = new Set<ImportSession['status']>(['receiving', 'reading', 'running', 'undoing']);

export function ImportSessionView({ id }: { id: string }) {
  const query = trpc.imports.get.useQuery(
    { id },
    {
      refetchInterval: ({ state }) =>
        state.data && WORKING.has(state.data.status) ? POLL_MS : false,
    },
  );
  return (
    <div className="grid gap-6">
      <Link
        to="/import"
        search={{}}
        className="flex w-fit items-center gap-1.5 text-sm text-ink-2 hover:text-ink max-md:min-h-11"
      >
        <ArrowLeft aria-hidden className="size-4" />
        {m.import_back()}
      </Link>
      {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
      {query.isPending && (
        <Loading>
          <Skeleton className="h-24 w-full" />
        </Loading>
      )}
      {query.data && <Ready session={query.data} />}
    </div>
  );
}

function Ready({ session }: { session: ImportSession }) {
  const utils = trpc.useUtils();
  const { status, program, sourceName, failure, readCount, upload } = session;
  const isUploading = upload !== null && upload.received < upload.size;
  // The list of items is old as soon as the session has moved.
  useEffect(() => {
    if (status !== 'receiving') void utils.imports.items.invalidate({ id: session.id });
    if (status === 'done' || status === 'undone') {
      void utils.notebooks.invalidate();
      void utils.articles.invalidate();
    }
  }, [utils, session.id, status]);
  return (
    <>
      <header className="grid gap-3">
        <div>
          <h2 className="text-lg font-semibold break-words">{sourceName}</h2>
          <p role="status" className="text-sm text-ink-3">
            {[statusText(session), program && PROGRAM[program]()].filter(Boolean).join(' · ')}
          </p>
        </div>
        <Progress session={session} />
        {status === 'failed' && <p className="text-sm text-danger">{failureText(failure)}</p>}
      </header>
      {isUploading && <UploadPanel key={session.id} session={session} upload={upload} />}
      <Actions session={session} isUploading={isUploading} />
      {readCount > 0 && status !== 'reading' && <ImportItems session={session} />}
    </>
  );
}

function Progress({ session }: { session: ImportSession }) {
  const { status, readCount, totalCount, counts } = session;
  const total = totalCount ?? 0;
  if (status === 'reading' && total > 0) {
    const text = m.import_read_progress({ done: readCount, total });
    return <Labelled share={readCount / total} text={text} />;
  }
  if (status !== 'running' && status !== 'paused') return null;
  const done = total - counts.pending;
  const text = m.import_run_progress({ done, total });
  return <Labelled share={total > 0 ? done / total : 0} text={text} />;
}

function Labelled({ share, text }: { share: number; text: string }) {
  return (
    <div className="grid gap-1.5">
      <Bar share={share} label={text} />
      <p className="text-[0.8125rem] text-ink-3 tabular-nums">{text}</p>
    </div>
  );
}

/** What can be done with an import now; an upload has buttons of its own. */
function Actions({ session, isUploading }: { session: ImportSession; isUploading: boolean }) {
  const { id, status, counts } = session;
  const utils = trpc.useUtils();
  const navigate = useNavigate();
  const options = {
    onSuccess: (changed: ImportSession) => utils.imports.get.setData({ id }, changed),
    onError: toastError,
    onSettled: () => utils.imports.invalidate(),
  };
  const pause = trpc.imports.pause.useMutation(options);
  const resume = trpc.imports.resume.useMutation(options);
  const undo = trpc.imports.undo.useMutation(options);
  const remove = trpc.imports.remove.useMutation({
    onSuccess: () => {
      void utils.imports.list.invalidate();
      void navigate({ to: '/import', search: {} });
    },
    onError: toastError,
  });
  const [asked, setAsked] = useState<'undo' | 'remove' | null>(null);
  const isUndo = asked === 'undo';
  const canUndo = status === 'done' || status === 'paused';
  const isComing = status === 'reading' || status === 'receiving';
  const canRemove = !isComing && status !== 'running' && status !== 'undoing';
  const confirm = () => {
    if (isUndo) undo.mutate({ id });
    else remove.mutate({ id });
    setAsked(null);
  };
  return (
    <div className="flex flex-wrap items-center gap-2">
      {status === 'ready' && <Start session={session} />}
      {status === 'running' && (
        <Button isBusy={pause.isPending} onClick={() => pause.mutate({ id })}>
          {m.import_pause()}
        </Button>
      )}
      {status === 'paused' && (
        <Button variant="primary" isBusy={resume.isPending} onClick={() => resume.mutate({ id })}>
          {m.import_resume()}
        </Button>
      )}
      {canUndo && counts.accepted > 0 && (
        <Button isBusy={undo.isPending} onClick={() => setAsked('undo')}>
          {m.import_undo()}
        </Button>
      )}
      {isComing && !isUploading && (
        <Button variant="ghost" isBusy={remove.isPending} onClick={() => remove.mutate({ id })}>
          {m.import_cancel()}
        </Button>
      )}
      {canRemove && (
        <Button variant="ghost" isBusy={remove.isPending} onClick={() => setAsked('remove')}>
          {m.import_remove()}
        </Button>
      )}
      <ConfirmDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={isUndo ? m.import_undo() : m.import_remove()}
        description={isUndo ? m.import_undo_text() : m.import_remove_text()}
        confirmLabel={isUndo ? m.import_undo() : m.import_remove()}
        variant={isUndo ? 'danger' : 'primary'}
        onConfirm={confirm}
      />
    </div>
  );
}

/** Where the notes go, and the go-ahead. */
function Start({ session }: { session: ImportSession }) {
  const { id, counts, program } = session;
  const utils = trpc.useUtils();
  const { data: notebooks = [] } = useNotebooks();
  const [target, setTarget] = useState<string | null>(null);
  const [isPicking, setIsPicking] = useState(false);
  const start = trpc.imports.start.useMutation({
    onSuccess: (changed) => utils.imports.get.setData({ id }, changed),
    onError: toastError,
    onSettled: () => utils.imports.invalidate(),
  });
  // An archive of ours may bring notebooks and files although its notes are there.
  const hasMore = program === 'ainotebook';
  if (counts.pending === 0 && !hasMore)
    return <p className="text-sm text-ink-2">{m.import_nothing()}</p>;
  const name = notebooks.find((notebook) => notebook.id === target)?.name;
  return (
    <>
      <Button onClick={() => setIsPicking(true)} className="max-w-full">
        <span className="truncate">
          {m.import_target_place({ name: name ?? m.import_target_root() })}
        </span>
      </Button>
      <Button
        variant="primary"
        isBusy={start.isPending}
        onClick={() => start.mutate({ id, notebookId: target })}
      >
        {counts.pending > 0 ? m.import_start({ count: counts.pending }) : m.import_start_rest()}
      </Button>
      <NotebookPicker
        isOpen={isPicking}
        onClose={() => setIsPicking(false)}
        title={m.import_target()}
        notebooks={notebooks}
        value={target}
        rootLabel={m.import_target_root()}
        onPick={setTarget}
      />
    </>
  );
}
