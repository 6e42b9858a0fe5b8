import { schema, type Tx } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';

const { users } = schema;
const setup = useApi();
const OWNERS = 200;
const ARTICLES = 50_000;

interface Pool {
  query: (query: { text: string }, values?: unknown[]) => Promise<{ rows: object[] }>;
}

/** The plans of every statement that `run` sends. */
async function plansOf(run: () => Promise<unknown>): Promise<string> {
  // Drizzle keeps the pool under `$client`, which our `Db` does not name.
  const pool = (setup.services().db as unknown as { $client: Pool }).$client;
  const { query } = pool;
  const plans: string[] = [];
  pool.query = async (statement, values) => {
    const { rows } = await query.call(pool, { text: `explain ${statement.text}` }, values);
    plans.push(rows.flatMap((row) => Object.values(row)).join('\n'));
    return query.call(pool, statement, values);
  };
  try {
    await run();
  } finally {
    pool.query = query;
  }
  expect(plans).not.toEqual([]);
  return plans.join('\n\n');
}

/** 50,000 articles of 200 owners; 1 in 20 trashed, 1 in 5 archived, 10 notebooks and 20 tags each. */
async function fill(db: Tx, ownerIds: string[]): Promise<void> {
  const owners = sql`unnest(${sql.param(ownerIds)}::uuid[]) with ordinality as o(id, n)`;
  // Ids that tell owner and number, so that the statements can name each other's rows.
  const id = (kind: number, owner: string, n: string) =>
    sql.raw(
      `(lpad(to_hex(${owner}), 8, '0') || '-${kind}000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`,
    );
  await db.execute(sql`
    insert into notebooks (id, user_id, name, position)
    select ${id(1, 'o.n', 'i')}, o.id, 'n' || i, 'a' || i from ${owners}, generate_series(0, 9) i`);
  await db.execute(sql`
    insert into tags (id, user_id, name)
    select ${id(2, 'o.n', 'i')}, o.id, 'tag ' || i from ${owners}, generate_series(0, 19) i`);
  await db.execute(sql`
    insert into articles (id, user_id, notebook_id, title, content, content_hash, revision,
      status, is_pinned, open_tasks, deleted_at, created_at, updated_at)
    select ${id(3, 'o.n', 'i')}, o.id,
      case when i % 11 = 0 then null else ${id(1, 'o.n', 'i % 10')} end,
      'Title ' || (i * 7919) % 1000, 'text ' || i, i::text, 2,
      case when i % 5 = 0 then 'archived' else 'draft' end, i % 12 = 3, (i % 9 = 1)::int,
      case when i % 20 = 0 then now() - i * interval '1 minute' end,
      now() - i * interval '1 hour', now() - i * interval '3 minutes'
    from ${owners}, generate_series(0, ${ARTICLES / OWNERS - 1}) i
    -- Owners write in turn, so that nobody's rows lie side by side.
    order by i desc, o.n`);
  await db.execute(sql`
    insert into article_tags (article_id, tag_id)
    select ${id(3, 'o.n', 'i')}, ${id(2, 'o.n', '(i + k) % 20')}
    from ${owners}, generate_series(0, ${ARTICLES / OWNERS - 1}) i, generate_series(0, 1) k`);
  await db.execute(sql`
    insert into revisions (id, article_id, number, kind, title, content, content_hash, created_at)
    select ${id(4, 'o.n', 'i * 2 + k')}, ${id(3, 'o.n', 'i')}, k + 1, 'save', 't', 'c', 'h',
      now() - k * interval '1 hour'
    from ${owners}, generate_series(0, ${ARTICLES / OWNERS - 1}) i, generate_series(0, 1) k`);
  await db.execute(sql`analyze`);
}

describe(`query plans over ${ARTICLES} articles of ${OWNERS} owners`, () => {
  let user: TestUser;
  let notebookId = '';
  let articleId = '';
  let tagId = '';
  let revisionId = '';

  beforeAll(async () => {
    user = await setup.user();
    const others = Array.from({ length: OWNERS - 1 }, (_, i) => ({
      id: v7(),
      email: `owner${i}@example.org`,
      handle: `owner${i}`,
      displayName: 'o',
      passwordHash: 'none',
    }));
    await setup.services().db.insert(users).values(others);
    const ownerIds = [user.id, ...others.map((other) => other.id)];
    await setup.services().db.transaction((tx) => fill(tx, ownerIds));
    notebookId = (await user.api.notebooks.list())[1]?.id ?? '';
    tagId = (await user.api.tags.list())[2]?.id ?? '';
    articleId = (await user.api.articles.list()).items[3]?.id ?? '';
    revisionId = (await user.api.revisions.list({ articleId })).items[0]?.id ?? '';
  }, 60_000);

  const list =
    (input: NonNullable<Parameters<TestUser['api']['articles']['list']>[0]>) => async () => {
      const first = await user.api.articles.list(input);
      expect(first.items.length).toBeGreaterThan(0);
      // The second page too: its condition is another.
      if (first.nextCursor) await user.api.articles.list({ ...input, cursor: first.nextCursor });
    };

  it.each<[string, string, () => Promise<unknown>]>([
    ['the list', 'idx_active_articles', list({})],
    ['the list by creation', 'idx_active_articles_created', list({ sort: 'createdAt' })],
    ['the list by title', 'idx_active_articles_title', list({ sort: 'title' })],
    ['the list of a status', 'idx_articles_user_status_time', list({ status: 'draft' })],
    ['what is not archived', 'idx_active_articles', list({ isArchived: false })],
    ['the archive', 'idx_articles_user_status_time', list({ isArchived: true })],
    ['what is pinned', 'idx_pinned_articles', list({ isPinned: true, isArchived: false })],
    ['what has open tasks', 'idx_articles_with_tasks', list({ hasOpenTasks: true })],
    ['the articles of a notebook', 'idx_active_articles_notebook', () => list({ notebookId })()],
    ['the articles outside notebooks', 'idx_unfiled_articles', list({ notebookId: null })],
    ['the articles of a tag', 'article_tags', list({ tag: 'TAG 3' })],
    ['the trash', 'idx_trashed_articles', list({ isTrashed: true })],
    ['one article', 'articles_pkey', () => user.api.articles.get({ id: articleId })],
    ['the tags', 'idx_tags_user_name', () => user.api.tags.list()],
    ['the tags beside a tag', 'article_tags', () => user.api.tags.related({ id: tagId })],
    ['the notebooks', 'idx_notebooks_user_parent_position', () => user.api.notebooks.list()],
    [
      'the revisions of an article',
      'idx_revisions_article_created',
      () => user.api.revisions.list({ articleId, limit: 1 }),
    ],
    ['one revision', 'revisions_pkey', () => user.api.revisions.get({ id: revisionId })],
    [
      'a save',
      'articles_pkey',
      () =>
        user.api.articles.save({
          id: articleId,
          data: { title: 't', content: 'new' },
          baseRevision: 2,
        }),
    ],
  ])('%s uses %s and scans no large table', async (_, index, run) => {
    const plans = await plansOf(run);
    expect(plans).toContain(index);
    expect(plans).not.toMatch(/Seq Scan on (articles|revisions|article_tags|tags|notebooks)\b/);
    // In the order of the index: a sort would read every article of the owner for one page.
    if (index !== 'article_tags') {
      expect(plans).not.toMatch(/Sort Key: .*(updated_at|created_at|deleted_at|lower)/);
    }
  });
});
