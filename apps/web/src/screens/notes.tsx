import { m } from '@ainotebook/messages';
import { getRouteApi, Outlet, useNavigate, useParams } from '@tanstack/react-router';
import { ArrowDownWideNarrow, Check, Feather, SquarePen, Trash2 } from 'lucide-react';
import { Suspense, useEffect, useState } from 'react';
import { useSession } from '../app-context.js';
import {
  type ArticleFilter,
  useArticleList,
  useEmptyTrash,
  usePrefetchArticle,
} from '../features/articles/article-hooks.js';
import { ArticleList, ArticleListSkeleton } from '../features/articles/article-list.js';
import { useBulkAction } from '../features/articles/bulk-hooks.js';
import { lastOpened } from '../features/articles/last-opened.js';
import { useSelection } from '../features/articles/selection.js';
import { useNewNote } from '../features/articles/use-new-note.js';
import { useNotebooks } from '../features/notebooks/notebook-hooks.js';
import { useLayout } from '../features/shell/layout-context.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { RelatedTags } from '../features/tags/related-tags.js';
import { shortcutLabel } from '../lib/keys.js';
import { lazyPart } from '../lib/lazy-part.js';
import { Button, IconButton } from '../ui/button.js';
import { cn } from '../ui/cn.js';
import { ConfirmDialog } from '../ui/dialog-confirm.js';
import { Menu, MenuItem, MenuLabel } from '../ui/menu.js';
import { EmptyState, ErrorBlock, Loading } from '../ui/states.js';

/** Fetched once a list is there, before anything is selected. */
const loadActions = () => import('./notes-bulk.js');
const SelectionActions = lazyPart('SelectionActions', loadActions);

const route = getRouteApi('/member/notes');

/** The list beside the open article; on a phone one of the two. */
export function NotesScreen() {
  const filter = route.useSearch();
  const { articleId } = useParams({ strict: false });
  const { isFocusMode } = useLayout();
  const session = useSession();
  // Nobody's once signed out: the screen draws once more before it goes.
  const userId = session.status === 'signed-in' ? session.user.id : null;
  useEffect(() => {
    if (articleId && userId) lastOpened.set(userId, articleId);
  }, [userId, articleId]);
  return (
    <>
      {!isFocusMode && (
        <section
          aria-label={m.list_label()}
          className={cn(
            'w-full shrink-0 flex-col border-e border-line bg-paper-2 md:flex md:w-80 xl:w-88',
            articleId ? 'hidden' : 'flex',
          )}
        >
          {/* Another list starts at its top. */}
          <ListPane key={JSON.stringify(filter)} filter={filter} selectedId={articleId} />
        </section>
      )}
      <div className={cn('min-w-0 flex-1 bg-paper', articleId ? 'flex' : 'hidden md:flex')}>
        <Outlet />
      </div>
    </>
  );
}

function useListTitle(filter: ArticleFilter): string {
  const { data: notebooks } = useNotebooks();
  if (filter.view === 'trash') return m.nav_trash();
  if (filter.view === 'archived') return m.nav_archived();
  if (filter.tag) return `#${filter.tag}`;
  if (filter.notebook) {
    return notebooks?.find((notebook) => notebook.id === filter.notebook)?.name ?? m.nav_notebook();
  }
  return m.nav_all();
}

interface ListPaneProps {
  filter: ArticleFilter;
  selectedId: string | undefined;
}

