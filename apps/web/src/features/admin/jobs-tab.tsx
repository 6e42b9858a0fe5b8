import type { DeadLetter, JobCounts } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { CircleCheck } from 'lucide-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../lib/lazy-part.js';
import { relativeTime, shortDuration } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { Loaded } from '../../ui/loaded.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState, Skeleton } from '../../ui/states.js';

const RunningJobs = lazyPart('RunningJobs', () => import('./running-jobs.js'));

const POLL_MS = 5000;

/** Work in the background: how much there is, what is under way, and what failed for good. */
export function JobsTab() {
  const counts = trpc.admin.jobs.counts.useQuery(undefined, { refetchInterval: POLL_MS });
  const failed = trpc.admin.jobs.listFailed.useInfiniteQuery(
    { limit: 30 },
    { getNextPageParam: (page) => page.nextCursor },
  );
  return (
    <div className="grid gap-8">
      <Loaded query={counts} skeleton={<Skeleton className="h-16 w-full" />}>
        {(numbers) => <Counts {...numbers} />}
      </Loaded>
      <Suspense>
        <RunningJobs />
      </Suspense>
      <section className="grid gap-2">
        <h2 className="font-semibold">{m.admin_jobs_failed_title()}</h2>
        <PagedList
          query={failed}
          empty={
            <EmptyState icon={<CircleCheck />} title={m.admin_jobs_none_failed()}>
              {m.admin_jobs_none_failed_text()}
            </EmptyState>
          }
        >
          {(deadLetter) => <FailedRow key={deadLetter.id} {...deadLetter} />}
        </PagedList>
      </section>
    </div>
  );
}

function Counts({ waiting, running, failed, oldestWaitingMs }: JobCounts) {
  const figures = [
    [m.admin_jobs_waiting(), waiting],
    [m.admin_jobs_running(), running],
    [m.admin_jobs_failed(), failed],
    [m.admin_jobs_oldest(), oldestWaitingMs > 0 ? shortDuration(oldestWaitingMs) : '—'],
  ] as const;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-5 md:grid-cols-4">
      {figures.map(([name, value]) => (
        <div key={name} className="flex flex-col-reverse">
          <dt className="text-[0.8125rem] text-ink-3">{name}</dt>
          <dd className="text-2xl font-semibold tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function FailedRow({ id, topic, attempts, error, createdAt }: DeadLetter) {
  const utils = trpc.useUtils();
  const [isAsking, setIsAsking] = useState(false);
  const options = { onError: toastError, onSettled: () => utils.admin.jobs.invalidate() };
  const retry = trpc.admin.jobs.retry.useMutation(options);
  const discard = trpc.admin.jobs.discard.useMutation(options);
  return (
    <li className="grid gap-2 py-4">
      <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1 text-sm">
        <span className="font-mono font-medium">{topic}</span>
        <span className="text-[0.8125rem] text-ink-3">{m.admin_jobs_attempts({ attempts })}</span>
        <time dateTime={createdAt.toISOString()} className="text-[0.8125rem] text-ink-3">
          {relativeTime(createdAt)}
        </time>
      </p>
      <p className="line-clamp-3 text-sm break-words text-ink-2" title={error}>
        {error}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" isBusy={retry.isPending} onClick={() => retry.mutate({ id })}>
          {m.admin_jobs_retry()}
        </Button>
        <Button size="sm" variant="dangerOutline" onClick={() => setIsAsking(true)}>
          {m.admin_jobs_discard()}
        </Button>
      </div>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={m.admin_jobs_discard_title()}
        description={m.admin_jobs_discard_text()}
        confirmLabel={m.admin_jobs_discard()}
        isBusy={discard.isPending}
        onConfirm={() => discard.mutate({ id }, { onSettled: () => setIsAsking(false) })}
      />
    </li>
  );
}
