import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { resolveSlug } from '../publications/public-articles.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();
let alice: TestUser;
let bob: TestUser;
let admin: TestUser;

beforeEach(async () => {
  alice = await t.user();
  bob = await t.user();
  admin = await t.user({ role: 'admin' });
});

const code = (error: string) => ({ cause: { code: error } });
let made = 0;
async function publish(settings: object = {}) {
  made += 1;
  const { id } = await alice.api.articles.create({ title: `Reported ${made}`, content: 'x' });
  return alice.api.publications.publish({ articleId: id, ...settings });
}
const reportsOf = async (articleId: string) =>
  (await admin.api.admin.reports.list({ limit: 100 })).items.filter(
    ({ article }) => article.id === articleId,
  );
const eventsOf = async (user: TestUser) => {
  const { notifications } = schema;
  const rows = await t
    .services()
    .db.select({ kind: notifications.kind })
    .from(notifications)
    .where(eq(notifications.userId, user.id));
  return rows.map(({ kind }) => kind);
};

describe('a report', () => {
  it('of any reader reaches the administrators', async () => {
    const { slug, articleId } = await publish();
    const words = {
      reason: 'copyright',
      detail: 'It is mine.',
      contact: 'me@example.org',
    } as const;
    await t.api().reports.create({ slug, ...words });
    expect(await reportsOf(articleId)).toMatchObject([
      { ...words, status: 'open', article: { authorHandle: alice.handle, isBlocked: false } },
    ]);
    expect(await eventsOf(admin)).toEqual(['report_received']);
    expect(await eventsOf(alice)).toEqual([]);
  });

  it('is one a reader: another replaces its words', async () => {
    const { slug, articleId } = await publish();
    await bob.api.reports.create({ slug, reason: 'spam' });
    await bob.api.reports.create({ slug, reason: 'abuse', detail: 'Worse than I thought.' });
    await t.api(null, { ip: '203.0.113.9' }).reports.create({ slug, reason: 'other' });
    const reasons = (await reportsOf(articleId)).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual(['abuse', 'other']);
    expect(await eventsOf(admin)).toHaveLength(2);
  });

  it('is of what can be read', async () => {
    const { slug, articleId } = await publish();
    await alice.api.publications.unpublish({ articleId });
    for (const absent of [slug, 'never-was', '\0']) {
      await expect(t.api().reports.create({ slug: absent, reason: 'spam' })).rejects.toMatchObject(
        code('not_found'),
      );
    }
  });

  it('is seen by administrators only', async () => {
    await expect(alice.api.admin.reports.list({})).rejects.toMatchObject(code('forbidden'));
  });
});

describe('settling a report', () => {
  it('by closing the article hides it from readers, settles the others and tells the author', async () => {
    const { slug, articleId } = await publish();
    await bob.api.reports.create({ slug, reason: 'illegal' });
    await t.api().reports.create({ slug, reason: 'spam' });
    const [first] = await reportsOf(articleId);
    const settled = await admin.api.admin.reports.resolve({
      id: first?.id ?? '',
      action: 'block',
      note: 'Against the law.',
    });
    expect(settled).toMatchObject({ status: 'upheld', article: { isBlocked: true } });
    expect((await reportsOf(articleId)).map(({ status }) => status)).toEqual(['upheld', 'upheld']);
    expect(await resolveSlug(t.services().db, slug)).toMatchObject({ kind: 'gone' });
    expect(await eventsOf(alice)).toEqual(['publication_blocked']);
    const again = { id: first?.id ?? '', action: 'dismiss' } as const;
    expect(await admin.api.admin.reports.resolve(again)).toMatchObject({ status: 'upheld' });
    await admin.api.admin.reports.unblock({ articleId });
    await admin.api.admin.reports.unblock({ articleId });
    expect(await resolveSlug(t.services().db, slug)).toMatchObject({ kind: 'live' });
    expect(await eventsOf(alice)).toEqual(['publication_blocked', 'publication_unblocked']);
    const audited = (await admin.api.admin.site.listAudit({})).items.map(({ action }) => action);
    expect(audited.slice(0, 2)).toEqual(['publication.unblocked', 'publication.blocked']);
  });

  it('by dismissing leaves the article, and lets the reader report again', async () => {
    const { slug, articleId } = await publish();
    await bob.api.reports.create({ slug, reason: 'other' });
    const [report] = await reportsOf(articleId);
    await admin.api.admin.reports.resolve({ id: report?.id ?? '', action: 'dismiss' });
    expect(await resolveSlug(t.services().db, slug)).toMatchObject({ kind: 'live' });
    await bob.api.reports.create({ slug, reason: 'other' });
    const { items } = await admin.api.admin.reports.list({ status: 'open', limit: 100 });
    expect(items.some(({ article }) => article.id === articleId)).toBe(true);
  });
});
