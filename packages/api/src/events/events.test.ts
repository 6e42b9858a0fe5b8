import type { LiveChanges } from '@ainotebook/contract';
import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { createDispatcher, defineJob, enqueue, handleJob } from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { createContext } from '../context.js';
import { toAppError } from '../errors.js';
import { type TestUser, useApi } from '../test-support.js';
import { countView } from '../views/views.service.js';
import { createLiveCaller } from './events.router.js';
import { watchChanges } from './events.service.js';

const t = useApi();
const { articles } = schema;
const db = () => t.services().db;

let alice: TestUser;
let bob: TestUser;
beforeAll(async () => {
  t.feed().start();
  await new Promise<void>((resolve) => {
    t.feed().subscribe({ onChanges: () => undefined, onProof: () => resolve() });
  });
});
afterAll(() => t.feed().close());
beforeEach(async () => {
  [alice, bob] = [await t.user(), await t.user()];
});

/** What a user is told from now on. */
async function listen(user: TestUser | null) {
  const end = new AbortController();
  const auth = user && { userId: user.id, sessionId: user.sessionId, role: 'user' as const };
  const caller = createLiveCaller(
    createContext(t.services(), t.request(), async () => auth),
    {
      signal: end.signal,
    },
  );
  const stream = await caller.events.mine();
  const seen: LiveChanges[] = [];
  const reading = (async () => {
    for await (const changes of stream) seen.push(changes);
  })();
  onTestFinished(() => {
    end.abort();
    return reading;
  });
  return {
    seen,
    articles: () => seen.flatMap((changes) => changes.articles),
    lists: () => [...new Set(seen.flatMap((changes) => changes.lists))].sort(),
  };
}

/** Resolves when what was committed so far has been told to whom it concerns. */
async function toldAll() {
  const marker = await t.user();
  const { lists } = await listen(marker);
  await marker.api.notebooks.create({ name: 'marker' });
  await expect.poll(lists).toContain('notebooks');
}

