import type { Entitlement, PlanPeriod } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { type FormEvent, useState } from 'react';
import { fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { TextField } from '../../ui/field.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { PERIOD } from '../billing/billing-words.js';
import { PlanFields } from './plan-fields.js';

interface GrantsDialogProps {
  userId: string;
  name: string;
  onClose: () => void;
}

/** The terms that somebody was given, and one more by hand. */
export function GrantsDialog({ userId, name, onClose }: GrantsDialogProps) {
  const query = trpc.admin.entitlements.list.useQuery({ userId });
  return (
    <Dialog isOpen onClose={onClose} title={m.shop_grants_title({ name })}>
      <div className="grid gap-6">
        <GrantForm userId={userId} />
        {query.isPending && (
          <Loading>
            <Skeleton className="h-16 w-full" />
          </Loading>
        )}
        {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
        {query.data?.length === 0 && <p className="text-sm text-ink-3">{m.shop_grants_none()}</p>}
        {query.data && query.data.length > 0 && (
          <ul className="divide-y divide-line border-y border-line">
            {query.data.map((one) => (
              <GrantRow key={one.id} grant={one} />
            ))}
          </ul>
        )}
      </div>
    </Dialog>
  );
}

const SOURCE: Record<Entitlement['source'], () => string> = {
  order: m.shop_source_order,
  code: m.shop_source_code,
  grant: m.shop_source_grant,
};

function GrantRow({ grant }: { grant: Entitlement }) {
  const utils = trpc.useUtils();
  const [isAsking, setIsAsking] = useState(false);
  const revoke = trpc.admin.entitlements.revoke.useMutation({
    onError: toastError,
    onSettled: () => utils.admin.entitlements.list.invalidate(),
  });
  const { id, planName, period, source, reason, grantedAt, revokedAt } = grant;
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 py-3">
      <div className="min-w-0 flex-1 basis-44">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {m.checkout_what({ plan: planName, period: PERIOD[period]() })}
          {revokedAt && <Badge>{m.shop_grant_revoked()}</Badge>}
        </p>
        <p className="text-[0.8125rem] text-ink-3">
          {SOURCE[source]()} · {fullTime(grantedAt)}
          {reason && ` · ${reason}`}
        </p>
      </div>
      {!revokedAt && (
        <Button
          size="sm"
          variant="dangerOutline"
          isBusy={revoke.isPending}
          onClick={() => (isAsking ? revoke.mutate({ id }) : setIsAsking(true))}
          onBlur={() => setIsAsking(false)}
        >
          {isAsking ? m.shop_grant_revoke_sure() : m.shop_grant_revoke()}
        </Button>
      )}
    </li>
  );
}

function GrantForm({ userId }: { userId: string }) {
  const utils = trpc.useUtils();
  const [planId, setPlanId] = useState('');
  const [period, setPeriod] = useState<PlanPeriod>('month');
  const [reason, setReason] = useState('');
  const [isTried, setIsTried] = useState(false);
  const grant = trpc.admin.entitlements.grant.useMutation({
    onSuccess: () => {
      setReason('');
      setIsTried(false);
    },
    onError: toastError,
    onSettled: () => utils.admin.entitlements.list.invalidate(),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (planId === '' || reason.trim() === '') return;
    grant.mutate({ userId, planId, period, reason: reason.trim() });
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <PlanFields
        planId={planId}
        period={period}
        error={isTried && planId === '' ? m.shop_needed() : null}
        onPlan={setPlanId}
        onPeriod={setPeriod}
      />
      <TextField
        label={m.shop_reason()}
        hint={m.shop_grant_hint()}
        value={reason}
        maxLength={200}
        error={isTried && reason.trim() === '' ? m.shop_needed() : null}
        onChange={(event) => setReason(event.target.value)}
      />
      <div>
        <Button type="submit" variant="primary" isBusy={grant.isPending}>
          {m.shop_grant()}
        </Button>
      </div>
    </form>
  );
}
