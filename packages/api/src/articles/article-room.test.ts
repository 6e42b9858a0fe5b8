import { planBenefitsSchema } from '@ainotebook/contract';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { buildPlan } from '../billing/test-support.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi({ config: { articleQuota: 3 } });
const create = (user: TestUser, title = 'note') => user.api.articles.create({ title });
const createMany = (user: TestUser, count: number) =>
  user.api.articles.createMany({
    items: Array.from({ length: count }, (_, i) => ({ title: `${i}` })),
  });

describe('a person who may have three articles', () => {
  it('makes three, however many are asked for at once', async () => {
    const [user, other] = [await t.user(), await t.user()];
    const codes = await Promise.all(Array.from({ length: 8 }, () => codeOf(create(user))));
    expect(codes.filter((code) => code === 'quota_exceeded')).toHaveLength(5);
    expect(await user.api.articles.usage()).toEqual({ count: 3, quota: 3 });
    // One person's articles are nothing to another.
    await create(other);
    expect(await other.api.articles.usage()).toEqual({ count: 1, quota: 3 });
  });

  it('gets all of a batch, or none of it', async () => {
    const user = await t.user();
    expect(await codeOf(createMany(user, 4))).toBe('quota_exceeded');
    expect(await user.api.articles.usage()).toMatchObject({ count: 0 });
    expect(await createMany(user, 3)).toMatchObject({ created: 3 });
  });

  it('is answered an article that is there, also with no room left', async () => {
    const user = await t.user();
    const id = v7();
    await user.api.articles.create({ id, title: 'first' });
    await createMany(user, 2);
    expect(await user.api.articles.create({ id, title: 'first' })).toMatchObject({ id });
  });

  it('makes room by emptying the trash, not by filling it', async () => {
    const user = await t.user();
    const { id } = await create(user);
    await createMany(user, 2);
    await user.api.articles.delete({ id });
    expect(await codeOf(create(user))).toBe('quota_exceeded');
    await user.api.articles.updateMany({ action: 'purge', ids: [id] });
    await create(user);
  });

  it('has more with a plan, and keeps and writes all of it when the plan has ended', async () => {
    const [admin, user] = [await t.user({ role: 'admin' }), await t.user()];
    const benefits = planBenefitsSchema.parse({ articles: 5 });
    const { id: planId } = await buildPlan(admin, { benefits });
    const term = { userId: user.id, planId, period: 'month' as const, reason: 'x' };
    const { id: entitlementId } = await admin.api.admin.entitlements.grant(term);
    await createMany(user, 5);
    expect(await user.api.articles.usage()).toEqual({ count: 5, quota: 5 });
    await admin.api.admin.entitlements.revoke({ id: entitlementId });
    expect(await user.api.articles.usage()).toEqual({ count: 5, quota: 3 });
    expect(await codeOf(create(user))).toBe('quota_exceeded');
    const [last] = (await user.api.articles.list()).items;
    const { id, revision } = last ?? { id: '', revision: 0 };
    const saved = { id, baseRevision: revision, data: { title: 'still written', content: 'on' } };
    expect(await user.api.articles.save(saved)).toMatchObject({ status: 'saved' });
  });
});
