import type { ArticleSummary } from '@ainotebook/contract';
import { m } from '@ainotebook/messages';
import { Link } from '@tanstack/react-router';
import { ListTodo, Pin } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { langOf } from '../../lib/lang-of.js';
import { fullTime, relativeTime } from '../../lib/time.js';
import { Skeleton } from '../../ui/states.js';
import { usePrefetchArticle } from '../articles/article-hooks.js';

interface SectionProps {
  title: string;
  /** The way to all of it. */
  aside?: ReactNode;
  children: ReactNode;
}

export function HomeSection({ title, aside, children }: SectionProps) {
  const headingId = useId();
  return (
    <section aria-labelledby={headingId} className="min-w-0">
      <div className="mb-2 flex items-baseline justify-between gap-3">
        <h2 id={headingId} className="text-[0.8125rem] font-medium text-ink-3">
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

interface NoteLinkProps {
  article: Pick<ArticleSummary, 'id' | 'title'>;
  className: string;
  children: ReactNode;
}

/** Leads to a note, which is fetched when somebody is about to follow. */
function NoteLink({ article, className, children }: NoteLinkProps) {
  const prefetch = usePrefetchArticle();
  const intend = () => prefetch(article.id);
  return (
    <Link
      to="/notes/$articleId"
      params={{ articleId: article.id }}
      search={{}}
      onPointerEnter={intend}
      onFocus={intend}
      className={className}
    >
      {children}
    </Link>
  );
}

const titleOf = ({ title }: { title: string }) => title || m.article_untitled();

const Time = ({ at, label }: { at: Date; label?: string }) => (
  <time
    dateTime={at.toISOString()}
    title={fullTime(at)}
    className="shrink-0 text-xs whitespace-nowrap text-ink-3"
  >
    {label ?? relativeTime(at)}
  </time>
);

/** The note that was open last, to go on with. */
export function ContinueCard({ article, at }: { article: ArticleSummary; at: Date }) {
  return (
    <NoteLink
      article={article}
      className="block rounded-2xl border border-line bg-paper-2 px-4 py-3.5 transition-colors hover:border-line-strong hover:bg-hover"
    >
      <span lang={langOf(article.title)} className="block truncate text-[1.0625rem] font-semibold">
        {titleOf(article)}
      </span>
      {article.excerpt && (
        <span
          lang={langOf(article.excerpt)}
          className="mt-1 line-clamp-2 text-sm leading-normal text-ink-2"
        >
          {article.excerpt}
        </span>
      )}
      <span className="mt-2 block">
        <Time at={at} label={m.home_continue_opened({ time: relativeTime(at) })} />
      </span>
    </NoteLink>
  );
}

export function PinnedCards({ articles }: { articles: ArticleSummary[] }) {
  return (
    <ul className="grid gap-2 sm:grid-cols-2">
      {articles.map((article) => (
        <li key={article.id} className="min-w-0">
          <NoteLink
            article={article}
            className="flex h-full items-start gap-2.5 rounded-xl border border-line px-3.5 py-3 transition-colors hover:border-line-strong hover:bg-hover"
          >
            <Pin aria-hidden className="mt-1 size-3.5 shrink-0 fill-seal text-seal" />
            <span className="min-w-0">
              <span lang={langOf(article.title)} className="block truncate font-medium">
                {titleOf(article)}
              </span>
              {article.excerpt && (
                <span
                  lang={langOf(article.excerpt)}
                  className="block truncate text-[0.8125rem] text-ink-3"
                >
                  {article.excerpt}
                </span>
              )}
            </span>
          </NoteLink>
        </li>
      ))}
    </ul>
  );
}

const ROW =
  'flex min-h-10 items-center gap-3 rounded-lg px-3 py-1.5 hover:bg-hover max-md:min-h-11';

export function RecentRows({ articles }: { articles: ArticleSummary[] }) {
  return (
    <ul className="-mx-3 grid gap-px">
      {articles.map((article) => (
        <li key={article.id} className="min-w-0">
          <NoteLink article={article} className={ROW}>
            <span
              lang={langOf(`${article.title}${article.excerpt}`)}
              className="min-w-0 flex-1 truncate"
            >
              {titleOf(article)}
              {article.excerpt && (
                <span className="ms-2.5 text-[0.8125rem] text-ink-3">{article.excerpt}</span>
              )}
            </span>
            <Time at={article.updatedAt} />
          </NoteLink>
        </li>
      ))}
    </ul>
  );
}

/** Notes with tasks that nobody has ticked. */
export function TaskRows({ articles }: { articles: ArticleSummary[] }) {
  return (
    <ul className="-mx-3 grid gap-px">
      {articles.map((article) => (
        <li key={article.id} className="min-w-0">
          <NoteLink article={article} className={ROW}>
            <ListTodo aria-hidden className="size-4 shrink-0 text-accent" />
            <span className="min-w-0 flex-1 truncate">{titleOf(article)}</span>
            <span className="shrink-0 text-xs text-ink-3 tabular-nums">
              {m.home_tasks_open({ count: article.openTasks })}
            </span>
          </NoteLink>
        </li>
      ))}
    </ul>
  );
}

export function HomeSkeleton() {
  return (
    <div className="grid gap-8">
      <Skeleton className="h-24 w-full rounded-2xl" />
      <div className="grid gap-3">
        <Skeleton className="h-3.5 w-24" />
        <Skeleton className="h-5 w-4/5" />
        <Skeleton className="h-5 w-3/5" />
        <Skeleton className="h-5 w-2/3" />
        <Skeleton className="h-5 w-1/2" />
      </div>
    </div>
  );
}
