import type { Webhook, WebhookDeliverySummary } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract/limits';
import { m } from '@ainotebook/messages';
import { ChevronDown, Webhook as WebhookIcon } from 'lucide-react';
import { useId, useState } from 'react';
import { fullTime, relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { Button } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { Dialog } from '../../ui/dialog.js';
import { TextAreaField } from '../../ui/field.js';
import { Loaded } from '../../ui/loaded.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState, Skeleton } from '../../ui/states.js';
import { eventText, failureText, hostOf } from './webhook-words.js';

const POLL_MS = 1_500;
const SOON_MS = 15_000;
const PAGE_SIZE = 20;

/** What is being sent, or soon is, and not what waits for hours. */
const isDue = ({ nextAttemptAt }: WebhookDeliverySummary) =>
  nextAttemptAt !== null && nextAttemptAt.getTime() < Date.now() + SOON_MS;

/** What was sent to a webhook, what came back, and what will be tried again. */
export function WebhookLog({ webhook, onClose }: { webhook: Webhook; onClose: () => void }) {
  const utils = trpc.useUtils();
  const query = trpc.webhooks.listDeliveries.useInfiniteQuery(
    { webhookId: webhook.id, limit: PAGE_SIZE },
    {
      getNextPageParam: (page) => page.nextCursor,
      refetchInterval: ({ state }) =>
        state.data?.pages.some(({ items }) => items.some(isDue)) ? POLL_MS : false,
    },
  );
  const test = trpc.webhooks.sendTest.useMutation({
    onError: toastError,
    onSettled: () => utils.webhooks.listDeliveries.invalidate(),
  });
  const host = hostOf(webhook.url);
  return (
    <Dialog
      isOpen
      kind="sheet"
      size="lg"
      onClose={onClose}
      title={m.webhooks_log_title({ host })}
      description={m.webhooks_log_hint({
        days: LIMITS.webhookDeliveryDays,
        count: LIMITS.webhookAttempts,
      })}
    >
      {webhook.disabledReason === null && (
        <Button
          isBusy={test.isPending}
          onClick={() => test.mutate({ id: webhook.id })}
          className="mb-3"
        >
          {m.webhooks_test()}
        </Button>
      )}
      <PagedList
        query={query}
        empty={
          <EmptyState icon={<WebhookIcon />} title={m.webhooks_log_none()}>
            {m.webhooks_log_none_text()}
          </EmptyState>
        }
      >
        {(delivery) => (
          <DeliveryRow
            key={delivery.id}
            delivery={delivery}
            canReplay={webhook.disabledReason === null}
          />
        )}
      </PagedList>
    </Dialog>
  );
}

interface DeliveryRowProps {
  delivery: WebhookDeliverySummary;
  canReplay: boolean;
}

function DeliveryRow({ delivery, canReplay }: DeliveryRowProps) {
  const [isOpen, setIsOpen] = useState(false);
  const detailsId = useId();
  const { type, createdAt, nextAttemptAt, attempts } = delivery;
  const failure = failureText(delivery);
  return (
    <li className="py-1.5">
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={detailsId}
        onClick={() => setIsOpen(!isOpen)}
        className="-mx-2 flex w-[calc(100%+1rem)] items-start gap-3 rounded-lg px-2 py-2 text-start hover:bg-hover"
      >
        <span className="grid min-w-0 flex-1 gap-0.5">
          <span className="flex flex-wrap items-center gap-2 text-sm">
            {eventText(type)}
            <StatusBadge delivery={delivery} />
          </span>
          <span className="flex flex-wrap gap-x-3 text-[0.8125rem] text-ink-3">
            <time dateTime={createdAt.toISOString()} title={fullTime(createdAt)}>
              {relativeTime(createdAt)}
            </time>
            <Facts {...delivery} />
          </span>
          {failure && (
            <span className="text-[0.8125rem] text-ink-2">
              {failure}
              {nextAttemptAt && attempts > 0 && (
                <> {m.webhooks_next({ time: fullTime(nextAttemptAt) })}</>
              )}
            </span>
          )}
        </span>
        <ChevronDown
          aria-hidden
          className={cn(
            'mt-0.5 size-4 shrink-0 text-ink-3 transition-transform',
            isOpen && 'rotate-180',
          )}
        />
      </button>
      <div id={detailsId} hidden={!isOpen}>
        {isOpen && (
          // Each attempt has another answer.
          <Details key={`${attempts} ${delivery.status}`} id={delivery.id} canReplay={canReplay} />
        )}
      </div>
    </li>
  );
}

function StatusBadge({ delivery: { status, attempts } }: { delivery: WebhookDeliverySummary }) {
  if (status === 'delivered') return <Badge tone="good">{m.webhooks_delivered()}</Badge>;
  if (status === 'failed') return <Badge tone="danger">{m.webhooks_failed()}</Badge>;
  return attempts > 0 ? (
    <Badge tone="warn">{m.webhooks_waiting()}</Badge>
  ) : (
    <Badge>{m.webhooks_sending()}</Badge>
  );
}

function Facts({ responseStatus, latencyMs, attempts }: WebhookDeliverySummary) {
  return (
    <>
      {responseStatus !== null && <span>{m.webhooks_status({ status: responseStatus })}</span>}
      {latencyMs !== null && <span>{m.webhooks_latency({ ms: latencyMs })}</span>}
      {attempts > 1 && <span>{m.webhooks_attempts({ count: attempts })}</span>}
    </>
  );
}

/** The very body and answer, and the way to send it again. */
function Details({ id, canReplay }: { id: string; canReplay: boolean }) {
  const utils = trpc.useUtils();
  const query = trpc.webhooks.getDelivery.useQuery({ id }, { staleTime: 0 });
  const replay = trpc.webhooks.replay.useMutation({
    onError: toastError,
    onSettled: () => utils.webhooks.invalidate(),
  });
  return (
    <Loaded query={query} skeleton={<Skeleton className="h-24 w-full" />}>
      {({ payload, responseBody }) => (
        <div className="grid gap-3 pb-3">
          <Text label={m.webhooks_payload()} text={JSON.stringify(payload, null, 2)} />
          {responseBody !== null && (
            <Text label={m.webhooks_response()} text={responseBody || m.webhooks_response_none()} />
          )}
          <div className="flex flex-wrap items-center gap-3">
            {canReplay && (
              <Button size="sm" isBusy={replay.isPending} onClick={() => replay.mutate({ id })}>
                {m.webhooks_replay()}
              </Button>
            )}
            <span className="min-w-0 font-mono text-xs break-all text-ink-3">webhook-id: {id}</span>
          </div>
        </div>
      )}
    </Loaded>
  );
}

/** In a field, so that it is reached, scrolled and copied by keys. */
function Text({ label, text }: { label: string; text: string }) {
  return (
    <TextAreaField
      readOnly
      label={label}
      value={text}
      rows={Math.min(12, text.split('\n').length + 1)}
      spellCheck={false}
      className="bg-paper-2 font-mono text-xs leading-5"
    />
  );
}
