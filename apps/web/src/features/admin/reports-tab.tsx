import type { Report } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Flag } from 'lucide-react';
import { useState } from 'react';
import { reportReason } from '../../lib/report-words.js';
import { relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';

/** What readers complained about. */
export function ReportsTab() {
  const [shown, setShown] = useState<'open' | 'all'>('open');
  const query = trpc.admin.reports.list.useInfiniteQuery(
    { limit: 50, ...(shown === 'open' ? { status: 'open' } : {}) },
    { getNextPageParam: (page) => page.nextCursor },
  );
  return (
    <div className="grid gap-6">
      <Choice
        label={m.admin_reports()}
        value={shown}
        onChange={setShown}
        options={[
          { value: 'open', label: m.admin_report_open() },
          { value: 'all', label: m.admin_report_all() },
        ]}
      />
      <PagedList
        query={query}
        empty={
          <EmptyState icon={<Flag />} title={m.admin_no_reports()}>
            {m.admin_no_reports_text()}
          </EmptyState>
        }
      >
        {(report) => <ReportRow key={report.id} report={report} />}
      </PagedList>
    </div>
  );
}

function ReportRow({ report }: { report: Report }) {
  const utils = trpc.useUtils();
  const options = { onError: toastError, onSettled: () => utils.admin.reports.list.invalidate() };
  const resolve = trpc.admin.reports.resolve.useMutation(options);
  const unblock = trpc.admin.reports.unblock.useMutation(options);
  const { id, article } = report;
  return (
    <li className="grid gap-2 py-4">
      <p className="flex flex-wrap items-center gap-2 text-sm">
        <a
          href={article.url}
          target="_blank"
          rel="noreferrer"
          className="font-medium hover:text-accent"
        >
          {article.title || m.article_untitled()}
        </a>
        <Badge tone={report.status === 'open' ? 'warn' : undefined}>
          {reportReason(report.reason)}
        </Badge>
        {article.isBlocked && <Badge>{m.admin_report_blocked()}</Badge>}
      </p>
      {report.detail && <p className="text-sm whitespace-pre-wrap break-words">{report.detail}</p>}
      <p className="flex flex-wrap gap-x-3 text-[0.8125rem] text-ink-3">
        <span>{m.admin_report_by({ handle: article.authorHandle })}</span>
        {report.contact && <span>{m.admin_report_contact({ contact: report.contact })}</span>}
        <time dateTime={report.createdAt.toISOString()}>{relativeTime(report.createdAt)}</time>
      </p>
      <div className="flex flex-wrap gap-2">
        {report.status === 'open' && (
          <>
            <Button
              size="sm"
              isBusy={resolve.isPending}
              onClick={() => resolve.mutate({ id, action: 'dismiss' })}
            >
              {m.admin_report_dismiss()}
            </Button>
            <Button
              size="sm"
              variant="dangerOutline"
              isBusy={resolve.isPending}
              onClick={() => resolve.mutate({ id, action: 'block' })}
            >
              {m.admin_report_block()}
            </Button>
          </>
        )}
        {article.isBlocked && (
          <Button
            size="sm"
            isBusy={unblock.isPending}
            onClick={() => unblock.mutate({ articleId: article.id })}
          >
            {m.admin_report_unblock()}
          </Button>
        )}
      </div>
    </li>
  );
}
