import { m } from '@ainotebook/messages';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { getLocaleOfPage } from '../../lib/locale.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';

/** The article as its readers will see it, made by the renderer of the public page. */
export function Preview({ content }: { content: string }) {
  const text = useDeferredValue(content);
  const locale = getLocaleOfPage();
  const page = useQuery({
    queryKey: ['preview', locale, text],
    queryFn: async () => {
      const { renderMarkdown } = await import('@ainotebook/text/html');
      return renderMarkdown(text, { locale }).html;
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
    placeholderData: (before) => before,
  });
  if (page.isError) return <ErrorBlock error={page.error} onRetry={() => void page.refetch()} />;
  if (page.data === undefined) {
    return (
      <Loading>
        <div className="grid gap-4 py-4">
          <Skeleton className="h-6 w-2/5" />
          <Skeleton className="h-4 w-full" />
          <Skeleton className="h-4 w-11/12" />
          <Skeleton className="h-4 w-3/5" />
        </div>
      </Loading>
    );
  }
  if (page.data.trim() === '') return <p className="py-4 text-ink-3">{m.preview_empty()}</p>;
  return (
    <article
      aria-label={m.editor_preview()}
      className="prose pb-[30vh]"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: renderMarkdown sanitises, as for the public page
      dangerouslySetInnerHTML={{ __html: page.data }}
    />
  );
}
