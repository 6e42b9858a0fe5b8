import { schema } from '@ainotebook/db';
import { type SQL, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { useApi } from '../test-support.js';
import { neighboursSql } from './corrections.js';
import { missesQuery } from './misses.service.js';
import { titlesSql } from './titles.js';

const t = useApi();
const db = () => t.services().db;
const OWNERS = 100;

describe(`the plans of titles, words and misses, with ${OWNERS} owners`, () => {
  let userId = '';

  beforeAll(async () => {
    const owners = Array.from({ length: OWNERS }, (_, n) => ({
      id: v7(),
      email: `o${n}@example.org`,
      handle: `owner${n}`,
      displayName: 'o',
      passwordHash: 'none',
    }));
    userId = owners[7]?.id ?? '';
    await db().insert(schema.users).values(owners);
    const each = sql`unnest(${sql.param(owners.map(({ id }) => id))}::uuid[]) as owner(id),
      generate_series(1, 300) n`;
    await db().execute(sql`
      insert into articles (id, user_id, title, content_hash)
      select gen_random_uuid(), owner.id, 'Title ' || n, 'x' from ${each}`);
    await db().execute(sql`
      insert into article_titles (article_id, user_id, key, pinyin)
      select id, user_id, lower(title), 'biaoti bt' from articles`);
    await db().execute(sql`
      insert into search_words (user_id, word) select owner.id, 'word' || n from ${each}`);
    await db().execute(sql`
      insert into search_misses (user_id, key, query) select owner.id, 'q' || n, 'q' from ${each}`);
    await db().execute(sql`analyze`);
  });

  const planOf = async (statement: SQL) => {
    const { rows } = await db().execute<{ 'QUERY PLAN': string }>(sql`explain ${statement}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  it.each<[string, RegExp, () => SQL]>([
    [
      'titles',
      /idx_article_titles_user_key/,
      () => titlesSql(userId, { key: 'title 3', letters: null }),
    ],
    [
      'titles by pinyin',
      /idx_article_titles_user_key/,
      () => titlesSql(userId, { key: 'biaoti', letters: 'biaoti' }),
    ],
    ['words like one', /search_words_user_id_word_pk/, () => neighboursSql(userId, 'wird12')],
    [
      'misses',
      /idx_search_misses_last_at|search_misses_user_id_key_pk/,
      () => missesQuery(db(), userId).getSQL(),
    ],
  ])('%s are read inside the owner', async (_, index, statement) => {
    const plan = await planOf(statement());
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/Seq Scan on (article_titles|search_words|search_misses|articles)/);
  });
});
