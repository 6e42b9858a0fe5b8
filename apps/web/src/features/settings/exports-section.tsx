import type { Export } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Download, Package, PackageX, Trash2, X } from 'lucide-react';
import { bytesText } from '../../lib/bytes.js';
import { errorInfo } from '../../lib/errors.js';
import { fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button, IconButton } from '../../ui/button.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { toast } from '../../ui/toast.js';
import { Section } from './section.js';

const POLL_MS = 1500;
const isUnderWay = ({ status }: Export) => status === 'waiting' || status === 'running';

/** Takes everything along, and shows what was packed. */
export function ExportsSection() {
  const utils = trpc.useUtils();
  const query = trpc.exports.list.useQuery(undefined, {
    refetchInterval: ({ state }) => (state.data?.items.some(isUnderWay) ? POLL_MS : false),
  });
  const create = trpc.exports.create.useMutation({
    onError: (error) => {
      if (errorInfo(error).code === 'limit_reached') toast(m.exports_busy());
      else toastError(error);
    },
    onSettled: () => utils.exports.invalidate(),
  });
  const items = query.data?.items ?? [];
  const isBusy = create.isPending || items.some(isUnderWay);
  return (
    <Section title={m.exports_title()} hint={m.exports_hint()}>
      <div className="flex flex-wrap gap-2">
        <Button
          variant="primary"
          disabled={isBusy}
          onClick={() => create.mutate({ kind: 'everything' })}
        >
          {m.exports_everything()}
        </Button>
        <Button disabled={isBusy} onClick={() => create.mutate({ kind: 'account' })}>
          {m.exports_account()}
        </Button>
      </div>
      <p className="text-[0.8125rem] text-ink-3">{m.exports_account_hint()}</p>
      {query.isPending && (
        <Loading>
          <Skeleton className="h-12 w-full" />
        </Loading>
      )}
      {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
      {query.isSuccess && items.length === 0 && (
        <p className="text-sm text-ink-3">{m.exports_none()}</p>
      )}
      {items.length > 0 && (
        <ul className="divide-y divide-line border-y border-line">
          {items.map((item) => (
            <ExportRow key={item.id} item={item} />
          ))}
        </ul>
      )}
    </Section>
  );
}

function ExportRow({ item }: { item: Export }) {
  const utils = trpc.useUtils();
  const remove = trpc.exports.remove.useMutation({
    onError: toastError,
    onSettled: () => utils.exports.invalidate(),
  });
  const { id, name, url } = item;
  const Icon = item.status === 'failed' ? PackageX : Package;
  return (
    <li className="flex items-center gap-3 py-3">
      <Icon aria-hidden className="size-5 shrink-0 stroke-[1.6] text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{name}</p>
        <p role="status" className="text-[0.8125rem] text-ink-3">
          {stateText(item)}
        </p>
        {isUnderWay(item) && <Bar item={item} />}
      </div>
      {url && (
        <a
          href={url}
          download={name}
          aria-label={m.exports_download({ name })}
          className="inline-flex items-center gap-1.5 rounded-md px-2.5 py-1.5 text-sm text-accent hover:bg-paper-3 max-md:min-h-11"
        >
          <Download aria-hidden className="size-4" />
          <span className="max-sm:sr-only">{m.common_download()}</span>
        </a>
      )}
      <IconButton
        label={isUnderWay(item) ? m.exports_cancel() : m.exports_remove({ name })}
        disabled={remove.isPending}
        onClick={() => remove.mutate({ id })}
      >
        {isUnderWay(item) ? <X /> : <Trash2 />}
      </IconButton>
    </li>
  );
}

function stateText({ status, size, expiresAt, progress }: Export): string {
  switch (status) {
    case 'waiting':
      return m.exports_waiting();
    case 'running':
      if (!progress?.total) return m.exports_started();
      return m.exports_running({ done: progress.done, total: progress.total });
    case 'ready':
      return m.exports_ready({ size: bytesText(size ?? 0), time: fullTime(expiresAt) });
    case 'failed':
      return m.exports_failed();
  }
}

function Bar({ item: { progress } }: { item: Export }) {
  const share = progress?.total ? Math.min(100, (progress.done / progress.total) * 100) : 0;
  return (
    <div
      role="progressbar"
      aria-label={m.exports_progress()}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share)}
      className="mt-2 h-1.5 overflow-hidden rounded-full bg-paper-3"
    >
      <div
        className="h-full min-w-1 rounded-full bg-accent transition-[width]"
        style={{ width: `${share}%` }}
      />
    </div>
  );
}
