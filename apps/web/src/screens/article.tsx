import type { ArticleLink } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { Suspense, useEffect, useState } from 'react';
import { useApp } from '../app-context.js';
import { toServerText } from '../bootstrap.js';
import { patchInLists } from '../features/articles/article-cache.js';
import {
  usePurgeArticle,
  useRestoreArticle,
  useTrashArticle,
  useUpdateArticle,
} from '../features/articles/article-hooks.js';
import { homeless } from '../features/articles/use-restore-into.js';
import { ArticlePane } from '../features/editor/article-pane.js';
import type { SaveRunner } from '../features/editor/save-runner.js';
import { TagEditor } from '../features/editor/tag-editor.js';
import { useSaveRunner, useSaveState } from '../features/editor/use-article-session.js';
import { useMergeNotice } from '../features/editor/use-merge-notice.js';
import { Backlinks } from '../features/links/backlinks.js';
import { useNotebooks } from '../features/notebooks/notebook-hooks.js';
import { useLayout } from '../features/shell/layout-context.js';
import { useShortcuts } from '../features/shell/use-shortcuts.js';
import { errorInfo } from '../lib/errors.js';
import { setPreferences, usePreferences } from '../lib/preferences.js';
import { toastError } from '../lib/toast-error.js';
import { useIsWide } from '../lib/use-is-wide.js';
import { trpc } from '../trpc.js';
import { Button } from '../ui/button.js';
import { PageTitle } from '../ui/page-title.js';
import { ErrorBlock, Loading, Skeleton } from '../ui/states.js';
import { toast } from '../ui/toast.js';
import { ArticleBanner } from './article-banner.js';
import { ArticleHeader } from './article-header.js';
import { ArticlePanels, type Panel } from './article-panels.js';
import { NotOnDevice } from './missing.js';

const route = getRouteApi('/member/notes/$articleId');

export function ArticleScreen() {
  const { articleId } = route.useParams();
  const filter = route.useSearch();
  const navigate = useNavigate();
  const open = useSaveRunner(articleId);
  if (open.isError) {
    const { code } = errorInfo(open.error);
    const isGone = code === 'not_found';
    const retry = () => void open.refetch();
    if (code === 'network' || code === 'unavailable')
      return (
        <Suspense fallback={<ArticleSkeleton />}>
          <NotOnDevice what="note" onRetry={retry} />
        </Suspense>
      );
    return (
      <div className="grid flex-1 place-content-center">
        <PageTitle title={m.article_untitled()} className="sr-only" />
        <ErrorBlock error={open.error} onRetry={retry} />
        {isGone && (
          <Button
            className="mx-auto"
            onClick={() => void navigate({ to: '/notes', search: filter })}
          >
            {m.article_back_to_list()}
          </Button>
        )}
      </div>
    );
  }
  if (!open.data) return <ArticleSkeleton />;
  return <OpenArticle key={articleId} runner={open.data} />;
}

function ArticleSkeleton() {
  return (
    <div className="mx-auto w-full max-w-(--reading-width) px-5 pt-22 md:px-10">
      <Loading>
        <div className="grid gap-5">
          <Skeleton className="h-9 w-3/5" />
          <Skeleton className="h-5 w-1/4" />
          <Skeleton className="mt-4 h-4 w-full" />
          <Skeleton className="h-4 w-11/12" />
          <Skeleton className="h-4 w-4/5" />
        </div>
      </Loading>
    </div>
  );
}

/** One list for all times nothing is known: another one would render the preview anew. */
const NO_LINKS: ArticleLink[] = [];

/** From this width on the outline stands beside the text, in rem. */
const ROOM_FOR_OUTLINE = 60;

