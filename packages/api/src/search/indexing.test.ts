import { schema } from '@ainotebook/db';
import { createDispatcher, enqueue } from '@ainotebook/jobs';
import { asc, eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { createJobHandlers } from '../jobs.js';
import { testJobServices, useApi } from '../test-support.js';
import { indexArticle } from './indexing.js';
import { processArticle } from './search.jobs.js';

const t = useApi();
const { articles, chunks } = schema;
const db = () => t.services().db;

const chunksOf = (articleId: string) =>
  db()
    .select({
      id: chunks.id,
      text: chunks.text,
      start: chunks.start,
      end: chunks.end,
      tsv: chunks.tsv,
    })
    .from(chunks)
    .where(eq(chunks.articleId, articleId))
    .orderBy(asc(chunks.ordinal));

/** Long enough for several passages; `words` stands in the last one. */
const longText = (words: string) =>
  `${Array.from({ length: 5 }, (_, i) => `# Part ${i}\n\n${'plain words here. '.repeat(60)}`).join('\n\n')}\n\n# End\n\n${words}`;

describe('indexArticle', () => {
  it('cuts an article into passages that cover its text', async () => {
    const [alice, bob] = [await t.user(), await t.user()];
    const content = longText('清华大学');
    const mine = await alice.api.articles.create({ title: 'a', content });
    const his = await bob.api.articles.create({ title: 'b', content: '' });
    await indexArticle(db(), mine.id);
    const rows = await chunksOf(mine.id);
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.map(({ text }) => text).join('')).toBe(content);
    for (const { start, end, text } of rows) expect(content.slice(start, end)).toBe(text);
    expect(await chunksOf(his.id)).toEqual([]);
  });

  it('marks every passage with its owner, at no position', async () => {
    const alice = await t.user();
    const { id } = await alice.api.articles.create({ title: 'a', content: 'b' });
    await indexArticle(db(), id);
    const [row] = await chunksOf(id);
    expect(row?.tsv.split(' ')).toContain(`'@${alice.id.replaceAll('-', '')}'`);
  });

  it('changes nothing when repeated, and only the passage that a save touched', async () => {
    const alice = await t.user();
    const article = await alice.api.articles.create({ title: 'a', content: longText('first') });
    const versions = () =>
      db()
        .select({ version: sql<string>`xmin::text` })
        .from(chunks)
        .where(eq(chunks.articleId, article.id))
        .orderBy(asc(chunks.ordinal));
    await indexArticle(db(), article.id);
    const first = await versions();
    await indexArticle(db(), article.id);
    expect(await versions()).toEqual(first);
    await alice.api.articles.save({
      id: article.id,
      data: { title: 'a', content: longText('second') },
      baseRevision: article.revision,
    });
    await indexArticle(db(), article.id);
    const after = await versions();
    expect(after.slice(0, -1)).toEqual(first.slice(0, -1));
    expect(after.at(-1)).not.toEqual(first.at(-1));
  });

  it('drops passages that a shorter text no longer has', async () => {
    const alice = await t.user();
    const article = await alice.api.articles.create({ title: 'a', content: longText('end') });
    await indexArticle(db(), article.id);
    const data = { title: 'a', content: 'short' };
    await alice.api.articles.save({ id: article.id, data, baseRevision: article.revision });
    await indexArticle(db(), article.id);
    expect((await chunksOf(article.id)).map(({ text }) => text)).toEqual(['short']);
  });

  it('is no edit: updated_at stays', async () => {
    const alice = await t.user();
    const { id, updatedAt } = await alice.api.articles.create({ title: 'a', content: 'b' });
    await indexArticle(db(), id);
    expect((await alice.api.articles.get({ id })).updatedAt).toEqual(updatedAt);
  });

  it('removes the passages of what is trashed, and does nothing for what is gone', async () => {
    const alice = await t.user();
    const { id } = await alice.api.articles.create({ title: 'a', content: 'b' });
    await indexArticle(db(), id);
    await alice.api.articles.delete({ id });
    await indexArticle(db(), id);
    expect(await chunksOf(id)).toEqual([]);
    await alice.api.articles.purge({ id });
    await indexArticle(db(), id);
    expect(await chunksOf(id)).toEqual([]);
  });

  it('ends at the last revision when saves and indexing run at the same time', async () => {
    const alice = await t.user();
    const { id } = await alice.api.articles.create({ title: 'a', content: 'text 0' });
    const save = async () => {
      for (let n = 1; n <= 8; n += 1) {
        const data = { title: 'a', content: `text ${n}` };
        await alice.api.articles.save({ id, data, baseRevision: n });
      }
    };
    const index = async () => {
      for (let n = 0; n < 8; n += 1) await indexArticle(db(), id);
    };
    await Promise.all([save(), index(), index(), index()]);
    await indexArticle(db(), id);
    const [row] = await db()
      .select({ revision: articles.revision, indexed: articles.indexedRevision })
      .from(articles)
      .where(eq(articles.id, id));
    expect(row).toEqual({ revision: 9, indexed: 9 });
    expect((await chunksOf(id)).map(({ text }) => text)).toEqual(['text 8']);
  });
});

describe('the process-article job', () => {
  it('indexes what is saved, and once more when it is delivered again', async () => {
    const alice = await t.user();
    const { id } = await alice.api.articles.create({ title: 'a', content: 'b' });
    const dispatcher = createDispatcher({
      db: db(),
      handlers: createJobHandlers(testJobServices(t.services())),
    });
    expect(await dispatcher.runDue()).toBeGreaterThan(0);
    const first = await chunksOf(id);
    expect(first).toHaveLength(1);
    await db().transaction((tx) => enqueue(tx, processArticle, { articleId: id }));
    await dispatcher.runDue();
    expect(await chunksOf(id)).toEqual(first);
  });
});
