import { type SQL, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SearchScope } from '../search/candidates.js';
import { useApi } from '../test-support.js';
import { findNearest, nearestSql } from './nearest.js';
import { standIn } from './test-support.js';
import { signBits, toBytes, toUnit } from './vectors.js';

const t = useApi();
const db = () => t.services().db;
const model = { ...standIn(), dimensions: 64 };
const OWNERS = 200;
const VECTORS = 20_000;

/** Components by chance, the same for the same seed. */
function chance(seed: number): Float32Array {
  let state = seed + 1;
  return Float32Array.from({ length: 64 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 1_073_741_823 - 1;
  });
}

describe(`the plan, with ${VECTORS} vectors of ${OWNERS} owners`, () => {
  const ids: string[] = [];
  const scope = (userId: string, conditions: SQL[] = []): SearchScope => ({
    userId,
    conditions,
    unwanted: null,
  });

  beforeAll(async () => {
    await db().execute(sql`
      insert into users (id, email, handle, display_name, password_hash)
      select gen_random_uuid(), 'n' || n || '@example.org', 'near' || n, 'n', 'none'
      from generate_series(1, ${OWNERS}) n`);
    const { rows } = await db().execute<{ id: string }>(
      sql`select id from users where handle like 'near%' order by substr(handle, 5)::int`,
    );
    ids.push(...rows.map(({ id }) => id));
    await db().execute(sql`
      insert into articles (id, user_id, title, content_hash)
      select gen_random_uuid(), id, 'a' || n, 'x' from users, generate_series(1, 10) n`);
    // The first owner has a tenth of everything.
    await db().execute(sql`
      with a as (select id, user_id, row_number() over (partition by user_id order by id) as place
        from articles), placed as (
        select n, (${sql.param(ids)}::uuid[])[
          case when n % 10 = 0 then 1 else n % ${OWNERS - 1} + 2 end] as user_id
        from generate_series(1, ${VECTORS}) n)
      insert into chunks (id, article_id, user_id, ordinal, start_offset, end_offset, heading_path,
        text, length, tsv, index_version)
      select gen_random_uuid(), a.id, a.user_id, p.n, 0, 4, '[]', 'text', 1, '', 1
      from placed p join a on a.user_id = p.user_id and a.place = p.n / 10 % 10 + 1`);
    const found = await db().execute<{ id: string }>(sql`select id from chunks order by ordinal`);
    for (let from = 0; from < found.rows.length; from += 2_000) {
      const part = found.rows.slice(from, from + 2_000);
      const vectors = part.map((_, index) => toUnit(chance(from + index)));
      await db().execute(sql`
        insert into chunk_vectors
          (chunk_id, article_id, user_id, model, dimensions, input_hash, bits, vector)
        select c.id, c.article_id, c.user_id, 'test/stand-in', 64, 'h', new.bits::varbit, new.vector
        from unnest(${sql.param(part.map(({ id }) => id))}::uuid[],
          ${sql.param(vectors.map(signBits))}::text[],
          ${sql.param(vectors.map(toBytes))}::bytea[]) as new(id, bits, vector)
        join chunks c on c.id = new.id`);
    }
    await db().execute(sql`vacuum analyze chunk_vectors`);
    await db().execute(sql`vacuum analyze articles`);
  }, 60_000);

  const planOf = async (statement: SQL) => {
    const { rows } = await db().execute<{ 'QUERY PLAN': string }>(sql`explain ${statement}`);
    return rows.map((row) => row['QUERY PLAN']).join('\n');
  };
  const bits = signBits(chance(7));

  it('reads no vector and no note of other owners', async () => {
    for (const userId of [ids[0] ?? '', ids.at(-1) ?? '']) {
      const { rows } = await db().execute<{ id: string }>(
        sql`select id from articles where user_id = ${userId} limit 3`,
      );
      const some = sql`articles.id = any(${sql.param(rows.map(({ id }) => id))}::uuid[])`;
      for (const conditions of [[], [some]]) {
        const plan = await planOf(nearestSql(scope(userId, conditions), { model, bits }));
        expect(plan).not.toContain('Seq Scan');
        expect(plan).toMatch(/idx_chunk_vectors_(user|article)_id/);
      }
    }
  });

  it('finds the nearest of one owner, as comparing every vector does', async () => {
    for (const userId of [ids[0] ?? '', ids.at(-1) ?? '']) {
      const near = await findNearest(db(), scope(userId), { model, vector: chance(7) });
      const owned = await db().execute<{ id: string }>(
        sql`select chunk_id as id from chunk_vectors where user_id = ${userId}`,
      );
      const own = new Set(owned.rows.map(({ id }) => id));
      expect(near).toHaveLength(Math.min(400, own.size));
      expect(near.every(({ chunkId }) => own.has(chunkId))).toBe(true);
      const similarities = near.map(({ similarity }) => similarity);
      expect([...similarities].sort((a, b) => b - a)).toEqual(similarities);
    }
    const others = { ...model, model: 'other' };
    const query = { model: others, vector: chance(7) };
    expect(await findNearest(db(), scope(ids[0] ?? ''), query)).toEqual([]);
  });
});
