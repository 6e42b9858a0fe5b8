import { useQuery } from '@tanstack/react-query';
import { useDeferredValue } from 'react';
import { getLocaleOfPage } from '../../lib/locale.js';
import { Loading, Skeleton } from '../../ui/states.js';

interface RenderedProps {
  markdown: string;
  /**
   * Pictures are shown as their words: what a model writes was perhaps told to it by a text of
   * somebody else, and fetching an address tells that somebody what stands in it.
   */
  hasNoPictures?: boolean;
}

/** Markdown as it reads, made by the renderer of the public page. */
export function Rendered({ markdown: latest, hasNoPictures = false }: RenderedProps) {
  // An answer grows many times a second.
  const markdown = useDeferredValue(latest);
  const locale = getLocaleOfPage();
  const html = useQuery({
    queryKey: ['rendered', locale, markdown, hasNoPictures],
    queryFn: async () => {
      const { renderMarkdown } = await import('@ainotebook/text/html');
      const { html } = renderMarkdown(markdown, { locale });
      return hasNoPictures ? withoutPictures(html) : html;
    },
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    networkMode: 'always',
    placeholderData: (before) => before,
  });
  if (html.data === undefined) {
    return (
      <Loading>
        <Skeleton className="h-4 w-3/5" />
      </Loading>
    );
  }
  return (
    <div
      className="prose"
      // biome-ignore lint/security/noDangerouslySetInnerHtml: renderMarkdown sanitises, as for the public page
      dangerouslySetInnerHTML={{ __html: html.data }}
    />
  );
}

function withoutPictures(html: string): string {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  for (const picture of body.querySelectorAll('picture, img')) {
    const img = picture.matches('img') ? picture : picture.querySelector('img');
    picture.replaceWith(img?.getAttribute('alt') ?? '');
  }
  return body.innerHTML;
}