function OpenArticle({ runner }: { runner: SaveRunner }) {
  const { articleId } = runner;
  const { sync, queryClient } = useApp();
  const filter = route.useSearch();
  const navigate = useNavigate();
  const state = useSaveState(runner);
  const isNew = state.create !== null;
  const { title } = state.text;
  const utils = trpc.useUtils();
  const article = trpc.articles.get.useQuery({ id: articleId }, { enabled: !isNew });
  const { data: notebooks = [] } = useNotebooks();
  const { data: tags = [] } = trpc.tags.list.useQuery(undefined, { staleTime: 60_000 });
  const update = useUpdateArticle();
  const trash = useTrashArticle();
  const restore = useRestoreArticle();
  const purge = usePurgeArticle();
  const [panel, setPanel] = useState<Panel | null>(null);
  const [isPreview, setIsPreview] = useState(false);
  const [root, setRoot] = useState<HTMLElement | null>(null);
  const { isFocusMode } = useLayout();
  const { hasRichEditor, hasOutline } = usePreferences();
  const hasRoom = useIsWide(root, ROOM_FOR_OUTLINE) && !isFocusMode;
  const isOutlineShown = hasRoom ? hasOutline : panel === 'outline';
  const toggleOutline = () => {
    if (hasRoom) setPreferences({ hasOutline: !hasOutline });
    else setPanel(isOutlineShown ? null : 'outline');
  };
  const switchEditor = () => setPreferences({ hasRichEditor: !hasRichEditor });
  const links = trpc.links.list.useQuery({ articleId }, { enabled: isPreview && !isNew });

  const news = article.data;
  useEffect(() => {
    // A text fetched anew on focus may be from another device.
    if (news) runner.dispatch({ type: 'remote', current: toServerText(news) });
  }, [runner, news]);
  const hasConflict = state.conflict !== null && !state.isYielding;
  useEffect(() => {
    if (hasConflict) setPanel('conflict');
  }, [hasConflict]);
  useEffect(() => {
    // The list beside shows the name as it is typed.
    patchInLists(queryClient, articleId, { title });
  }, [queryClient, articleId, title]);
  useMergeNotice(runner, state.merges, () => setPanel('history'));
  useShortcuts({
    'mod+s': () => runner.dispatch({ type: 'retry' }),
    'mod+shift+p': () => !isNew && setPanel('publish'),
    'mod+alt+p': () => setIsPreview((is) => !is),
    'mod+alt+m': switchEditor,
    'mod+alt+o': toggleOutline,
  });

  const close = () => setPanel(null);
  const toList = () => void navigate({ to: '/notes', search: filter });
  const isTrashed = Boolean(article.data?.deletedAt);
  const isGone = state.failure?.code === 'not_found';
  const notebookId = article.data?.notebookId ?? state.create?.notebookId ?? null;
  const lost = homeless(news ? [news] : []);
  const articleTags = article.data?.tags ?? state.create?.tags ?? [];
  /** Where a link leads is known to the server once it has the text. */
  const openTarget = async (target: string) => {
    await runner.flush();
    const [{ titleKey }, { items }] = await Promise.all([
      import('@ainotebook/text/search'),
      utils.links.list.fetch({ articleId }, { staleTime: 0 }),
    ]);
    const id = items.find((link) => titleKey(link.target) === titleKey(target))?.targetId;
    if (!id) return void toast(m.wiki_missing({ title: target }));
    await navigate({ to: '/notes/$articleId', params: { articleId: id }, search: {} });
  };
  return (
    <div ref={setRoot} className="flex min-w-0 flex-1 flex-col">
      <ArticleHeader
        runner={runner}
        notebookName={notebooks.find(({ id }) => id === notebookId)?.name ?? null}
        status={article.data?.status ?? 'draft'}
        isPinned={article.data?.isPinned ?? false}
        isTrashed={isTrashed}
        isNew={isNew}
        isPreview={isPreview}
        onPreview={() => setIsPreview(!isPreview)}
        isSource={!hasRichEditor}
        onSource={switchEditor}
        isOutlineShown={isOutlineShown}
        onOutline={toggleOutline}
        onFind={() => setPanel('find')}
        onPanel={setPanel}
        onBack={toList}
        onPin={(isPinned) => update.mutate({ id: articleId, data: { isPinned } })}
        onArchive={(isArchived) => update.mutate({ id: articleId, data: { isArchived } })}
        onAsk={() => {
          runner.dispatch({ type: 'flush' });
          void navigate({
            to: '/chat/{-$conversationId}',
            params: { conversationId: undefined },
            search: { id: articleId },
          });
        }}
        onTrash={() => {
          runner.dispatch({ type: 'flush' });
          trash.mutate({ id: articleId });
          toList();
        }}
      />
      <ArticlePane
        links={links.data?.items ?? NO_LINKS}
        onOpenLink={(id) =>
          void navigate({ to: '/notes/$articleId', params: { articleId: id }, search: {} })
        }
        onOpenTarget={(target) => void openTarget(target).catch(toastError)}
        backlinks={!isNew && !isTrashed && <Backlinks articleId={articleId} />}
        outline={isOutlineShown ? (hasRoom ? 'rail' : 'sheet') : null}
        onCloseSheet={() => setPanel((open) => (open === 'outline' ? null : open))}
        isFinding={panel === 'find'}
        onFinding={(isFinding) => setPanel(isFinding ? 'find' : null)}
        // Another set of rights makes another editor.
        key={String(isTrashed)}
        runner={runner}
        isReadOnly={isTrashed}
        isPreview={isPreview}
        isSource={!hasRichEditor}
        banner={
          <ArticleBanner
            deletedAt={article.data?.deletedAt ?? null}
            isGone={isGone}
            onRestore={() =>
              lost.length > 0 ? setPanel('restore') : restore.mutate({ id: articleId })
            }
            onPurge={() => {
              purge.mutate({ id: articleId });
              toList();
            }}
            onSaveAsNew={() => {
              const { text } = runner.getState();
              const id = sync.createNote({ notebookId: null, tags: [] }, text);
              toast.success(m.article_saved_as_new());
              void navigate({ to: '/notes/$articleId', params: { articleId: id }, search: {} });
            }}
          />
        }
        details={
          <TagEditor
            tags={articleTags}
            suggestions={tags.map((tag) => tag.name)}
            isReadOnly={isTrashed || isNew}
            onChange={(next) => update.mutate({ id: articleId, data: { tags: next } })}
          />
        }
      />
      <ArticlePanels
        runner={runner}
        panel={panel}
        onClose={close}
        notebookId={notebookId}
        tags={articleTags}
        lost={lost}
        isNew={isNew}
      />
    </div>
  );
}
