import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { type Auth, createContext } from './context.js';
import { inputHashOf, pruneIdempotencyKeys } from './idempotency.js';
import { createCaller } from './router.js';
import { type TestUser, useApi } from './test-support.js';

const test = useApi();

const as = (user: TestUser, idempotencyKey: string | null) => {
  const auth: Auth = { userId: user.id, sessionId: user.sessionId, role: 'user' };
  return test.api(auth, { idempotencyKey });
};
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: { cause?: { code?: string } }) => error.cause?.code,
  );
const notebooksOf = (user: TestUser) =>
  test.services().db.$count(schema.notebooks, eq(schema.notebooks.userId, user.id));

describe('a mutation with an idempotency key', () => {
  it('runs once; a repetition gets the same reply, dates included', async () => {
    const user = await test.user();
    const first = await as(user, 'key-00000001').notebooks.create({ name: '茶' });
    const second = await as(user, 'key-00000001').notebooks.create({ name: '茶' });
    expect(second).toEqual(first);
    expect(second.createdAt).toBeInstanceOf(Date);
    expect(await notebooksOf(user)).toBe(1);
  });

  it('runs once among fifty at the same time; the others are told to come back or get the reply', async () => {
    const user = await test.user();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        codeOf(as(user, 'key-parallel').notebooks.create({ name: 'once' })),
      ),
    );
    expect(new Set(outcomes).size).toBeLessThanOrEqual(2);
    expect(outcomes.every((code) => code === 'ok' || code === 'request_in_flight')).toBe(true);
    expect(outcomes).toContain('ok');
    expect(await notebooksOf(user)).toBe(1);
  });

  it('gives its reply to all who ask again at the same time', async () => {
    const user = await test.user();
    const call = () => as(user, 'key-00000008').notebooks.create({ name: 'once' });
    const first = await call();
    expect(await Promise.all(Array.from({ length: 20 }, call))).toEqual(Array(20).fill(first));
  });

  it('is refused when the input is another one', async () => {
    const user = await test.user();
    await as(user, 'key-00000002').notebooks.create({ name: 'a' });
    const other = as(user, 'key-00000002').notebooks.create({ name: 'b' });
    expect(await codeOf(other)).toBe('idempotency_mismatch');
    expect(await notebooksOf(user)).toBe(1);
  });

  it('stores nothing when it fails, so that it may be repeated', async () => {
    const user = await test.user();
    const missing = { name: 'inside', parentId: v7() };
    expect(await codeOf(as(user, 'key-00000003').notebooks.create(missing))).toBe('not_found');
    expect(await codeOf(as(user, 'key-00000003').notebooks.create({ name: 'outside' }))).toBe('ok');
  });

  it('is not shared between users or procedures', async () => {
    const [one, two] = [await test.user(), await test.user()];
    const first = await as(one, 'key-00000004').notebooks.create({ name: 'mine' });
    const second = await as(two, 'key-00000004').notebooks.create({ name: 'mine' });
    expect(second.id).not.toBe(first.id);
    expect(await codeOf(as(one, 'key-00000004').articles.create({ title: 'other' }))).toBe('ok');
  });

  it.each(['short', 'with space in it', 'umläut-key', 'x'.repeat(129)])(
    '%j is no key',
    async (key) => {
      const user = await test.user();
      expect(await codeOf(as(user, key).notebooks.create({ name: 'x' }))).toBe('bad_input');
    },
  );
});

describe('an input that no schema has seen yet', () => {
  it('is refused when it is nested so deep that it cannot be hashed', async () => {
    const user = await test.user();
    let deep: unknown[] = [];
    for (let level = 0; level < 50_000; level++) deep = [deep];
    const circular: Record<string, unknown> = { name: 'x' };
    circular.self = circular;
    for (const input of [deep, circular]) {
      // As it comes over the wire, where no type holds it back.
      const call = as(user, 'key-00000008').notebooks.create(input as never);
      expect(await codeOf(call)).toBe('bad_input');
    }
  });

  it('has one hash however its keys are ordered, and another for another date', () => {
    const hash = inputHashOf;
    expect(hash({ a: 1, b: { c: 2, d: 3 } })).toBe(hash({ b: { d: 3, c: 2 }, a: 1 }));
    expect(hash({ at: new Date(1) })).not.toBe(hash({ at: new Date(2) }));
    expect(() => hash({ n: 1n })).toThrow('The input is not valid');
    expect(hash(undefined)).toBe(hash(undefined));
  });
});

describe('work enqueued by a mutation with a key', () => {
  it('is started after the commit, when it can be seen', async () => {
    const user = await test.user();
    const { db } = test.services();
    const seen: Promise<number>[] = [];
    const auth: Auth = { userId: user.id, sessionId: user.sessionId, role: 'user' };
    const nudgeJobs = () => {
      seen.push(db.$count(schema.articles, eq(schema.articles.userId, user.id)));
    };
    const request = test.request({ idempotencyKey: 'key-00000007' });
    const context = createContext({ ...test.services(), nudgeJobs }, request, async () => auth);
    await createCaller(context).articles.create({ title: 'seen' });
    expect(await Promise.all(seen)).toEqual([1]);
  });
});

describe('stored replies', () => {
  it('are forgotten after a day', async () => {
    const user = await test.user();
    const { db } = test.services();
    await as(user, 'key-00000005').notebooks.create({ name: 'old' });
    await db
      .update(schema.idempotencyKeys)
      .set({ createdAt: sql`now() - interval '25 hours'` })
      .where(eq(schema.idempotencyKeys.userId, user.id));
    await as(user, 'key-00000006').notebooks.create({ name: 'new' });
    expect(await pruneIdempotencyKeys(db)).toBeGreaterThanOrEqual(1);
    expect(
      await db.$count(schema.idempotencyKeys, eq(schema.idempotencyKeys.userId, user.id)),
    ).toBe(1);
  });
});
