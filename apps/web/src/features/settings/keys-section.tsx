import type { ApiKey } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { dateText, fullTime, relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { accessText } from './key-access.js';
import { NewKeyDialog } from './new-key-dialog.js';
import { Section } from './section.js';

/** Keys that let programs in, with what each may do. */
export function KeysSection() {
  const [isMaking, setIsMaking] = useState(false);
  const query = trpc.apiKeys.list.useQuery();
  return (
    <Section title={m.keys_title()} hint={m.keys_hint()}>
      <div>
        <Button onClick={() => setIsMaking(true)}>{m.keys_new()}</Button>
      </div>
      {query.isPending && (
        <Loading>
          <Skeleton className="h-14 w-full" />
        </Loading>
      )}
      {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-sm text-ink-3">{m.keys_none()}</p>}
      <ul className="divide-y divide-line">
        {query.data?.map((one) => (
          <KeyRow key={one.id} apiKey={one} />
        ))}
      </ul>
      {isMaking && <NewKeyDialog onClose={() => setIsMaking(false)} />}
    </Section>
  );
}

function KeyRow({ apiKey }: { apiKey: ApiKey }) {
  const [isAsking, setIsAsking] = useState(false);
  const { name, prefix, status, scopes, lastUsedAt, expiresAt } = apiKey;
  return (
    <li className="flex items-start gap-3.5 py-3">
      <KeyRound aria-hidden className="mt-0.5 size-5 shrink-0 stroke-[1.6] text-ink-3" />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span className="min-w-0 break-words">{name}</span>
          {status === 'revoked' && <Badge>{m.keys_revoked()}</Badge>}
          {status === 'expired' && <Badge>{m.keys_expired()}</Badge>}
        </p>
        <p className="text-[0.8125rem] text-ink-2">{accessText(scopes)}</p>
        <p className="flex flex-wrap gap-x-3 text-[0.8125rem] text-ink-3">
          <code className="font-mono">{prefix}…</code>
          {lastUsedAt ? (
            <span title={fullTime(lastUsedAt)}>
              {m.keys_used({ time: relativeTime(lastUsedAt) })}
            </span>
          ) : (
            <span>{m.keys_unused()}</span>
          )}
          {status === 'live' && (
            <span>
              {expiresAt ? m.keys_until({ date: dateText(expiresAt) }) : m.keys_for_good()}
            </span>
          )}
        </p>
      </div>
      {status === 'live' && (
        <Button
          size="sm"
          aria-label={m.keys_revoke_one({ name })}
          onClick={() => setIsAsking(true)}
        >
          {m.keys_revoke()}
        </Button>
      )}
      {isAsking && <RevokeDialog apiKey={apiKey} onClose={() => setIsAsking(false)} />}
    </li>
  );
}

function RevokeDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const utils = trpc.useUtils();
  const revoke = trpc.apiKeys.revoke.useMutation({
    onSuccess: onClose,
    onError: toastError,
    onSettled: () => utils.apiKeys.list.invalidate(),
  });
  return (
    <ConfirmDialog
      onClose={onClose}
      title={m.keys_revoke_one({ name: apiKey.name })}
      description={m.keys_revoke_text()}
      confirmLabel={m.keys_revoke()}
      isBusy={revoke.isPending}
      onConfirm={() => revoke.mutate({ id: apiKey.id })}
    />
  );
}
