import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { costText } from '../../lib/cost.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { toast } from '../../ui/toast.js';

/** While notes are being read. */
const POLL_MS = 3_000;

/** Notes that a new model would read, with what that takes, before anything is sent; then how far it is. */
export function BulkEmbedding() {
  const utils = trpc.useUtils();
  const { data: estimate } = trpc.admin.embeddings.estimate.useQuery(undefined, {
    refetchInterval: ({ state: { data } }) =>
      data && !data.isWaiting && data.articles > 0 ? POLL_MS : false,
  });
  const run = trpc.admin.embeddings.run.useMutation({
    onSuccess(now) {
      utils.admin.embeddings.estimate.setData(undefined, now);
      toast.success(m.admin_ai_bulk_running());
    },
    onError: toastError,
    onSettled: () => utils.admin.embeddings.invalidate(),
  });
  if (!estimate || estimate.model === null) return null;
  if (!estimate.isWaiting) return <Progress unasked={estimate.articles} />;
  const { model, articles, tokens, costMicroYuan } = estimate;
  const count = new Intl.NumberFormat(getLocale()).format(articles);
  const about = new Intl.NumberFormat(getLocale(), {
    notation: 'compact',
    maximumSignificantDigits: 2,
  }).format(tokens);
  return (
    <section
      aria-labelledby="bulk-embedding"
      className="grid gap-2 rounded-xl border border-line bg-paper-2 p-4"
    >
      <h2 id="bulk-embedding" className="font-semibold">
        {m.admin_ai_bulk({ count })}
      </h2>
      <p className="text-sm text-ink-2">
        {costMicroYuan === null
          ? m.admin_ai_bulk_tokens({ tokens: about, model })
          : m.admin_ai_bulk_cost({ tokens: about, model, cost: costText(costMicroYuan) })}{' '}
        {m.admin_ai_bulk_text()}
      </p>
      <div>
        <Button variant="primary" isBusy={run.isPending} onClick={() => run.mutate({ model })}>
          {m.admin_ai_bulk_run()}
        </Button>
      </div>
    </section>
  );
}

/** How many notes the model has read, for as long as some are left; what failed stays said. */
function Progress({ unasked }: { unasked: number }) {
  const { data: counts } = trpc.admin.embeddings.counts.useQuery(undefined, {
    refetchInterval: ({ state }) => (unasked > 0 || state.data?.pending ? POLL_MS : false),
  });
  const utils = trpc.useUtils();
  const retry = trpc.admin.embeddings.retry.useMutation({
    onError: toastError,
    onSettled: () => utils.admin.embeddings.invalidate(),
  });
  if (!counts) return null;
  const { done, failed } = counts;
  // Some of those that were not asked for yet are counted as pending already.
  const pending = Math.max(counts.pending, unasked);
  const total = pending + done + failed;
  if (total === 0) return null;
  const number = new Intl.NumberFormat(getLocale());
  const text = m.admin_ai_read_of({ done: number.format(done), total: number.format(total) });
  return (
    <section aria-labelledby="embedding-progress" className="grid gap-2">
      <p className="flex flex-wrap justify-between gap-x-4 text-sm">
        <span id="embedding-progress" className="font-semibold">
          {m.admin_ai_read()}
        </span>
        <span role="status" className="text-ink-2 tabular-nums">
          {pending === 0 && failed === 0
            ? m.admin_ai_read_all({ total: number.format(total) })
            : text}
        </span>
      </p>
      {pending > 0 && (
        <div
          role="progressbar"
          aria-labelledby="embedding-progress"
          aria-valuenow={Math.floor((done / total) * 100)}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuetext={text}
          className="h-1.5 overflow-hidden rounded-full bg-paper-3"
        >
          <div
            className="h-full rounded-full bg-accent transition-[width]"
            style={{ width: `${(done / total) * 100}%` }}
          />
        </div>
      )}
      {failed > 0 && (
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-[0.8125rem]">
          <p className="text-danger">{m.admin_ai_read_failed({ count: number.format(failed) })}</p>
          <Button size="sm" isBusy={retry.isPending} onClick={() => retry.mutate()}>
            {m.meaning_again()}
          </Button>
        </div>
      )}
    </section>
  );
}