describe('events.mine', () => {
  it('tells of an article that was made, saved, tagged, trashed and deleted', async () => {
    const told = await listen(alice);
    const { id } = await alice.api.articles.create({ title: 'a' });
    await expect.poll(told.articles).toContainEqual(expect.objectContaining({ id, revision: 1 }));
    await alice.api.articles.save({ id, baseRevision: 1, data: { title: 'b', content: '' } });
    await expect.poll(told.articles).toContainEqual(expect.objectContaining({ id, revision: 2 }));
    const steps = [
      () => alice.api.articles.update({ id, data: { tags: ['tea'] } }),
      () => alice.api.articles.delete({ id }),
    ];
    for (const step of steps) {
      const before = told.articles().length;
      await step();
      await expect.poll(() => told.articles().length).toBeGreaterThan(before);
    }
    await expect.poll(told.lists).toEqual(expect.arrayContaining(['articles', 'tags']));
    const before = told.seen.length;
    await alice.api.articles.purge({ id });
    await expect
      .poll(() => told.seen.slice(before).flatMap((one) => one.lists))
      .toContain('articles');
    expect(told.seen.slice(before).flatMap((one) => one.articles)).toEqual([]);
  });

  it('tells of changes that were made by hand in the database', async () => {
    const { id } = await alice.api.articles.create({ title: 'a' });
    const told = await listen(alice);
    await db().execute(sql`update articles set is_pinned = true where id = ${id}`);
    await expect.poll(told.articles).toContainEqual(expect.objectContaining({ id, revision: 1 }));
  });

  it('tells nobody of the things of another user', async () => {
    const told = await listen(bob);
    const { id } = await alice.api.articles.create({ title: 'a', tags: ['tea'] });
    await alice.api.articles.save({ id, baseRevision: 1, data: { title: 'b', content: '' } });
    await alice.api.notebooks.create({ name: 'n' });
    await alice.api.publications.publish({ articleId: id });
    await toldAll();
    expect(told.seen).toEqual([]);
  });

  it('does not disturb anybody for a view or for the index', async () => {
    const { id } = await alice.api.articles.create({ title: 'a' });
    await toldAll();
    const told = await listen(alice);
    await countView(db(), { articleId: id, readerKey: 'reader', day: '2026-03-01' });
    await db().update(articles).set({ indexedRevision: 1 }).where(eq(articles.id, id));
    await toldAll();
    expect(told.seen).toEqual([]);
  });

  it('tells a bounded number of windows of one person, who begin at once too', async () => {
    const auth = { userId: alice.id, sessionId: alice.sessionId, role: 'user' as const };
    const ends: AbortController[] = [];
    const begin = () => {
      const end = new AbortController();
      ends.push(end);
      const context = createContext(t.services(), t.request(), async () => auth);
      return createLiveCaller(context, { signal: end.signal }).events.mine();
    };
    const outcomes: string[] = [];
    const reading = Array.from({ length: LIMITS.liveListeners + 5 }, async () => {
      try {
        for await (const _ of await begin()) outcomes.push('told');
        outcomes.push('ended');
      } catch (error) {
        outcomes.push(toAppError(error).code);
      }
    });
    await expect.poll(() => outcomes).toEqual(Array.from({ length: 5 }, () => 'limit_reached'));
    await listen(bob);
    for (const end of ends) end.abort();
    await Promise.all(reading);
    expect(outcomes.filter((outcome) => outcome === 'ended')).toHaveLength(LIMITS.liveListeners);
    await listen(alice);
  });

  it('has a bounded number of streams for one socket, and room again for those that ended', async () => {
    const auth = { userId: alice.id, sessionId: alice.sessionId, role: 'user' as const };
    const context = createContext(t.services(), t.request(), async () => auth);
    const begin = async () => {
      const end = new AbortController();
      const stream = await createLiveCaller(context, { signal: end.signal }).events.mine();
      const next = stream[Symbol.asyncIterator]().next();
      return async () => {
        end.abort();
        await next;
      };
    };
    const ends = await Promise.all(Array.from({ length: 20 }, begin));
    await expect(begin()).rejects.toMatchObject({ cause: { code: 'limit_reached' } });
    await ends[0]?.();
    ends.push(await begin());
    await Promise.all(ends.map((end) => end()));
  });

  it('says when more articles changed than it names', async () => {
    const told = await listen(alice);
    const many = Array.from({ length: LIMITS.liveArticles + 1 }, () => ({
      id: v7(),
      userId: alice.id,
      contentHash: 'none',
    }));
    await db().insert(articles).values(many);
    await expect.poll(() => told.seen.some((changes) => changes.isPartial)).toBe(true);
    expect(told.seen.every((one) => one.articles.length <= LIMITS.liveArticles)).toBe(true);
  });

  describe('of work in the background', () => {
    const carry = defineJob({ topic: 'carry', payload: z.object({}) });
    const states = (told: LiveChanges[]) =>
      told
        .flatMap(({ jobs }) => jobs)
        .map(({ status, progress }) => [status, progress?.done ?? null]);
    const begin = (owner?: TestUser) =>
      db().transaction((tx) => enqueue(tx, carry, {}, owner ? { ownerId: owner.id } : {}));
    const work = (afterReport: (done: number) => Promise<unknown>) =>
      createDispatcher({
        db: db(),
        handlers: [
          handleJob(carry, async (run) => {
            for (const done of [0, 2]) {
              await run.report({ done, total: 2 });
              await afterReport(done);
            }
          }),
        ],
      }).runDue();

    it('tells its owner how far it is, and nobody else', async () => {
      const [hers, his] = [await listen(alice), await listen(bob)];
      const id = await begin(alice);
      await expect.poll(() => states(hers.seen)).toContainEqual(['waiting', null]);
      await work((done) => expect.poll(() => states(hers.seen)).toContainEqual(['running', done]));
      await expect.poll(() => states(hers.seen)).toContainEqual(['done', 2]);
      // Work of nobody in particular is told to nobody.
      await begin();
      await work(async () => undefined);
      await toldAll();
      const told = hers.seen.flatMap(({ jobs }) => jobs);
      expect(new Set(told.map((job) => job.id))).toEqual(new Set([id]));
      expect(hers.lists()).toEqual(['jobs']);
      expect(his.seen).toEqual([]);
    });

    it('puts together what was not taken yet', async () => {
      const end = new AbortController();
      const auth = { userId: alice.id, sessionId: alice.sessionId, role: 'user' as const };
      const stream = watchChanges({ ...t.services(), auth }, end.signal);
      const first = stream.next();
      const id = await begin(alice);
      await first;
      await work(toldAll);
      await toldAll();
      const { value } = await stream.next();
      expect(value).toMatchObject({
        articles: [],
        jobs: [{ id, status: 'done', progress: { done: 2, total: 2 } }],
      });
      end.abort();
      await stream.return();
    });
  });

  it('is for signed-in users', async () => {
    await expect(listen(null)).rejects.toThrow('Sign in first');
  });
});

describe('watchAccess', () => {
  it('calls when the session or the account changes, and for nobody else', async () => {
    const calls: string[] = [];
    const { live } = t.services();
    const who = ({ id, sessionId }: TestUser) => ({ userId: id, sessionId });
    const stops = [
      live.watchAccess(who(alice), () => calls.push('alice')),
      live.watchAccess(who(bob), () => calls.push('bob')),
    ];
    await toldAll();
    calls.length = 0;
    await alice.api.auth.revokeSession({ id: alice.sessionId });
    await expect.poll(() => calls).toContain('alice');
    await db().update(schema.users).set({ status: 'suspended' }).where(eq(schema.users.id, bob.id));
    await expect.poll(() => calls).toContain('bob');
    for (const stop of stops) stop();
  });
});
