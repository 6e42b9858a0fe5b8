import type { Publication } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useQueryClient } from '@tanstack/react-query';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { toast } from '../../ui/toast.js';
import { patchArticle, refreshLists } from '../articles/article-cache.js';

/** What is live of an article; null while nothing is. */
export const usePublication = (articleId: string, isEnabled: boolean) =>
  trpc.publications.get.useQuery({ articleId }, { enabled: isEnabled });

function useSettled() {
  const client = useQueryClient();
  const utils = trpc.useUtils();
  return async (articleId: string, publication: Publication | null) => {
    utils.publications.get.setData({ articleId }, publication);
    patchArticle(client, articleId, { status: publication ? 'published' : 'draft' });
    await Promise.all([
      refreshLists(client),
      utils.publications.list.invalidate(),
      utils.publications.getSchedule.invalidate({ articleId }),
      utils.publications.get.invalidate({ articleId }),
    ]);
  };
}

export function usePublish() {
  const settle = useSettled();
  return trpc.publications.publish.useMutation({
    onSuccess: (publication) => settle(publication.articleId, publication),
  });
}

export function useUnpublish() {
  const settle = useSettled();
  return trpc.publications.unpublish.useMutation({
    onSuccess(_result, { articleId }) {
      toast(m.publish_withdrawn());
      return settle(articleId, null);
    },
    onError: toastError,
  });
}

export async function copyLink(url: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(url);
  } catch {
    // No clipboard on plain http: the old way works there.
    const field = document.createElement('textarea');
    field.value = url;
    (document.querySelector('[role="dialog"]') ?? document.body).append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
  toast.success(m.publish_link_copied());
}
