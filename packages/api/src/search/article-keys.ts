import { schema, type Tx } from '@ainotebook/db';
import { extractWikiLinks } from '@ainotebook/text/markdown';
import { latinWords, titleKey } from '@ainotebook/text/search';
import { eq, sql } from 'drizzle-orm';
import { fileIdsIn, writeArticleFiles } from '../files/file-uses.js';
import { dropLinks, type LinkKey, linkKeysOf, writeLinks } from '../links/link-rows.js';
import { titlePinyin } from './pinyin.js';

const { articleTitles } = schema;

/** Latin words kept of one article for typo help. */
const WORDS_PER_ARTICLE = 2_000;

/** What an article's title is looked up by, the words it teaches typo help, and where it leads. */
export interface ArticleKeys {
  key: string;
  pinyin: string;
  words: string[];
  links: LinkKey[];
  files: string[];
}

/** The keys of a title and a text. */
export function keysOf({ title, content }: { title: string; content: string }): ArticleKeys {
  return {
    key: titleKey(title),
    pinyin: titlePinyin(title),
    // In order, so that articles indexed side by side wait for each other's words and no deadlock.
    words: latinWords(`${title}\n${content}`, WORDS_PER_ARTICLE).sort(),
    links: linkKeysOf(extractWikiLinks(content)),
    files: fileIdsIn(content),
  };
}

/**
 * Writes an article's keys where they differ from what is there; without keys it is taken out. One
 * article of an owner at a time: a link and its target indexed side by side would each not see the
 * other, and the link stay open for good.
 */
export async function writeKeys(
  tx: Tx,
  { articleId, userId }: { articleId: string; userId: string },
  keys: ArticleKeys | null,
): Promise<void> {
  // Ten articles of one owner may stand in line on a slow machine; failing would only repeat the work.
  await tx.execute(sql`set local lock_timeout = '8s'`);
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`links ${userId}`}, 0))`);
  if (!keys) {
    await tx.delete(articleTitles).where(eq(articleTitles.articleId, articleId));
    await dropLinks(tx, articleId);
    return;
  }
  const { key, pinyin, words, links, files } = keys;
  await tx.execute(sql`
    insert into article_titles (article_id, user_id, key, pinyin)
    values (${articleId}, ${userId}, ${key}, ${pinyin})
    on conflict (article_id) do update
    set user_id = excluded.user_id, key = excluded.key, pinyin = excluded.pinyin
    where (article_titles.user_id, article_titles.key, article_titles.pinyin)
      is distinct from (excluded.user_id, excluded.key, excluded.pinyin)`);
  await writeLinks(tx, { articleId, userId, key }, links);
  await writeArticleFiles(tx, { articleId, userId }, files);
  if (words.length === 0) return;
  await tx.execute(sql`
    insert into search_words (user_id, word)
    select ${userId}, new.word
    from unnest(${sql.param(words)}::text[]) with ordinality as new(word, place)
    order by new.place
    on conflict do nothing`);
}
