import type { Conversation } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link, useNavigate } from '@tanstack/react-router';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { langOf } from '../../lib/lang-of.js';
import { relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { IconButton } from '../../ui/button.js';
import { cn } from '../../ui/cn.js';
import { ConfirmDialog } from '../../ui/dialog-confirm.js';
import { PagedList } from '../../ui/paged-list.js';

/** The conversations there were, the latest first. @param openId the one that is shown */
export function ConversationList({ openId }: { openId?: string }) {
  const navigate = useNavigate();
  const utils = trpc.useUtils();
  const [leaving, setLeaving] = useState<Conversation | null>(null);
  const query = trpc.conversations.list.useInfiniteQuery(
    { limit: 30 },
    { getNextPageParam: ({ nextCursor }) => nextCursor },
  );
  const remove = trpc.conversations.remove.useMutation({
    onSuccess: async (_, { id }) => {
      setLeaving(null);
      if (id === openId) {
        // Without its name the router would keep it, and stay where nothing is any more.
        const params = { conversationId: undefined };
        await navigate({ to: '/chat/{-$conversationId}', params, search: {} });
      }
      await utils.conversations.list.invalidate();
    },
    onError: toastError,
  });
  return (
    <>
      <PagedList query={query} empty={<p className="px-2.5 text-sm text-ink-3">{m.chat_none()}</p>}>
        {(conversation) => {
          const { id, title, updatedAt } = conversation;
          return (
            <li key={id} className="group flex items-center">
              <Link
                to="/chat/{-$conversationId}"
                params={{ conversationId: id }}
                aria-current={id === openId ? 'page' : undefined}
                className={cn(
                  'flex min-h-11 min-w-0 flex-1 items-baseline gap-2 rounded-lg px-2.5 py-2.5 text-sm',
                  id === openId ? 'bg-accent-soft text-accent-strong' : 'hover:bg-hover',
                )}
              >
                <span lang={langOf(title)} className="min-w-0 flex-1 truncate">
                  {title || m.chat_untitled()}
                </span>
                <span className="shrink-0 text-xs text-ink-3">{relativeTime(updatedAt)}</span>
              </Link>
              <IconButton
                label={m.chat_remove({ title: title || m.chat_untitled() })}
                onClick={() => setLeaving(conversation)}
                className="opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100"
              >
                <Trash2 />
              </IconButton>
            </li>
          );
        }}
      </PagedList>
      <ConfirmDialog
        isOpen={leaving !== null}
        onClose={() => setLeaving(null)}
        title={m.chat_remove({ title: leaving?.title || m.chat_untitled() })}
        description={m.chat_remove_text()}
        confirmLabel={m.common_delete()}
        isBusy={remove.isPending}
        onConfirm={() => leaving && remove.mutate({ id: leaving.id })}
      />
    </>
  );
}
