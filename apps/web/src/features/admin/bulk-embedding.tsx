import { m } from '@ainotebook/messages';
import { getLocale } from '@ainotebook/messages/runtime';
import { costText } from '../../lib/cost.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';
import { toast } from '../../ui/toast.js';

/** Notes that a new model would read, with what that takes, before anything is sent. */
export function BulkEmbedding() {
  const utils = trpc.useUtils();
  const { data: estimate } = trpc.admin.embeddings.estimate.useQuery();
  const run = trpc.admin.embeddings.run.useMutation({
    onSuccess(now) {
      utils.admin.embeddings.estimate.setData(undefined, now);
      toast.success(m.admin_ai_bulk_running());
    },
    onError: toastError,
    onSettled: () => utils.admin.embeddings.estimate.invalidate(),
  });
  if (!estimate?.isWaiting || estimate.model === null) return null;
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
