import type { CodeBatch } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Tickets } from 'lucide-react';
import { useState } from 'react';
import { downloadText } from '../../lib/download.js';
import { dateText, fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { PERIOD } from '../billing/billing-words.js';
import { CodesForm } from './codes-form.js';

/** Redemption codes: made, handed out as a file, ended. */
export function CodesTab() {
  const query = trpc.admin.codes.list.useInfiniteQuery(
    { limit: 50 },
    { getNextPageParam: (page) => page.nextCursor },
  );
  return (
    <div className="grid gap-6">
      <CodesForm />
      <PagedList
        query={query}
        empty={
          <EmptyState icon={<Tickets />} title={m.shop_codes_none()}>
            {m.shop_codes_none_text()}
          </EmptyState>
        }
      >
        {(batch) => <BatchRow key={batch.id} batch={batch} />}
      </PagedList>
    </div>
  );
}

function BatchRow({ batch }: { batch: CodeBatch }) {
  const utils = trpc.useUtils();
  const [isEnding, setIsEnding] = useState(false);
  const download = trpc.admin.codes.export.useMutation({
    onSuccess: ({ fileName, csv }) => downloadText(fileName, csv),
    onError: toastError,
  });
  const revoke = trpc.admin.codes.revoke.useMutation({
    onError: toastError,
    onSettled: () => {
      setIsEnding(false);
      return utils.admin.codes.list.invalidate();
    },
  });
  const { id, revokedAt, expiresAt } = batch;
  const isOver = revokedAt !== null || expiresAt.getTime() <= Date.now();
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3.5">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {m.checkout_what({ plan: batch.planName, period: PERIOD[batch.period]() })}
          {isOver && (
            <Badge>{revokedAt ? m.shop_codes_revoked() : m.admin_invitation_expired()}</Badge>
          )}
          {batch.note && <span className="font-normal text-ink-2">{batch.note}</span>}
        </p>
        <p className="text-[0.8125rem] text-ink-3">
          {m.shop_codes_used({ used: batch.redeemedCount, total: batch.codeCount })} ·{' '}
          {m.shop_codes_until({ date: dateText(expiresAt) })} ·{' '}
          {m.shop_codes_made_on({ date: fullTime(batch.createdAt) })}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        <Button size="sm" isBusy={download.isPending} onClick={() => download.mutate({ id })}>
          {m.shop_codes_download()}
        </Button>
        {!isOver && batch.redeemedCount < batch.codeCount && (
          <Button size="sm" variant="dangerOutline" onClick={() => setIsEnding(true)}>
            {m.shop_codes_revoke()}
          </Button>
        )}
      </div>
      <ConfirmDialog
        isOpen={isEnding}
        onClose={() => setIsEnding(false)}
        title={m.shop_codes_revoke_title()}
        description={m.shop_codes_revoke_text({ count: batch.codeCount - batch.redeemedCount })}
        confirmLabel={m.shop_codes_revoke()}
        isBusy={revoke.isPending}
        onConfirm={() => revoke.mutate({ id })}
      />
    </li>
  );
}
