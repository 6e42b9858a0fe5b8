import { m } from '@ainotebook/messages';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Button } from '../../ui/button.js';

/** While a note waits to be read, or is read. */
const POLL_MS = 5_000;

/** How far a note is in the search by meaning, for as long as it is not in it: waiting, or why not and how to try again. */
export function EmbeddingState({ articleId }: { articleId: string }) {
  const utils = trpc.useUtils();
  const { data } = trpc.embeddings.get.useQuery(
    { articleId },
    {
      retry: false,
      refetchInterval: ({ state }) => (state.data?.status === 'pending' ? POLL_MS : false),
    },
  );
  const again = trpc.embeddings.retry.useMutation({
    onError: toastError,
    onSettled: () => utils.embeddings.invalidate(),
  });
  const { data: counts } = trpc.embeddings.counts.useQuery(undefined, {
    enabled: data?.status === 'failed',
  });
  if (!data || data.status === 'off' || data.status === 'done') return null;
  const { status, reason, embedded, passages } = data;
  return (
    <div className="grid justify-items-start gap-2 border-t border-line px-2 pt-5 pb-8 text-[0.8125rem]">
      {status === 'pending' ? (
        <p role="status" className="text-ink-3">
          {m.meaning_pending({ done: embedded, total: passages })}
        </p>
      ) : (
        <>
          <p role="status" className="text-ink-2">
            {m.meaning_failed()} {reason && <code className="font-mono text-xs">{reason}</code>}
          </p>
          <div className="flex flex-wrap gap-2">
            <Button size="sm" isBusy={again.isPending} onClick={() => again.mutate({ articleId })}>
              {m.meaning_again()}
            </Button>
            {counts && counts.failed > 1 && (
              <Button size="sm" disabled={again.isPending} onClick={() => again.mutate({})}>
                {m.meaning_again_all({ count: counts.failed })}
              </Button>
            )}
          </div>
        </>
      )}
    </div>
  );
}
