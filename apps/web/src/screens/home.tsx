import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { useUser } from '../app-context.js';
import {
  usePinnedArticles,
  useRecentArticles,
  useUnfinishedArticles,
} from '../features/articles/article-hooks.js';
import { useLastOpened } from '../features/articles/last-opened.js';
import { useNewNote } from '../features/articles/use-new-note.js';
import {
  ContinueCard,
  HomeSection,
  HomeSkeleton,
  PinnedCards,
  RecentRows,
  TaskRows,
} from '../features/home/home-sections.js';
import { HomeStart } from '../features/home/home-start.js';
import { QuickCapture } from '../features/home/quick-capture.js';
import { useLayout } from '../features/shell/layout-context.js';
import { ScreenHeader } from '../features/shell/screen-header.js';
import { trpc } from '../trpc.js';
import { ErrorBlock, Loading } from '../ui/states.js';

/** Where a day begins: jot something down, or go on with what was open. */
export function HomeScreen() {
  return (
    <div className="flex min-w-0 flex-1 flex-col bg-paper">
      <ScreenHeader title={m.nav_home()} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-8 px-4 pt-1 pb-16 md:px-8 md:pt-4">
          <QuickCapture />
          <HomeNotes />
        </div>
      </div>
    </div>
  );
}

function HomeNotes() {
  const recent = useRecentArticles();
  const pinned = usePinnedArticles();
  const unfinished = useUnfinishedArticles();
  const newNote = useNewNote();
  const { openPalette } = useLayout();
  const last = useLastArticle();
  if (recent.isPending) {
    return (
      <Loading>
        <HomeSkeleton />
      </Loading>
    );
  }
  if (recent.isError && recent.articles.length === 0) {
    return <ErrorBlock error={recent.error} onRetry={() => void recent.refetch()} />;
  }
  if (recent.articles.length === 0)
    return <HomeStart onNew={() => newNote()} onFind={openPalette} />;
  return (
    <>
      {last && (
        <HomeSection title={m.home_continue()}>
          <ContinueCard article={last.article} at={last.at} />
        </HomeSection>
      )}
      {pinned.articles.length > 0 && (
        <HomeSection title={m.home_pinned()}>
          <PinnedCards articles={pinned.articles} />
        </HomeSection>
      )}
      {unfinished.articles.length > 0 && (
        <HomeSection title={m.home_tasks()}>
          <TaskRows articles={unfinished.articles} />
        </HomeSection>
      )}
      <HomeSection
        title={m.home_recent()}
        aside={
          <Link
            to="/notes"
            search={{}}
            className="rounded-md px-1 py-1 text-[0.8125rem] text-accent hover:underline"
          >
            {m.home_all()}
          </Link>
        }
      >
        <RecentRows articles={recent.articles.filter(({ id }) => id !== last?.article.id)} />
      </HomeSection>
    </>
  );
}

/** The note that was open last on this device, unless it is gone. */
function useLastArticle() {
  const last = useLastOpened(useUser().id);
  const { data: article } = trpc.articles.get.useQuery(
    { id: last?.articleId ?? '' },
    { enabled: last !== null, retry: false },
  );
  if (!last || !article || article.deletedAt) return null;
  return { article, at: new Date(last.at) };
}
