import type { Publication } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { Copy, Ellipsis, ExternalLink, EyeOff, Globe, Link2, RefreshCw } from 'lucide-react';
import { fullTime, relativeTime } from '../../lib/time.js';
import { toastError } from '../../lib/toast-error.js';
import { trpc } from '../../trpc.js';
import { Badge } from '../../ui/badge.js';
import { IconButton } from '../../ui/button.js';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu.js';
import { PagedList } from '../../ui/paged-list.js';
import { EmptyState } from '../../ui/states.js';
import { copyLink, usePublish, useUnpublish } from './publish-hooks.js';

export function PublishedList() {
  const query = trpc.publications.list.useInfiniteQuery(
    { limit: 40 },
    { getNextPageParam: (page) => page.nextCursor },
  );
  return (
    <PagedList
      query={query}
      empty={
        <EmptyState icon={<Globe />} title={m.empty_published_title()}>
          {m.empty_published_text()}
        </EmptyState>
      }
    >
      {(publication) => <PublishedRow key={publication.articleId} publication={publication} />}
    </PagedList>
  );
}

function PublishedRow({ publication }: { publication: Publication }) {
  const { articleId, url, visibility } = publication;
  const publish = usePublish();
  const unpublish = useUnpublish();
  return (
    <li className="flex items-start gap-3 py-4">
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-2">
          <Link
            to="/notes/$articleId"
            params={{ articleId }}
            search={{}}
            className="min-w-0 truncate font-medium hover:text-accent"
          >
            {publication.title || m.article_untitled()}
          </Link>
          {visibility === 'unlisted' && (
            <Badge>
              <Link2 aria-hidden />
              {m.page_unlisted()}
            </Badge>
          )}
          {publication.access.kind !== 'everyone' && <Badge>{m.publish_readers_badge()}</Badge>}
          {publication.isBlocked && <Badge tone="warn">{m.admin_report_blocked()}</Badge>}
          {publication.hasUnpublishedChanges && (
            <Badge tone="warn">{m.publish_has_changes()}</Badge>
          )}
        </div>
        <p className="mt-1 flex flex-wrap gap-x-3 text-[0.8125rem] text-ink-3">
          <a
            href={url}
            target="_blank"
            rel="noreferrer"
            className="max-w-full truncate font-mono text-xs leading-5 hover:text-accent"
          >
            /p/{publication.slug}
          </a>
          <span className="tabular-nums">{m.page_views({ count: publication.views })}</span>
          <time
            dateTime={publication.updatedAt.toISOString()}
            title={fullTime(publication.updatedAt)}
          >
            {relativeTime(publication.updatedAt)}
          </time>
        </p>
      </div>
      <IconButton label={m.publish_copy_link()} onClick={() => void copyLink(url)}>
        <Copy />
      </IconButton>
      <Menu
        trigger={
          <IconButton label={m.article_actions()}>
            <Ellipsis />
          </IconButton>
        }
      >
        <MenuItem
          icon={<ExternalLink />}
          onSelect={() => window.open(url, '_blank', 'noopener,noreferrer')}
        >
          {m.publish_open()}
        </MenuItem>
        <MenuItem
          icon={<RefreshCw />}
          isDisabled={!publication.hasUnpublishedChanges}
          onSelect={() => publish.mutate({ articleId, visibility }, { onError: toastError })}
        >
          {m.publish_update()}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<EyeOff />} isDanger onSelect={() => unpublish.mutate({ articleId })}>
          {m.publish_withdraw()}
        </MenuItem>
      </Menu>
    </li>
  );
}