function ListPane({ filter, selectedId }: ListPaneProps) {
  const title = useListTitle(filter);
  const query = useArticleList(filter);
  const { data: notebooks = [] } = useNotebooks();
  const prefetch = usePrefetchArticle();
  const newNote = useNewNote();
  const isTrash = filter.view === 'trash';
  const articles = query.data?.pages.flatMap((page) => page.items) ?? [];
  const selection = useSelection(articles.map(({ id }) => id));
  const bulk = useBulkAction();
  useEffect(() => {
    // Without a network it is asked for again when it is needed.
    loadActions().catch(() => undefined);
  }, []);
  const start = () =>
    newNote({
      notebookId: filter.notebook ?? null,
      tags: filter.tag ? [filter.tag] : [],
      filter: filter.view ? {} : filter,
    });
  return (
    <>
      <ScreenHeader title={title}>
        {isTrash ? (
          articles.length > 0 && <EmptyTrashButton />
        ) : (
          <>
            <SortMenu filter={filter} />
            <IconButton label={m.nav_new_note()} onClick={start}>
              <SquarePen />
            </IconButton>
          </>
        )}
      </ScreenHeader>
      {filter.tag && (
        <div className="px-4 pb-2.5">
          <RelatedTags name={filter.tag} />
        </div>
      )}
      {isTrash && <p className="px-5 pb-3 text-[0.8125rem] text-ink-3">{m.trash_rule()}</p>}
      {articles.length === 0 ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          {query.isPending && (
            <Loading>
              <ArticleListSkeleton />
            </Loading>
          )}
          {query.isError && <ErrorBlock error={query.error} onRetry={() => void query.refetch()} />}
          {query.data && <EmptyList filter={filter} onNew={start} />}
        </div>
      ) : (
        <ArticleList
          articles={articles}
          filter={filter}
          openId={selectedId}
          selection={selection}
          notebooks={notebooks}
          hasMore={query.hasNextPage}
          isLoadingMore={query.isFetchingNextPage}
          onMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage();
          }}
          onIntent={prefetch}
          onTrash={(ids) => {
            if (isTrash) return;
            bulk.mutate({ action: 'trash', ids });
            selection.clear();
          }}
        />
      )}
      {selection.ids.size > 0 && (
        <Suspense fallback={null}>
          <SelectionActions
            view={filter.view}
            selection={selection}
            articles={articles}
            bulk={bulk}
            notebooks={notebooks}
          />
        </Suspense>
      )}
    </>
  );
}

function SortMenu({ filter }: { filter: ArticleFilter }) {
  const navigate = useNavigate({ from: '/notes' });
  const options = [
    { value: undefined, label: m.sort_updated() },
    { value: 'createdAt', label: m.sort_created() },
    { value: 'title', label: m.sort_title() },
  ] as const;
  return (
    <Menu
      trigger={
        <IconButton label={m.sort_label()}>
          <ArrowDownWideNarrow />
        </IconButton>
      }
    >
      <MenuLabel>{m.sort_label()}</MenuLabel>
      {options.map(({ value, label }) => (
        <MenuItem
          key={label}
          icon={
            <Check
              aria-label={filter.sort === value ? m.common_selected() : undefined}
              className={filter.sort === value ? '' : 'invisible'}
            />
          }
          onSelect={() => void navigate({ to: '.', search: (old) => ({ ...old, sort: value }) })}
        >
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}

function EmptyTrashButton() {
  const [isAsking, setIsAsking] = useState(false);
  const empty = useEmptyTrash();
  return (
    <>
      <Button size="sm" variant="ghost" onClick={() => setIsAsking(true)}>
        {m.trash_empty()}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={m.trash_empty_title()}
        description={m.trash_empty_text()}
        confirmLabel={m.trash_empty()}
        isBusy={empty.isPending}
        onConfirm={() => empty.mutate(undefined, { onSettled: () => setIsAsking(false) })}
      />
    </>
  );
}

function EmptyList({ filter, onNew }: { filter: ArticleFilter; onNew: () => void }) {
  if (filter.view === 'trash') {
    return (
      <EmptyState icon={<Trash2 />} title={m.empty_trash_title()}>
        {m.empty_trash_text()}
      </EmptyState>
    );
  }
  if (filter.view === 'archived') {
    return <EmptyState title={m.empty_archived_title()}>{m.empty_archived_text()}</EmptyState>;
  }
  const isFiltered = filter.notebook || filter.tag;
  return (
    <EmptyState
      icon={<Feather />}
      title={isFiltered ? m.empty_notebook_title() : m.empty_all_title()}
      action={
        <Button variant="primary" onClick={onNew}>
          {m.nav_new_note()}
        </Button>
      }
    >
      {isFiltered ? m.empty_notebook_text() : m.empty_all_text()}
    </EmptyState>
  );
}

/** Beside a list from which nothing is opened yet. */
export function NoArticleScreen() {
  return (
    <div className="grid flex-1 place-content-center">
      <EmptyState icon={<Feather />} title={m.empty_choice_title()}>
        <p>{m.empty_choice_text()}</p>
        <dl className="mt-5 grid grid-cols-[auto_auto] justify-center gap-x-4 gap-y-2 text-start text-[0.8125rem]">
          {[
            ['mod+alt+n', m.nav_new_note()],
            ['mod+k', m.nav_search()],
            ['mod+.', m.focus_mode()],
          ].map(([shortcut = '', label]) => (
            <div key={shortcut} className="contents">
              <dt className="text-end">
                <kbd className="rounded-md border border-line bg-paper-2 px-1.5 py-0.5 font-sans text-xs">
                  {shortcutLabel(shortcut)}
                </kbd>
              </dt>
              <dd>{label}</dd>
            </div>
          ))}
        </dl>
      </EmptyState>
    </div>
  );
}
