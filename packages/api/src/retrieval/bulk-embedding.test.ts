import { schema } from '@ainotebook/db';
import { count, eq } from 'drizzle-orm';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { createContext } from '../context.js';
import { type Caller, createCaller } from '../router.js';
import { type TestUser, useApi } from '../test-support.js';
import { embeddingSchedule } from './embedding.jobs.js';
import { runEverything, standIn } from './test-support.js';

const { auditEvents, chunkVectors, siteSettings } = schema;
const first = standIn();
/** 0.7 yuan for a million tokens. */
const price = { input: 700_000, cached: 700_000, output: 0, call: 0 };
const t = useApi({ embedding: first, prices: new Map([['next', price]]) });
const db = () => t.services().db;

let admin: TestUser;
let alice: TestUser;

const servicesWith = (embedding: ReturnType<typeof standIn> | null) => ({
  ...t.services(),
  models: () => ({ ...t.services().models(), embedding }),
});

/** The server once another model was set up, and somebody at it. */
function serverWith(model: ReturnType<typeof standIn>, role: 'admin' | 'user' = 'admin'): Caller {
  const { id: userId, sessionId } = role === 'admin' ? admin : alice;
  const all = servicesWith(model);
  return createCaller(createContext(all, t.request(), async () => ({ userId, sessionId, role })));
}

/** What the clock does every ten minutes. */
async function catchUp(model: ReturnType<typeof standIn>): Promise<void> {
  const { enqueue } = embeddingSchedule(servicesWith(model).models);
  await db().transaction(async (tx) => void (await enqueue(tx, new Date())));
  await runEverything(t, model);
}

const vectorsOf = async (name: string) => {
  const [row] = await db()
    .select({ count: count() })
    .from(chunkVectors)
    .where(eq(chunkVectors.model, `test/${name}`));
  return row?.count;
};

beforeAll(async () => {
  [admin, alice] = [await t.user({ role: 'admin' }), await t.user()];
});
beforeEach(async () => {
  await db().delete(siteSettings);
});

describe('another model', () => {
  it('embeds a few notes by itself', async () => {
    await alice.api.articles.create({ title: '岩茶', content: '岩茶要用沸水。' });
    await runEverything(t, first);
    const model = standIn({ model: 'small' });
    expect(await serverWith(model).admin.embeddings.estimate()).toMatchObject({
      model: 'test/small',
      articles: 1,
      isWaiting: false,
    });
    await catchUp(model);
    expect(await vectorsOf('small')).toBe(1);
  });

  it('waits with many until an administrator has seen what they would take', async () => {
    const content = '岩茶要用沸水，水温低了，岩骨花香出不来。\n\n'.repeat(2_000);
    for (const title of ['一', '二', '三', '四'])
      await alice.api.articles.create({ title, content });
    await runEverything(t, first);
    const model = standIn({ model: 'next', maxBatch: 50 });
    await catchUp(model);
    expect(model.sent).toEqual([]);
    const { embeddings } = serverWith(model).admin;
    const estimate = await embeddings.estimate();
    expect(estimate).toMatchObject({ model: 'test/next', articles: 5, isWaiting: true });
    expect(estimate.costMicroYuan).toBe(Math.ceil(estimate.tokens * 0.7));

    // A note that somebody changes meanwhile is no bulk.
    await alice.api.articles.create({ title: '新', content: '新的一条' });
    await runEverything(t, model);
    expect(model.sent.flat()).toHaveLength(1);

    expect(await codeOf(embeddings.run({ model: 'test/other' }))).toBe('conflict');
    expect(await embeddings.run({ model: 'test/next' })).toMatchObject({ isWaiting: false });
    await runEverything(t, model);
    expect(await embeddings.estimate()).toMatchObject({ articles: 0, tokens: 0, isWaiting: false });
    const read = model.sent.flat().join('').length;
    // Of o200k a Chinese character is about 0.8 tokens; the estimate is of all that was sent.
    expect(estimate.tokens / read).toBeGreaterThan(0.6);
    expect(estimate.tokens / read).toBeLessThan(1.2);
    const events = await db().select().from(auditEvents);
    expect(events).toMatchObject([{ action: 'ai.embedding_approved', actorId: admin.id }]);
  });

  it('is allowed by name: the next one waits again', async () => {
    const [model, other] = [standIn({ model: 'third' }), standIn({ model: 'fourth' })];
    await serverWith(model).admin.embeddings.run({ model: 'test/third' });
    expect(await serverWith(model).admin.embeddings.estimate()).toMatchObject({ isWaiting: false });
    expect(await serverWith(other).admin.embeddings.estimate()).toMatchObject({
      isWaiting: true,
      costMicroYuan: null,
    });
  });

  it('with vectors of another length is another one: a few notes by itself, many after a word', async () => {
    const [long, short] = [standIn({ model: 'dims' }), standIn({ model: 'dims', dimensions: 128 })];
    const lengths = async () => {
      const { rows } = await db().execute<{ dimensions: number }>(
        `select distinct dimensions from chunk_vectors where model = 'test/dims'`,
      );
      return rows.map(({ dimensions }) => dimensions);
    };
    await serverWith(long).admin.embeddings.run({ model: 'test/dims' });
    await runEverything(t, long);
    expect(await lengths()).toEqual([256]);
    const { embeddings } = serverWith(short).admin;
    const { articles } = await serverWith(long).admin.embeddings.estimate();
    expect(articles).toBe(0);
    const estimate = await embeddings.estimate();
    expect(estimate).toMatchObject({ model: 'test/dims', isWaiting: true });
    expect(estimate.articles).toBeGreaterThan(0);
    await catchUp(short);
    expect(short.sent).toEqual([]);
    const id = (await alice.api.articles.list({})).items[0]?.id ?? '';
    expect(await serverWith(short, 'user').embeddings.get({ articleId: id })).toMatchObject({
      embedded: 0,
    });
    await embeddings.run({ model: 'test/dims' });
    await runEverything(t, short);
    expect(await lengths()).toEqual([128]);
    expect(await embeddings.estimate()).toMatchObject({ articles: 0, isWaiting: false });
  });

  it('is shown to administrators alone', async () => {
    const { embeddings } = serverWith(first, 'user').admin;
    expect(await codeOf(embeddings.estimate())).toBe('forbidden');
    expect(await codeOf(embeddings.run({ model: 'test/stand-in' }))).toBe('forbidden');
  });
});

describe('without a model', () => {
  it('there is nothing to estimate or to run', async () => {
    const { id: userId, sessionId } = admin;
    const none = createCaller(
      createContext(servicesWith(null), t.request(), async () => ({
        userId,
        sessionId,
        role: 'admin' as const,
      })),
    );
    expect(await none.admin.embeddings.estimate()).toMatchObject({ model: null, articles: 0 });
    expect(await codeOf(none.admin.embeddings.run({ model: 'a/b' }))).toBe('conflict');
  });
});
