import type { Share } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { Choice } from '../../ui/choice.js';
import { TextField } from '../../ui/field.js';
import { copyLink } from './publish-hooks.js';

const DAYS = ['forever', '7', '30'] as const;

/** Links that open the article for whoever holds them, published or not. */
export function ShareSection({ articleId }: { articleId: string }) {
  const utils = trpc.useUtils();
  const [isOpen, setIsOpen] = useState(false);
  const shares = trpc.shares.list.useQuery({ articleId }, { enabled: isOpen });
  const [label, setLabel] = useState('');
  const [password, setPassword] = useState('');
  const [days, setDays] = useState<(typeof DAYS)[number]>('forever');
  const create = trpc.shares.create.useMutation({
    onSuccess: () => {
      setLabel('');
      setPassword('');
    },
    onError: toastError,
    onSettled: () => utils.shares.list.invalidate({ articleId }),
  });
  return (
    <details
      className="mt-5 rounded-xl border border-line px-3.5 py-2.5"
      onToggle={(event) => setIsOpen(event.currentTarget.open)}
    >
      <summary className="cursor-pointer text-sm">{m.share_title()}</summary>
      <p className="mt-2 text-[0.8125rem] text-ink-3">{m.share_lead()}</p>
      <ul className="divide-y divide-line">
        {shares.data?.map((share) => (
          <ShareRow key={share.id} share={share} />
        ))}
      </ul>
      {create.data && (
        <div role="status" className="mt-3 grid gap-2 rounded-lg bg-accent-soft px-3 py-2.5">
          <p className="text-sm text-accent-strong">{m.share_once()}</p>
          <code className="font-mono text-xs break-all">{create.data.url}</code>
          <div>
            <Button size="sm" onClick={() => void copyLink(create.data.url)}>
              <Copy aria-hidden className="size-3.5" />
              {m.publish_copy_link()}
            </Button>
          </div>
        </div>
      )}
      <div className="mt-3 grid gap-4">
        <TextField
          label={m.share_label()}
          maxLength={LIMITS.shareLabelLength}
          value={label}
          onChange={(event) => setLabel(event.target.value)}
        />
        <TextField
          label={m.share_password()}
          autoComplete="off"
          maxLength={LIMITS.passwordMaxLength}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Choice
          label={m.share_expires()}
          value={days}
          onChange={setDays}
          options={DAYS.map((value) => ({
            value,
            label: value === 'forever' ? m.share_forever() : m.share_days({ count: value }),
          }))}
        />
        <div>
          <Button
            isBusy={create.isPending}
            onClick={() =>
              create.mutate({
                articleId,
                label,
                password: password || null,
                expiresInDays: days === 'forever' ? null : Number(days),
              })
            }
          >
            {m.share_create()}
          </Button>
        </div>
      </div>
    </details>
  );
}

function ShareRow({ share }: { share: Share }) {
  const utils = trpc.useUtils();
  const revoke = trpc.shares.revoke.useMutation({
    onError: toastError,
    onSettled: () => utils.shares.list.invalidate({ articleId: share.articleId }),
  });
  return (
    <li className="flex items-center gap-3 py-3">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          {share.label || m.share_title()}
          {share.hasPassword && <Badge>{m.share_has_password()}</Badge>}
          {share.status === 'revoked' && <Badge>{m.share_revoked()}</Badge>}
          {share.status === 'expired' && <Badge>{m.share_expired()}</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-3 text-[0.8125rem] text-ink-3">
          <span>{m.share_views({ count: share.views })}</span>
          {share.expiresAt && <span>{m.share_until({ time: fullTime(share.expiresAt) })}</span>}
        </p>
      </div>
      {share.status === 'open' && (
        <Button size="sm" isBusy={revoke.isPending} onClick={() => revoke.mutate({ id: share.id })}>
          {m.share_revoke()}
        </Button>
      )}
    </li>
  );
}
