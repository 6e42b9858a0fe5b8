import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf as failureOf } from '../auth/test-client.js';
import { buildPlan } from '../billing/test-support.js';
import { type TestUser, useApi } from '../test-support.js';
import { mayReadAll, type Reader } from './access.js';

const t = useApi();

describe('mayReadAll', () => {
  const [author, plan, other] = [v7(), v7(), v7()];
  const reader = (fields: Partial<Reader> = {}): Reader => ({
    userId: v7(),
    planIds: [],
    ...fields,
  });
  const readers: [string, Reader | null][] = [
    ['visitor', null],
    ['signed in', reader()],
    ['holder', reader({ planIds: [plan] })],
    ['holder of another', reader({ planIds: [other] })],
    ['author', reader({ userId: author })],
  ];
  const whoMay = (access: Parameters<typeof mayReadAll>[0]['access']) =>
    readers
      .filter(([, one]) => mayReadAll({ access, authorId: author }, one))
      .map(([name]) => name);

  it('opens an article to those it is for, to its author and to administrators', () => {
    expect(whoMay({ kind: 'everyone' })).toEqual(readers.map(([name]) => name));
    expect(whoMay({ kind: 'members' })).toEqual(['holder', 'holder of another', 'author']);
    expect(whoMay({ kind: 'plan', planId: plan })).toEqual(['holder', 'author']);
  });
});

describe('an article for members', () => {
  const CONTENT = 'Opening words.\n\nMore of it.\n\nThe secret end.';

  async function publish(user: TestUser, access: object) {
    const { id } = await user.api.articles.create({ title: 'For members', content: CONTENT });
    return user.api.publications.publish({ articleId: id, previewBlocks: 1, ...access });
  }

  it('is read whole by who holds a plan, for as long as it is held', async () => {
    const admin = await t.user({ role: 'admin' });
    const [author, member, other] = [await t.user(), await t.user(), await t.user()];
    const [plan, another] = [await buildPlan(admin), await buildPlan(admin)];
    const term = { userId: member.id, planId: another.id, period: 'month' as const, reason: 'x' };
    const { id } = await admin.api.admin.entitlements.grant(term);
    const forAny = await publish(author, { access: { kind: 'members' } });
    const forPlan = await publish(author, { access: { kind: 'plan', planId: plan.id } });
    const read = async (user: TestUser | null, slug: string) => {
      const found = await (user?.api ?? t.api()).publications.read({ slug });
      expect(found.content).toBe(found.isPreview ? 'Opening words.' : CONTENT);
      expect(found.excerpt).toBe('Opening words.');
      return !found.isPreview;
    };
    for (const reader of [null, other, admin]) {
      expect(await read(reader, forAny.slug)).toBe(false);
      expect(await read(reader, forPlan.slug)).toBe(false);
    }
    expect(await read(member, forAny.slug)).toBe(true);
    expect(await read(member, forPlan.slug)).toBe(false);
    expect(await read(author, forPlan.slug)).toBe(true);
    await admin.api.admin.entitlements.revoke({ id });
    expect(await read(member, forAny.slug)).toBe(false);
  });

  it('stays for members until its author says otherwise', async () => {
    const author = await t.user();
    const { articleId, slug } = await publish(author, { access: { kind: 'members' } });
    const again = await author.api.publications.publish({ articleId });
    expect(again).toMatchObject({ access: { kind: 'members' }, previewBlocks: 1 });
    expect((await t.api().publications.read({ slug })).isPreview).toBe(true);
    await author.api.publications.publish({ articleId, access: { kind: 'everyone' } });
    expect(await t.api().publications.read({ slug })).toMatchObject({
      isPreview: false,
      content: CONTENT,
      excerpt: expect.stringContaining('secret'),
    });
  });

  it('is for a plan that there is', async () => {
    const author = await t.user();
    const access = { kind: 'plan' as const, planId: v7() };
    expect(await failureOf(publish(author, { access }))).toBe('not_found');
    expect(await failureOf(publish(author, { access: { kind: 'plan' } }))).toBe('bad_input');
    expect(await failureOf(publish(author, { previewBlocks: 101 }))).toBe('bad_input');
  });

  it('asks for a new token instead of taking a member for a visitor', async () => {
    const author = await t.user();
    const { slug } = await publish(author, { access: { kind: 'members' } });
    const expired = t.api(null, { accessToken: 'run out' });
    expect(await failureOf(expired.publications.read({ slug }))).toBe('unauthenticated');
  });
});
