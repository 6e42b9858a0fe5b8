import type { SearchTitlesInput, TitleSuggestion } from '@ainotebook/contract';
import { type Db, schema, type Tx } from '@ainotebook/db';
import { normalize, originalRange, titleKey } from '@ainotebook/text/search';
import { and, desc, eq, inArray, isNull, ne, type SQL, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { hitColumns } from './candidates.js';
import { isInnerPinyin, matchPinyin, typedPinyin } from './pinyin.js';

const { articles, articleTitles } = schema;

/** Titles that are compared in the application, the likeliest first. */
const TITLE_CAP = 100;
const MAX_WORDS = 8;

const suggestionColumns = {
  articleId: articles.id,
  notebookId: articles.notebookId,
  title: articles.title,
  updatedAt: articles.updatedAt,
};

/**
 * The caller's live articles whose titles hold every word of `q`, or hold it as pinyin or initials:
 * equal titles first, then beginnings, then the rest, the newest of each first. Without `q` the
 * newest articles.
 */
export async function searchTitles(
  ctx: Pick<AuthedContext, 'db' | 'auth'>,
  input: SearchTitlesInput,
): Promise<{ items: TitleSuggestion[] }> {
  const { userId } = ctx.auth;
  const key = titleKey(input.q);
  if (key === '') return { items: await newestTitles(ctx.db, userId, input.limit) };
  const wanted = { key, letters: typedPinyin(input.q) };
  const { rows: found } = await ctx.db.execute<{ id: string }>(titlesSql(userId, wanted));
  if (found.length === 0) return { items: [] };
  const rows = await ctx.db
    .select(suggestionColumns)
    .from(articles)
    .where(
      and(
        inArray(
          articles.id,
          found.map(({ id }) => id),
        ),
        eq(articles.userId, userId),
        isNull(articles.deletedAt),
      ),
    );
  const items = rows
    .flatMap((row) => {
      // Compared once more: the title may have changed since it was indexed.
      const rank = rankOf(row.title, wanted);
      return rank === null ? [] : [{ row, rank }];
    })
    .sort((a, b) => a.rank - b.rank || b.row.updatedAt.getTime() - a.row.updatedAt.getTime())
    .slice(0, input.limit)
    .map(({ row }) => ({ ...row, titleRanges: wordRanges(row.title, wordsOf(key)) }));
  return { items };
}

async function newestTitles(db: Db | Tx, userId: string, limit: number) {
  const rows = await db
    .select(suggestionColumns)
    .from(articles)
    .where(and(eq(articles.userId, userId), isNull(articles.deletedAt), ne(articles.title, '')))
    .orderBy(desc(articles.updatedAt), desc(articles.id))
    .limit(limit);
  return rows.map((row) => ({ ...row, titleRanges: [] }));
}

interface WantedTitle {
  key: string;
  letters: string | null;
}

const wordsOf = (key: string) => key.split(' ').slice(0, MAX_WORDS);

/** The statement that finds titles: an owner's are few enough to be read. */
export function titlesSql(userId: string, { key, letters }: WantedTitle): SQL {
  const { key: column, pinyin } = articleTitles;
  const words = and(...wordsOf(key).map((word) => sql`strpos(${column}, ${word}) > 0`));
  const hasPinyin = letters === null ? sql`false` : pinyinCondition(letters);
  return sql`
    select ${articleTitles.articleId} as id from ${articleTitles}
    where ${articleTitles.userId} = ${userId} and ((${words}) or ${hasPinyin})
    order by ${column} = ${key} desc, starts_with(${column}, ${key}) desc,
      starts_with(${pinyin}, ${letters ?? ''}) desc, ${articleTitles.articleId} desc
    limit ${TITLE_CAP}`;
}

/** No pattern, so nothing to escape. Where letters stand at no syllable is found out later. */
function pinyinCondition(letters: string): SQL {
  const { pinyin } = articleTitles;
  return isInnerPinyin(letters)
    ? sql`strpos(${pinyin}, ${letters}) > 0`
    : sql`(starts_with(${pinyin}, ${letters}) or strpos(${pinyin}, ${` ${letters}`}) > 0)`;
}

/** 0 equal, 1 begins so, 2 pinyin begins so, 3 holds the words, 4 holds the pinyin. */
function rankOf(title: string, { key, letters }: WantedTitle): number | null {
  const own = titleKey(title);
  if (own === key) return 0;
  if (own.startsWith(key)) return 1;
  const match = letters === null ? null : matchPinyin(title, letters);
  if (match === 'start') return 2;
  if (wordsOf(key).every((word) => own.includes(word))) return 3;
  return match === 'inside' ? 4 : null;
}

function wordRanges(title: string, words: readonly string[]): [number, number][] {
  const normalized = normalize(title);
  const found = words.map((word) => ({ word, at: normalized.text.indexOf(word) }));
  if (found.some(({ at }) => at < 0)) return [];
  const ranges: [number, number][] = [];
  for (const { word, at } of found.sort((a, b) => a.at - b.at)) {
    const [start, end] = originalRange(normalized, at, at + word.length);
    const last = ranges.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else ranges.push([start, end]);
  }
  return ranges;
}

/** UTF-16 units a snippet is chosen from where no passage was matched. */
export const OPENING_LENGTH = 400;

/** The beginning of an article's Markdown. */
export const openingColumn = sql<string>`left(${articles.content}, ${OPENING_LENGTH})`;

/** Articles that `conditions` leave whose titles read like `letters`, those that begin so first. */
export async function findByPinyin(
  tx: Tx,
  search: { userId: string; conditions: readonly (SQL | undefined)[] },
  letters: string,
) {
  const rows = await tx
    .select({ ...hitColumns, opening: openingColumn })
    .from(articleTitles)
    .innerJoin(articles, eq(articles.id, articleTitles.articleId))
    .where(
      and(eq(articleTitles.userId, search.userId), pinyinCondition(letters), ...search.conditions),
    )
    .orderBy(
      desc(sql`starts_with(${articleTitles.pinyin}, ${letters})`),
      desc(articleTitles.articleId),
    )
    .limit(TITLE_CAP);
  const matched = rows.map((row) => ({ row, match: matchPinyin(row.title, letters) }));
  return [
    ...matched.filter(({ match }) => match === 'start'),
    ...matched.filter(({ match }) => match === 'inside'),
  ].map(({ row }) => row);
}
