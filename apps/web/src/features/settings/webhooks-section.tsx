import type { Webhook } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Ellipsis, KeyRound, Pencil, Power, Trash2, Webhook as WebhookIcon } from 'lucide-react';
import { useState } from 'react';
import { fullTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button, IconButton } from '../../ui/button.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';
import { Section } from './section.js';
import { EditWebhookDialog, NewWebhookDialog } from './webhook-form.js';
import { WebhookLog } from './webhook-log.js';
import { RotateDialog } from './webhook-secret.js';
import { eventText, hostOf } from './webhook-words.js';

/** Addresses that are told of what happens. */
export function WebhooksSection() {
  const [isMaking, setIsMaking] = useState(false);
  const query = trpc.webhooks.list.useQuery();
  return (
    <Section title={m.webhooks_title()} hint={m.webhooks_hint()}>
      <div>
        <Button onClick={() => setIsMaking(true)}>{m.webhooks_new()}</Button>
      </div>
      {query.isPending && (
        <Loading>
          <Skeleton className="h-14 w-full" />
        </Loading>
      )}
      {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="text-sm text-ink-3">{m.webhooks_none()}</p>}
      <ul className="divide-y divide-line">
        {query.data?.map((webhook) => (
          <WebhookRow key={webhook.id} webhook={webhook} />
        ))}
      </ul>
      {isMaking && <NewWebhookDialog onClose={() => setIsMaking(false)} />}
    </Section>
  );
}

type Open = 'log' | 'edit' | 'rotate' | 'delete';

function WebhookRow({ webhook }: { webhook: Webhook }) {
  const utils = trpc.useUtils();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const { id, url, events, disabledReason, formerSecretUntil } = webhook;
  const isOn = disabledReason === null;
  const update = trpc.webhooks.update.useMutation({
    onError: toastError,
    onSettled: () => utils.webhooks.invalidate(),
  });
  const test = trpc.webhooks.sendTest.useMutation({
    onSuccess: () => setOpen('log'),
    onError: toastError,
    onSettled: () => utils.webhooks.listDeliveries.invalidate(),
  });
  const turn = (isEnabled: boolean) => update.mutate({ id, data: { isEnabled } });
  return (
    <li className="flex items-start gap-3.5 py-3">
      <WebhookIcon aria-hidden className="mt-0.5 size-5 shrink-0 stroke-[1.6] text-ink-3" />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p className="flex flex-wrap items-center gap-2 text-sm">
          <span className="min-w-0 break-all">{url}</span>
          {!isOn && <Badge>{m.webhooks_off()}</Badge>}
        </p>
        <p className="text-[0.8125rem] text-ink-2">{events.map(eventText).join(m.keys_comma())}</p>
        <State webhook={webhook} />
        {formerSecretUntil && (
          <p className="text-[0.8125rem] text-ink-3">
            {m.webhooks_both_until({ time: fullTime(formerSecretUntil) })}
          </p>
        )}
        <div className="mt-1.5 flex flex-wrap gap-2">
          <Button size="sm" onClick={() => setOpen('log')}>
            {m.webhooks_log()}
          </Button>
          {isOn ? (
            <Button size="sm" isBusy={test.isPending} onClick={() => test.mutate({ id })}>
              {m.webhooks_test()}
            </Button>
          ) : (
            <Button size="sm" isBusy={update.isPending} onClick={() => turn(true)}>
              {m.webhooks_turn_on()}
            </Button>
          )}
        </div>
      </div>
      <Menu
        trigger={
          <IconButton label={m.webhooks_actions({ host: hostOf(url) })}>
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem icon={<Pencil />} onSelect={() => setOpen('edit')}>
          {m.webhooks_edit()}
        </MenuItem>
        <MenuItem icon={<KeyRound />} onSelect={() => setOpen('rotate')}>
          {m.webhooks_rotate()}
        </MenuItem>
        <MenuItem icon={<Power />} onSelect={() => turn(!isOn)}>
          {isOn ? m.webhooks_turn_off() : m.webhooks_turn_on()}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 />} isDanger onSelect={() => setOpen('delete')}>
          {m.common_delete()}
        </MenuItem>
      </Menu>
      {open === 'log' && <WebhookLog webhook={webhook} onClose={close} />}
      {open === 'edit' && <EditWebhookDialog webhook={webhook} onClose={close} />}
      {open === 'rotate' && <RotateDialog webhook={webhook} onClose={close} />}
      {open === 'delete' && <DeleteDialog webhook={webhook} onClose={close} />}
    </li>
  );
}

/** What is wrong with a webhook, and what to do; nothing while all is well. */
function State({ webhook: { disabledReason, failingSince } }: { webhook: Webhook }) {
  if (disabledReason === 'gone' || disabledReason === 'failing') {
    const text = disabledReason === 'gone' ? m.webhooks_off_gone() : m.webhooks_off_failing();
    return <p className="text-[0.8125rem] text-danger">{text}</p>;
  }
  if (disabledReason !== null || failingSince === null) return null;
  return (
    <p className="text-[0.8125rem] text-warn">
      {m.webhooks_failing({ time: fullTime(failingSince) })}
    </p>
  );
}

function DeleteDialog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const utils = trpc.useUtils();
  const remove = trpc.webhooks.delete.useMutation({
    onSuccess: onClose,
    onError: toastError,
    onSettled: () => utils.webhooks.list.invalidate(),
  });
  return (
    <ConfirmDialog
      onClose={onClose}
      title={m.webhooks_delete()}
      description={m.webhooks_delete_text({ host: hostOf(webhook.url) })}
      confirmLabel={m.common_delete()}
      isBusy={remove.isPending}
      onConfirm={() => remove.mutate({ id: webhook.id })}
    />
  );
}
