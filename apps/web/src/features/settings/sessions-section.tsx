import type { Session } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Laptop, Smartphone } from 'lucide-react';
import { useApp } from '../../app-context.js';
import { fullTime, relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { deviceName } from './device-name.js';
import { Section } from './section.js';

export function SessionsSection() {
  const { session, sync } = useApp();
  const utils = trpc.useUtils();
  const query = trpc.auth.listSessions.useQuery();
  const revoke = trpc.auth.revokeSession.useMutation({
    async onMutate({ id }) {
      await utils.auth.listSessions.cancel();
      const before = utils.auth.listSessions.getData();
      utils.auth.listSessions.setData(undefined, (all) => all?.filter((one) => one.id !== id));
      return { before };
    },
    onError(error, _input, context) {
      utils.auth.listSessions.setData(undefined, context?.before);
      toastError(error);
    },
    onSettled: () => utils.auth.listSessions.invalidate(),
  });
  const everywhere = trpc.auth.logoutEverywhere.useMutation({
    onSuccess: () => session.dropped(),
    onError: toastError,
  });
  return (
    <Section title={m.settings_sessions()} hint={m.settings_sessions_hint()}>
      {query.isPending && (
        <Loading>
          <Skeleton className="h-14 w-full" />
        </Loading>
      )}
      {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
      <ul className="divide-y divide-line">
        {query.data?.map((one) => (
          <SessionRow key={one.id} session={one} onRevoke={() => revoke.mutate({ id: one.id })} />
        ))}
      </ul>
      <div>
        <Button
          isBusy={everywhere.isPending}
          onClick={() => void sync.settleAll().then(() => everywhere.mutate())}
        >
          {m.settings_sign_out_everywhere()}
        </Button>
      </div>
    </Section>
  );
}

function SessionRow({ session, onRevoke }: { session: Session; onRevoke: () => void }) {
  const isPhone = /Mobi|Android|iPhone/.test(session.userAgent);
  const Icon = isPhone ? Smartphone : Laptop;
  return (
    <li className="flex items-center gap-3.5 py-3">
      <Icon aria-hidden className="size-5 shrink-0 stroke-[1.6] text-ink-3" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm" title={session.userAgent}>
          {deviceName(session.userAgent) || m.settings_device_unknown()}
          {session.isCurrent && <Badge tone="good">{m.settings_this_device()}</Badge>}
        </p>
        <p className="text-[0.8125rem] text-ink-3">
          {session.ip} ·{' '}
          <time dateTime={session.lastUsedAt.toISOString()} title={fullTime(session.lastUsedAt)}>
            {relativeTime(session.lastUsedAt)}
          </time>
        </p>
      </div>
      {!session.isCurrent && (
        <Button size="sm" onClick={onRevoke}>
          {m.settings_revoke()}
        </Button>
      )}
    </li>
  );
}
