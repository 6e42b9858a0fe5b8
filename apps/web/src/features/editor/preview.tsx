import type { ArticleLink } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { useQuery } from '@tanstack/react-query';
import { type MouseEvent, useDeferredValue } from 'react';
import { getLocaleOfPage } from '../../lib/locale.js';
import { ErrorBlock, Loading, Skeleton } from '../../ui/states.js';

interface PreviewProps {
  content: string;
  links: readonly ArticleLink[];
  onOpenLink: (articleId: string) => void;
}

const NOTE = /^\/notes\/([0-9a-f-]{36})$/;

/** The article as its readers will see it, made by the renderer of the public page. */
export function Preview({ content, links, onOpenLink }: PreviewProps) {
  const text = useDeferredValue(content);
  const locale = getLocaleOfPage();
  const page = useQuery({
    queryKey: ['preview', locale, text, links],
    queryFn: async () => {
      const [{ renderMarkdown }, { titleKey }] = await Promise.all([
        import('@ainotebook/text/html'),
        import('@ainotebook/text/search'),
      ]);
      const known = links.flatMap(({ target, targetId }) =>
        targetId ? [[titleKey(target), `/notes/${targetId}`]] : [],
      );
      return renderMarkdown(text, { locale, links: Object.fromEntries(known) }).html;
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
    placeholderData: (before) => before,
  });
  // Without a load of the whole page; a click with a key held down opens another tab as ever.
  const follow = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a.wiki-link') : null;
    const articleId = NOTE.exec(link?.getAttribute('href') ?? '')?.[1];
    if (!articleId || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    onOpenLink(articleId);
  };
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
    // biome-ignore lint/a11y/useKeyWithClickEvents: the links inside take the keyboard, which clicks them
    <article
      onClick={follow}
      aria-label={m.editor_preview()}
      className="prose pb-16"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: renderMarkdown sanitises, as for the public page
      dangerouslySetInnerHTML={{ __html: page.data }}
    />
  );
}
