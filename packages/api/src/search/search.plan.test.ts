import { createDb, type Database } from '@ainotebook/db';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { useApi } from '../test-support.js';
import {
  allowOrderedScans,
  candidatesSql,
  collectionSql,
  frequenciesSql,
  limitStatements,
  type SearchScope,
} from './candidates.js';
import { indexArticle } from './indexing.js';
import { searchArticles } from './search.service.js';

const t = useApi();
const db = () => t.services().db;

describe('the plan, with 50,000 passages of 500 owners', () => {
  const ids: string[] = [];
  const scope = (userId: string): SearchScope => ({ userId, conditions: [], unwanted: `'w3'` });
  const small = () => scope(ids.at(-1) ?? '');
  const large = () => scope(ids[0] ?? '');

  beforeAll(async () => {
    // The first owner has a tenth of all passages, the others share the rest.
    await db().execute(sql`
      insert into users (id, email, handle, display_name, password_hash)
      select gen_random_uuid(), 'p' || n || '@example.org', 'planned' || n, 'p', 'none'
      from generate_series(0, 499) n`);
    const { rows } = await db().execute<{ id: string }>(
      sql`select id from users where handle like 'planned%' order by substr(handle, 8)::int`,
    );
    ids.push(...rows.map(({ id }) => id));
    await db().execute(sql`
      insert into articles (id, user_id, title, content_hash)
      select gen_random_uuid(), id, 'a', 'x'
      from users, generate_series(1, 4) where handle like 'planned%'`);
    await db().execute(sql`
      with a as (
        select id, user_id, row_number() over () - 1 as n from articles
      ), owner_article as (
        select distinct on (user_id) id, user_id from a order by user_id, n
      ), placed as (
        select g, (${sql.param(ids)}::uuid[])[case when g % 10 = 0 then 1 else g % 499 + 2 end] as user_id
        from generate_series(1, 50000) g
      )
      insert into chunks (id, article_id, user_id, ordinal, start_offset, end_offset, heading_path,
        text, length, tsv, index_version)
      select gen_random_uuid(), o.id, p.user_id, p.g, 0, 10, '[]', repeat('text ', 40), 40,
        (select string_agg('''w' || (p.g * k) % (k * k * 50) || ''':' || k, ' ')
         from generate_series(1, 12) k)::tsvector
          || ('''common'':20 ''@' || replace(p.user_id::text, '-', '') || '''')::tsvector,
        1
      from placed p join owner_article o on o.user_id = p.user_id`);
    await db().execute(sql`vacuum analyze chunks`);
    await db().execute(sql`analyze articles`);
  }, 60_000);

  const planOf = async (statement: SQL) => {
    const { rows } = await db().execute<{ 'QUERY PLAN': string }>(sql`explain ${statement}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };

  it.each([
    ['a common word', `'common'`],
    ['a rare word', `'w77'`],
    ['two words', `'common' & 'w5'`],
    ['a phrase', `('w5' <-> 'w10')`],
    ['any of many words', `'common' | 'w1' | 'w2' | 'w3'`],
    ['a prefix', `'w7':*`],
  ])('never reads the whole table for %s', async (_, query) => {
    for (const [owner, documentCount] of [
      [small(), 90],
      [large(), 5_000],
    ] as const) {
      const plan = await planOf(candidatesSql(owner, { query, documentCount }));
      expect(plan).not.toContain('Seq Scan on chunks');
      expect(plan).toMatch(/Index Scan (on|using) (idx_chunks|chunks)/);
    }
  });

  it('never reads the whole table for the statistics of an owner', async () => {
    for (const { userId } of [small(), large()]) {
      expect(await planOf(collectionSql(userId))).not.toContain('Seq Scan on chunks');
      const plan = await planOf(frequenciesSql(userId, ['common', 'w1', 'w2']));
      expect(plan).not.toContain('Seq Scan on chunks');
    }
  });

  it('uses the index over words for a word of nearly every passage, where the planner alone would read each vector', async () => {
    const owner = large();
    const undo = new Error('undo');
    await expect(
      db().transaction(async (tx) => {
        await tx.execute(sql`delete from chunks where user_id <> ${owner.userId}`);
        await tx.execute(sql`
          insert into articles (id, user_id, title, content_hash)
          select gen_random_uuid(), ${owner.userId}, 'a', 'x' from generate_series(1, 250)`);
        await tx.execute(sql`create table kept as select * from chunks`);
        await tx.execute(sql`
          with own as (select array_agg(id) as ids from articles where user_id = ${owner.userId})
          update kept set article_id = own.ids[1 + ordinal % 250] from own`);
        await tx.execute(sql`truncate chunks cascade`);
        await tx.execute(sql`insert into chunks select * from kept order by article_id, ordinal`);
        await tx.execute(sql`analyze chunks`);
        await tx.execute(sql`analyze articles`);
        const explain = async () => {
          const statement = candidatesSql(
            { ...owner, unwanted: null },
            { query: `'common'`, documentCount: 5_000 },
          );
          const { rows } = await tx.execute(sql`explain ${statement}`);
          return JSON.stringify(rows);
        };
        expect(await explain()).toContain('Seq Scan on chunks');
        await limitStatements(tx);
        await allowOrderedScans(tx, false);
        expect(await explain()).toContain('Bitmap Index Scan on idx_chunks_tsv');
        throw undo;
      }),
    ).rejects.toBe(undo);
  });

  it('finds through the index what reading every passage finds', async () => {
    for (const [owner, query] of [
      [small(), `'common'`],
      [large(), `'common' & 'w10'`],
    ] as const) {
      const { rows } = await db().execute<{ n: number }>(sql`
        select count(*)::int as n from chunks where user_id = ${owner.userId} and tsv @@ ${query}::tsquery`);
      const found = await db().execute<{ total: number }>(
        candidatesSql({ ...owner, unwanted: null }, { query, documentCount: 5_000 }),
      );
      expect(rows[0]?.n).toBeGreaterThan(0);
      expect(found.rows[0]?.total).toBe(rows[0]?.n);
    }
  });
});

describe('the number of statements', () => {
  let counted: Database;
  let statements = 0;
  beforeAll(() => {
    counted = createDb(t.database.url);
    counted.pool.on('connect', (client) => {
      const { query } = client;
      vi.spyOn(client, 'query').mockImplementation((...args: unknown[]) => {
        statements += 1;
        return Reflect.apply(query, client, args);
      });
    });
  });
  afterAll(() => counted.close());

  it('is the same for one hit as for many', async () => {
    const alice = await t.user();
    const auth = { userId: alice.id, sessionId: alice.sessionId, role: 'user' as const };
    const make = async (content: string, count: number) => {
      const items = Array.from({ length: count }, (_, i) => ({ title: `t${i}`, content }));
      const { ids } = await alice.api.articles.createMany({ items });
      for (const id of ids) await indexArticle(db(), id);
    };
    await make('lonely word', 1);
    await make('frequent word', 49);
    const count = async (q: string) => {
      statements = 0;
      const { items } = await searchArticles({ db: counted.db, auth }, { q, limit: 50 });
      return { hits: items.length, statements };
    };
    await count('warm up');
    const one = await count('lonely');
    const many = await count('frequent');
    expect([one.hits, many.hits]).toEqual([1, 49]);
    expect(one.statements).toBeGreaterThan(0);
    expect(many.statements).toBe(one.statements);
  });
});

describe('the time limit of a search', () => {
  it('ends with the search: the connection keeps its own', async () => {
    const alice = await t.user();
    const auth = { userId: alice.id, sessionId: alice.sessionId, role: 'user' as const };
    const single = createDb(t.database.url, { max: 1 });
    try {
      await searchArticles({ db: single.db, auth }, { q: 'word', limit: 1 });
      const { rows } = await single.db.execute<{ limit: string }>(
        sql`select current_setting('statement_timeout') as limit`,
      );
      expect(rows[0]?.limit).toBe('10s');
    } finally {
      await single.close();
    }
  });
});
