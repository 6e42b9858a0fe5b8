import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { type TestUser, useApi } from '../test-support.js';
import { countShareView, isUnlocked, openShare, unlockShare } from './shares.service.js';

const t = useApi();
let alice: TestUser;
let bob: TestUser;

beforeEach(async () => {
  alice = await t.user();
  bob = await t.user();
});

const code = (error: string) => ({ cause: { code: error } });
const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
const write = (user: TestUser) => user.api.articles.create({ title: 'Draft', content: 'secret' });

async function share(user: TestUser, more: object = {}) {
  const { id: articleId } = await write(user);
  return user.api.shares.create({ articleId, ...more });
}

describe('a share link', () => {
  it('opens the article as it is now, without publishing it', async () => {
    const { id: articleId, revision } = await write(alice);
    const made = await alice.api.shares.create({ articleId, label: 'For the editor' });
    expect(made).toMatchObject({ status: 'open', hasPassword: false, views: 0, expiresAt: null });
    expect(made.url).toMatch(/^https:\/\/notes\.test\/s\/[\w-]{43}$/);
    await alice.api.articles.save({
      id: articleId,
      baseRevision: revision,
      data: { title: 'Draft 2', content: 'newer' },
    });
    expect(await openShare(t.services(), tokenOf(made.url))).toMatchObject({
      title: 'Draft 2',
      content: 'newer',
    });
    expect(await alice.api.publications.get({ articleId })).toBeNull();
  });

  it('is stored as a hash, and shown once', async () => {
    const made = await share(alice);
    const [row] = await t
      .services()
      .db.select()
      .from(schema.shares)
      .where(eq(schema.shares.id, made.id));
    expect(JSON.stringify(row)).not.toContain(tokenOf(made.url));
    const [listed] = await alice.api.shares.list({ articleId: made.articleId });
    expect(JSON.stringify(listed)).not.toContain(tokenOf(made.url));
  });

  it('is in no reply that is kept for who asks again: whoever reads the database has no link', async () => {
    const { id: articleId } = await write(alice);
    const auth = { userId: alice.id, sessionId: alice.sessionId, role: 'user' as const };
    const again = t.api(auth, { idempotencyKey: 'key-00000001' });
    await again.shares.create({ articleId, password: 'one of ten' });
    await again.notebooks.create({ name: 'kept' });
    const { idempotencyKeys } = schema;
    const kept = await t
      .services()
      .db.select({ path: idempotencyKeys.path, reply: idempotencyKeys.reply })
      .from(idempotencyKeys)
      .where(eq(idempotencyKeys.userId, alice.id));
    expect(kept.map(({ path }) => path)).toEqual(['notebooks.create']);
    expect(JSON.stringify(kept)).not.toContain('/s/');
  });

  it('opens nothing once revoked, expired, or its article trashed, or its author suspended', async () => {
    const { db } = t.services();
    const revoked = await share(alice);
    await alice.api.shares.revoke({ id: revoked.id });
    await alice.api.shares.revoke({ id: revoked.id });
    const expired = await share(alice, { expiresInDays: 1 });
    await db
      .update(schema.shares)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(schema.shares.id, expired.id));
    const trashed = await share(alice);
    await alice.api.articles.delete({ id: trashed.articleId });
    const suspended = await share(bob);
    await db.update(schema.users).set({ status: 'suspended' }).where(eq(schema.users.id, bob.id));
    for (const { url } of [revoked, expired, trashed, suspended]) {
      expect(await openShare(t.services(), tokenOf(url))).toBeNull();
    }
    for (const token of ['x', 'A'.repeat(43), 'A'.repeat(5000), '\0', '%']) {
      expect(await openShare(t.services(), token)).toBeNull();
    }
    const [ended] = await alice.api.shares.list({ articleId: revoked.articleId });
    expect(ended).toMatchObject({ status: 'revoked' });
  });

  it('counts how often it was opened', async () => {
    const made = await share(alice);
    await countShareView(t.services().db, made.id);
    const [listed] = await alice.api.shares.list({ articleId: made.articleId });
    expect(listed).toMatchObject({ views: 1, lastViewedAt: expect.any(Date) });
  });

  it('is one of a bounded number', async () => {
    const { id: articleId } = await write(alice);
    for (let i = 0; i < LIMITS.sharesPerArticle; i++) await alice.api.shares.create({ articleId });
    await expect(alice.api.shares.create({ articleId })).rejects.toMatchObject(
      code('limit_reached'),
    );
    const [first] = await alice.api.shares.list({ articleId });
    await alice.api.shares.revoke({ id: first?.id ?? '' });
    await alice.api.shares.create({ articleId });
  });

  it('belongs to the author of the article alone', async () => {
    const made = await share(alice);
    const { articleId, id } = made;
    for (const call of [
      () => bob.api.shares.list({ articleId }),
      () => bob.api.shares.create({ articleId }),
      () => bob.api.shares.revoke({ id }),
    ]) {
      await expect(call()).rejects.toMatchObject(code('not_found'));
    }
    expect(await openShare(t.services(), tokenOf(made.url))).not.toBeNull();
  });
});

describe('the password of a link', () => {
  const open = async (url: string) => {
    const found = await openShare(t.services(), tokenOf(url));
    if (!found) throw new Error('the link is open');
    return found;
  };

  it('opens it for who knows it, until the link ends', async () => {
    const made = await share(alice, { password: 'ｏｐｅｎ sesame' });
    expect(made.hasPassword).toBe(true);
    const shared = await open(made.url);
    expect(isUnlocked(t.services(), shared, null)).toBe(false);
    const wrong = { password: 'open', address: '1.2.3.4' };
    expect(await unlockShare(t.services(), shared, wrong)).toBeNull();
    const right = { password: 'open sesame', address: '1.2.3.4' };
    const proof = await unlockShare(t.services(), shared, right);
    expect(isUnlocked(t.services(), shared, proof)).toBe(true);
    const other = await open((await share(alice, { password: 'open sesame' })).url);
    expect(isUnlocked(t.services(), other, proof)).toBe(false);
    expect(isUnlocked(t.services(), shared, `${proof}x`)).toBe(false);
  });

  it('is not guessed from more addresses of one network', async () => {
    const shared = await open((await share(alice, { password: 'one of ten' })).url);
    const attempt = (host: number, net = 'a') =>
      unlockShare(t.services(), shared, { password: 'no', address: `2001:db8:0:${net}::${host}` });
    for (let i = 1; i <= 10; i++) await attempt(i);
    await expect(attempt(11)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(await attempt(1, 'b')).toBeNull();
  });

  it('cannot be guessed at any speed', async () => {
    const shared = await open((await share(alice, { password: 'one of ten' })).url);
    const attempt = { password: 'no', address: '1.2.3.5' };
    for (let i = 0; i < 10; i++) await unlockShare(t.services(), shared, attempt);
    await expect(unlockShare(t.services(), shared, attempt)).rejects.toMatchObject({
      code: 'rate_limited',
    });
  });
});
