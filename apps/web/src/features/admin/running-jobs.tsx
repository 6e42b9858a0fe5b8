import type { RunningJob } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { relativeTime } from '../../lib/time.js';
import { trpc } from '../../trpc.js';

const POLL_MS = 5000;

/** What is being done right now, and how far it is; nothing while nothing is. */
export function RunningJobs() {
  const running = trpc.admin.jobs.listRunning.useQuery(undefined, { refetchInterval: POLL_MS });
  if (!running.data?.length) return null;
  return (
    <section className="grid gap-2">
      <h2 className="font-semibold">{m.admin_jobs_running_title()}</h2>
      <ul className="divide-y divide-line">
        {running.data.map((job) => (
          <RunningRow key={job.id} {...job} />
        ))}
      </ul>
    </section>
  );
}

function RunningRow({ topic, attempt, progress, startedAt }: RunningJob) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-3 text-sm">
      <span className="font-mono font-medium">{topic}</span>
      {attempt > 1 && (
        <span className="text-[0.8125rem] text-ink-3">
          {m.admin_jobs_attempts({ attempts: attempt })}
        </span>
      )}
      <time dateTime={startedAt.toISOString()} className="text-[0.8125rem] text-ink-3">
        {relativeTime(startedAt)}
      </time>
      {progress && (
        <span className="ml-auto text-ink-2 tabular-nums">{progressText(progress)}</span>
      )}
    </li>
  );
}

function progressText({ done, total }: NonNullable<RunningJob['progress']>): string {
  const { format } = new Intl.NumberFormat(getLocale());
  return total === null ? format(done) : `${format(done)} / ${format(total)}`;
}
