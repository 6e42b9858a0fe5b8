// What readers and sessions are shown through the cache, over the real change feed of one process and of two.
import { createChangeFeed, createDb, schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { authenticateApiKey } from './api-keys/api-key-access.js';
import { saveArticle } from './articles/articles.save.js';
import { readSession, readUserAccess } from './auth/access-cache.js';
import { hashToken } from './auth/secrets.js';
import { type Caches, createCaches } from './caches.js';
import { countQueries } from './count-queries.js';
import { toAppError } from './errors.js';
import { openWhole } from './publications/access.js';
import { readProfile, readPublicList } from './publications/list-cache.js';
import { readPage } from './publications/page-cache.js';
import { type TestUser, useApi } from './test-support.js';
import { warmCaches } from './warm-up.js';

const t = useApi();
const { apiKeys, articles, sessions, users } = schema;
const db = () => t.services().db;
/** Longer than any value may be older than Postgres. */
const BOUND = { timeout: 2_000, interval: 20 };

let reads: Caches & { db: ReturnType<typeof db> };
let alice: TestUser;
let bob: TestUser;
let close: () => Promise<void>;

beforeAll(async () => {
  const database = createDb(t.database.url);
  const feed = createChangeFeed(database.pool);
  const caches = createCaches({ db: database.db, feed, maxLoads: 8 });
  reads = { ...caches, db: db() };
  feed.start();
  close = async () => {
    caches.cache.close();
    await feed.close();
    await database.close();
  };
  await caches.settleCaches();
  alice = await t.user();
  bob = await t.user();
});
afterAll(() => close());

async function publish(user: TestUser, title: string, content = 'text') {
  const { id } = await user.api.articles.create({ title, content });
  const { slug } = await user.api.publications.publish({ articleId: id });
  return { id, slug };
}
const kindOf = async (slug: string) => (await readPage(reads, slug)).kind;
const titlesOf = async (handle: string) =>
  (await readPublicList(reads, { limit: 10, handle })).items.map(({ title }) => title);

describe('a public page', () => {
  it('costs no statement once it was read, and another page of its author none of that one', async () => {
    const { slug } = await publish(alice, 'Read often');
    await reads.settleCaches();
    await readPage(reads, slug);
    expect(await countQueries(db(), () => readPage(reads, slug))).toBe(0);
    await publish(bob, 'Of somebody else');
    await reads.settleCaches();
    expect(await countQueries(db(), () => readPage(reads, slug))).toBe(0);
  });

  it('costs no statement either while its author goes on writing', async () => {
    const { id, slug } = await publish(alice, 'Written on');
    await reads.settleCaches();
    await readPage(reads, slug);
    const auth = { userId: alice.id, sessionId: alice.sessionId, role: 'user' as const };
    const author = { ...reads, auth, nudgeJobs: () => undefined };
    for (const [index, content] of ['more', 'and more'].entries()) {
      const data = { title: 'Written on', content };
      const saved = await saveArticle(author, { id, data, baseRevision: index + 1 });
      expect(saved.status).toBe('saved');
      expect(await countQueries(db(), () => readPage(reads, slug))).toBe(0);
    }
    await reads.settleCaches();
    expect(await countQueries(db(), () => readPage(reads, slug))).toBe(0);
  });

  it('is the same as from Postgres, dates and all', async () => {
    const { slug } = await publish(alice, 'Dated');
    const fresh = await readPage(reads, slug);
    expect(await readPage(reads, slug)).toEqual(fresh);
    expect(fresh).toMatchObject({
      kind: 'live',
      publication: { slug, publishedAt: expect.any(Date), author: { createdAt: expect.any(Date) } },
    });
  });

  it('holds the beginning of what is not for everybody, whoever has read all of it', async () => {
    const content = 'Opening.\n\nThe hidden rest.';
    const { id } = await alice.api.articles.create({ title: 'For members', content });
    const access = { kind: 'members' as const };
    const { slug } = await alice.api.publications.publish({ articleId: id, access });
    await reads.settleCaches();
    const page = await readPage(reads, slug);
    if (page.kind !== 'live') throw new Error(page.kind);
    expect(await openWhole(reads.db, page.publication, alice.id)).toMatchObject({ content });
    const kept = await readPage(reads, slug);
    expect(kept).toMatchObject({ publication: { content: 'Opening.', isPreview: true } });
    expect(JSON.stringify(kept)).not.toContain('hidden');
    expect(await countQueries(db(), () => readPage(reads, slug))).toBe(0);
  });

  it('is there for readers who asked too early', async () => {
    expect(await kindOf('soon')).toBe('missing');
    const { id } = await bob.api.articles.create({ title: 'Soon' });
    await bob.api.publications.publish({ articleId: id, slug: 'soon' });
    await expect.poll(() => kindOf('soon'), BOUND).toBe('live');
  });

  it('follows its article, its address and its author', async () => {
    const { id, slug } = await publish(alice, 'Followed');
    const titleOf = async () => {
      const page = await readPage(reads, slug);
      return page.kind === 'live' ? page.publication.title : page.kind;
    };
    expect(await titleOf()).toBe('Followed');
    const { revision } = await alice.api.articles.get({ id });
    const data = { title: 'Followed again', content: 'text' };
    await alice.api.articles.save({ id, data, baseRevision: revision });
    await alice.api.publications.publish({ articleId: id });
    await expect.poll(titleOf, BOUND).toBe('Followed again');
    await alice.api.publications.publish({ articleId: id, slug: 'elsewhere' });
    await expect.poll(titleOf, BOUND).toBe('moved');
    await alice.api.publications.unpublish({ articleId: id });
    await expect.poll(titleOf, BOUND).toBe('gone');
    await alice.api.publications.publish({ articleId: id });
    await alice.api.articles.delete({ id });
    await expect.poll(() => kindOf('elsewhere'), BOUND).toBe('gone');
  });

  it('shows new views, and hides a suspended author', async () => {
    const carol = await t.user();
    const { id, slug } = await publish(carol, 'Viewed');
    const viewsOf = async () => {
      const page = await readPage(reads, slug);
      return page.kind === 'live' ? page.publication.views : page.kind;
    };
    expect(await viewsOf()).toBe(0);
    await db().update(articles).set({ views: 7 }).where(eq(articles.id, id));
    await expect.poll(viewsOf, BOUND).toBe(7);
    await db().update(users).set({ status: 'suspended' }).where(eq(users.id, carol.id));
    await expect.poll(viewsOf, BOUND).toBe('missing');
  });
});

describe('lists for visitors', () => {
  it('cost no statement once they were read, and follow what is published', async () => {
    const dora = await t.user();
    expect(await titlesOf(dora.handle)).toEqual([]);
    const { id } = await publish(dora, 'First');
    await expect.poll(() => titlesOf(dora.handle), BOUND).toEqual(['First']);
    await reads.settleCaches();
    await titlesOf(dora.handle);
    expect(await countQueries(db(), () => titlesOf(dora.handle))).toBe(0);
    await dora.api.publications.unpublish({ articleId: id });
    await expect.poll(() => titlesOf(dora.handle), BOUND).toEqual([]);
  });

  it('know a new account and a new name', async () => {
    expect(await readProfile(reads, 'not-here-yet')).toBeNull();
    const late = await t.user({ handle: 'not-here-yet', displayName: '旧名字' });
    const nameOf = async () => (await readProfile(reads, 'not-here-yet'))?.displayName;
    await expect.poll(nameOf, BOUND).toBe('旧名字');
    await late.api.users.update({ data: { displayName: '新名字' } });
    await expect.poll(nameOf, BOUND).toBe('新名字');
    expect(await readProfile(reads, bob.handle)).toMatchObject({ handle: bob.handle });
  });
});

it('reads popular pages and recent accounts ahead, so that the first reader costs no statement', async () => {
  const gil = await t.user({ lastLoginAt: new Date() });
  const { id, slug } = await publish(gil, 'Popular');
  await db().update(articles).set({ views: 1_000 }).where(eq(articles.id, id));
  const away = await t.user({ lastLoginAt: new Date(Date.now() - 8 * 86_400_000) });
  await reads.settleCaches();
  const warmed = await warmCaches(reads);
  expect(warmed).toMatchObject({ failed: 0 });
  expect(warmed.articles).toBeGreaterThan(0);
  expect(await countQueries(db(), () => readPage(reads, slug))).toBe(0);
  expect(await countQueries(db(), () => readUserAccess(reads, gil.id))).toBe(0);
  expect(await countQueries(db(), () => readUserAccess(reads, away.id))).toBe(1);
});

describe('access', () => {
  it('costs no statement once it was read', async () => {
    const check = () =>
      Promise.all([readSession(reads, alice.sessionId), readUserAccess(reads, alice.id)]);
    const [session, access] = await check();
    expect(session).toMatchObject({ userId: alice.id, isRevoked: false });
    expect(access).toEqual({ epoch: 0, role: 'user', status: 'active' });
    expect(await countQueries(db(), check)).toBe(0);
  });

  it('ends with the session and with the account, whoever ends them', async () => {
    const eve = await t.user();
    const isRevoked = async () => (await readSession(reads, eve.sessionId))?.isRevoked;
    expect(await isRevoked()).toBe(false);
    await db()
      .update(sessions)
      .set({ revokedAt: new Date() })
      .where(eq(sessions.id, eve.sessionId));
    await expect.poll(isRevoked, BOUND).toBe(true);
    const access = () => readUserAccess(reads, eve.id);
    expect(await access()).not.toBeNull();
    await db().delete(users).where(eq(users.id, eve.id));
    await expect.poll(access, BOUND).toBeNull();
    expect(await readUserAccess(reads, bob.id)).not.toBeNull();
  });

  it('of a key costs no statement once it was used, and ends with it in another process', async () => {
    const gus = await t.user();
    const forReading = { name: 'k', scopes: ['tags:read' as const], expiresInDays: null };
    const { id, secret } = await gus.api.apiKeys.create(forReading);
    const kept = await gus.api.apiKeys.create(forReading);
    const elsewhere = { ...reads, config: t.services().config };
    const ask = (key: string) =>
      authenticateApiKey(elsewhere, key).then(
        ({ userId }) => userId,
        (error: unknown) => toAppError(error).code,
      );
    expect(await ask(secret)).toBe(gus.id);
    await reads.settleCaches();
    expect(await ask(secret)).toBe(gus.id);
    expect(await countQueries(db(), () => ask(secret))).toBe(0);
    await gus.api.apiKeys.revoke({ id });
    await expect.poll(() => ask(secret), BOUND).toBe('unauthenticated');
    expect(await ask(kept.secret)).toBe(gus.id);
    await db().delete(users).where(eq(users.id, gus.id));
    await expect.poll(() => ask(kept.secret), BOUND).toBe('unauthenticated');
  });

  it('of a key that is tried before it is made begins with it', async () => {
    const ida = await t.user();
    const elsewhere = { ...reads, config: t.services().config };
    const secret = `anb_${'A'.repeat(43)}`;
    const ask = () =>
      authenticateApiKey(elsewhere, secret).then(
        ({ userId }) => userId,
        () => 'refused',
      );
    expect(await ask()).toBe('refused');
    const hash = hashToken(elsewhere.config.tokenSecret, 'api_key', secret);
    const row = { userId: ida.id, name: 'k', prefix: 'anb_', scopes: ['tags:read'], hash };
    await db().insert(apiKeys).values(row);
    await expect.poll(ask, BOUND).toBe(ida.id);
  });

  it('is settled with the reply that changed it', async () => {
    const fay = await t.user();
    expect((await readSession(reads, fay.sessionId))?.isRevoked).toBe(false);
    await db()
      .update(sessions)
      .set({ revokedAt: new Date() })
      .where(eq(sessions.id, fay.sessionId));
    await reads.settleCaches();
    expect((await readSession(reads, fay.sessionId))?.isRevoked).toBe(true);
  });
});
