import { setTimeout } from 'node:timers/promises';
import { type Db, schema } from '@ainotebook/db';
import { and, eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { countQueries } from '../count-queries.js';
import { type TestUser, useApi } from '../test-support.js';
import { hashOf } from './article-rows.js';

const { articles, outbox, revisions } = schema;
const setup = useApi();

const text = (content: string, title = 'Title') => ({ title, content });

async function article(user: TestUser, content = 'one') {
  return user.api.articles.create(text(content));
}

async function revisionsOf(articleId: string) {
  return setup.services().db.select().from(revisions).where(eq(revisions.articleId, articleId));
}

async function indexJobs(db: Db, articleId: string) {
  return db
    .select()
    .from(outbox)
    .where(and(eq(outbox.topic, 'process-article'), eq(outbox.dedupeKey, articleId)));
}

describe('articles.save', () => {
  it('answers the next revision and the hash of the text, and reads back what was written', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    const saved = await user.api.articles.save({ id, data: text('二〇二六 two'), baseRevision: 1 });
    const hash = hashOf(text('二〇二六 two'));
    expect(saved).toMatchObject({ status: 'saved', revision: 2, contentHash: hash });
    const read = await user.api.articles.get({ id });
    expect(read).toMatchObject({
      content: '二〇二六 two',
      revision: 2,
      contentHash: hash,
      excerpt: '二〇二六 two',
      updatedAt: saved.status === 'saved' ? saved.savedAt : null,
    });
    expect((await revisionsOf(id)).map((r) => [r.number, r.kind, r.content]).sort()).toEqual([
      [1, 'save', 'one'],
      [2, 'save', '二〇二六 two'],
    ]);
  });

  it('queues indexing in the same statement, once while it waits', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    const { db } = setup.services();
    await db.update(outbox).set({ doneAt: new Date() }).where(eq(outbox.dedupeKey, id));
    await user.api.articles.save({ id, data: text('two'), baseRevision: 1 });
    await user.api.articles.save({ id, data: text('three'), baseRevision: 2 });
    const waiting = (await indexJobs(db, id)).filter((row) => !row.doneAt);
    expect(waiting.map((row) => [row.payload, row.priority])).toEqual([[{ articleId: id }, 5]]);
  });

  it('changes nothing when the text is the present one, whatever the base', async () => {
    const user = await setup.user();
    const { id, updatedAt } = await article(user);
    for (const baseRevision of [0, 1, 7]) {
      const again = await user.api.articles.save({ id, data: text('one'), baseRevision });
      expect(again).toEqual({
        status: 'saved',
        revision: 1,
        contentHash: hashOf(text('one')),
        savedAt: updatedAt,
      });
    }
    expect(await revisionsOf(id)).toHaveLength(1);
  });

  it('makes one revision of 50 identical saves at once', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    const results = await Promise.all(
      Array.from({ length: 50 }, () =>
        user.api.articles.save({ id, data: text('same'), baseRevision: 1 }),
      ),
    );
    expect(new Set(results.map((r) => r.status === 'saved' && r.revision))).toEqual(new Set([2]));
    expect(await revisionsOf(id)).toHaveLength(2);
  });

  it('answers a stale base with both texts and keeps the losing one, once', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    await user.api.articles.save({ id, data: text('theirs'), baseRevision: 1 });
    const stale = { id, data: text('mine'), baseRevision: 1 };
    const [first, second] = [
      await user.api.articles.save(stale),
      await user.api.articles.save(stale),
    ];
    expect(first).toMatchObject({
      status: 'conflict',
      current: { title: 'Title', content: 'theirs', revision: 2 },
    });
    expect(second).toEqual(first);
    if (first.status !== 'conflict') throw new Error('expected a conflict');
    expect(await user.api.revisions.get({ id: first.kept.revisionId })).toMatchObject({
      kind: 'conflict',
      number: 1,
      content: 'mine',
    });
    expect(await revisionsOf(id)).toHaveLength(3);
    expect((await user.api.articles.get({ id })).content).toBe('theirs');
  });

  it('answers a repeated save as before, even when another has followed', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    const mine = { id, data: text('mine'), baseRevision: 1 };
    const before = await user.api.articles.save(mine);
    await user.api.articles.save({ id, data: text('theirs'), baseRevision: 2 });
    expect(await user.api.articles.save(mine)).toEqual(before);
    expect((await user.api.articles.get({ id })).content).toBe('theirs');
  });

  it('refuses a base that the article has not reached', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    const ahead = user.api.articles.save({ id, data: text('x'), baseRevision: 2 });
    await expect(ahead).rejects.toMatchObject({ cause: { code: 'bad_input' } });
  });

  it("knows neither another user's article nor an unknown nor a trashed one, and changes nothing", async () => {
    const [owner, other] = [await setup.user(), await setup.user()];
    const { id } = await article(owner);
    const save = { id, data: text('stolen'), baseRevision: 1 };
    await expect(other.api.articles.save(save)).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    await expect(other.api.articles.save({ ...save, id: v7() })).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    await owner.api.articles.delete({ id });
    await expect(owner.api.articles.save(save)).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    expect((await revisionsOf(id)).map((r) => r.content)).toEqual(['one']);
    await expect(setup.api().articles.save(save)).rejects.toMatchObject({
      cause: { code: 'unauthenticated' },
    });
  });

  it('dates revisions in the order of their numbers while saves race', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    for (let base = 1; base <= 10; base++) {
      await Promise.all(
        ['a', 'b', 'c'].map((who) =>
          user.api.articles.save({ id, data: text(`${who}${base}`), baseRevision: base }),
        ),
      );
    }
    const saved = (await revisionsOf(id))
      .filter((r) => r.kind === 'save')
      .sort((a, b) => a.number - b.number);
    expect(saved.map((r) => r.number)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1));
    const times = saved.map((r) => r.createdAt.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('dates a save that waited for another change after that change', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    const { db } = setup.services();
    const { save, freedAt } = await db.transaction(async (tx) => {
      await tx.update(articles).set({ isPinned: true }).where(eq(articles.id, id));
      const waiting = user.api.articles.save({ id, data: text('two'), baseRevision: 1 });
      await setTimeout(100);
      // Wrapped, so that leaving the transaction does not wait for it.
      return { save: { waiting }, freedAt: new Date() };
    });
    const saved = await save.waiting;
    expect(saved.status === 'saved' && saved.savedAt >= freedAt).toBe(true);
  });

  it('loses none of 200 interleaved saves of two clients', async () => {
    const user = await setup.user();
    const { id } = await article(user, '');
    const written: string[] = [];
    const client = async (name: string) => {
      let base = 1;
      for (let i = 0; i < 100; i++) {
        const content = `${name} ${i}`;
        written.push(content);
        const result = await user.api.articles.save({
          id,
          data: text(content),
          baseRevision: base,
        });
        // A conflict: the person looks at both texts and goes on from the present one.
        base = result.status === 'saved' ? result.revision : result.current.revision;
      }
    };
    await Promise.all([client('甲'), client('乙')]);
    const kept = new Set((await revisionsOf(id)).map((r) => r.content));
    expect(written.filter((content) => !kept.has(content))).toEqual([]);
    const [row] = await setup.services().db.select().from(articles).where(eq(articles.id, id));
    expect(kept.has(row?.content ?? '')).toBe(true);
  });

  it('is one statement outside a transaction in the usual case', async () => {
    const user = await setup.user();
    const { id } = await article(user);
    const sent = await countQueries(setup.services().db, () =>
      user.api.articles.save({ id, data: text('two'), baseRevision: 1 }),
    );
    expect(sent).toBe(1);
  });
});
