import { type PlanBenefits, planBenefitsSchema } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { codeOf as failureOf } from '../auth/test-client.js';
import { requireRoom } from '../files/store-upload.js';
import { type TestUser, useApi } from '../test-support.js';
import { readMyPlan } from './entitlements.js';
import { reminderDays, remindOfEnds } from './reminders.js';
import { buildPlan, buildTerm } from './test-support.js';

const DAY = 86_400_000;
const QUOTA = 100;
const t = useApi({ config: { fileQuotaBytes: QUOTA } });
const db = () => t.services().db;
const benefitsOf = (some: Partial<PlanBenefits>) => planBenefitsSchema.parse(some);
let admin: TestUser;
let planId: string;

beforeAll(async () => {
  admin = await t.user({ role: 'admin' });
  planId = (await buildPlan(admin, { benefits: benefitsOf({ storageBytes: 10_000 }) })).id;
});

/** A month of the plan that ends so many days from now; an hour less, for calls take time. */
async function holderUntil(days: number): Promise<TestUser> {
  const user = await t.user();
  await endIn(user, days);
  return user;
}

/** What somebody has ends then, as if that much time had gone by. */
async function endIn({ id: userId }: TestUser, days: number): Promise<void> {
  const grantedAt = new Date(Date.now() + days * DAY - DAY / 24);
  grantedAt.setUTCMonth(grantedAt.getUTCMonth() - 1);
  await db().delete(schema.entitlements).where(eq(schema.entitlements.userId, userId));
  await buildTerm(t, { userId, planId, grantedAt });
}

const toldOf = async (user: TestUser) =>
  (await user.api.notifications.list()).items.flatMap(({ event }) =>
    event.kind === 'plan_ending' ? [event.data.days] : [],
  );

describe('reminders', () => {
  it('are due within seven days and within one, the nearer one first', () => {
    const dueWith = (days: number) => reminderDays(days * DAY);
    expect([8, 7, 2, 1, 0.5, 0, -1].map(dueWith)).toEqual([
      undefined,
      7,
      7,
      1,
      1,
      undefined,
      undefined,
    ]);
  });

  it('come once for each end, to who holds a plan that ends', async () => {
    const [soon, week, later, over, never] = [
      await holderUntil(1),
      await holderUntil(7),
      await holderUntil(20),
      await holderUntil(-1),
      await t.user(),
    ];
    const life = { userId: never.id, planId, period: 'lifetime' as const, reason: 'x' };
    await admin.api.admin.entitlements.grant(life);
    expect(await remindOfEnds(db())).toBe(3);
    expect(await remindOfEnds(db())).toBe(0);
    const [both, again] = await Promise.all([remindOfEnds(db()), remindOfEnds(db())]);
    expect(both + again).toBe(0);
    expect(await toldOf(soon)).toEqual([1]);
    expect(await toldOf(week)).toEqual([7]);
    // It has ended, and goes on for some days.
    expect(await toldOf(over)).toEqual([0]);
    for (const user of [later, never, admin]) expect(await toldOf(user)).toEqual([]);
    // Each with its mail.
    const mails = await db()
      .select({ payload: schema.outbox.payload })
      .from(schema.outbox)
      .where(eq(schema.outbox.topic, 'mail.send'));
    expect(mails).toHaveLength(3);
  });

  it('come again when another term was bought, and the day is there', async () => {
    const user = await holderUntil(7);
    await remindOfEnds(db());
    await endIn(user, 1);
    await remindOfEnds(db());
    expect((await toldOf(user)).sort()).toEqual([1, 7]);
    const more = { userId: user.id, planId, period: 'month' as const, reason: 'x' };
    await admin.api.admin.entitlements.grant(more);
    expect(await remindOfEnds(db())).toBe(0);
  });
});

describe('after the end', () => {
  it('a plan gives what it gave for some days, and then what everybody has', async () => {
    const held = async (days: number) => {
      const { id } = await holderUntil(days);
      const { plans, benefits } = await readMyPlan(db(), id);
      return [plans.map(({ isInGrace }) => isInGrace), benefits.storageBytes];
    };
    expect(await held(1)).toEqual([[false], 10_000]);
    expect(await held(-1)).toEqual([[true], 10_000]);
    expect(await held(-4)).toEqual([[], null]);
  });

  it('who has more than fits adds no more; reading, exporting and deleting go on', async () => {
    const user = await holderUntil(-1);
    const other = await t.user();
    const file = { sha256: 'a'.repeat(64), size: 5_000, mediaType: 'image/png' };
    await db().insert(schema.blobs).values(file);
    const [row] = await db()
      .insert(schema.files)
      .values({ ...file, userId: user.id, name: 'big.png' })
      .returning({ id: schema.files.id });
    const id = row?.id ?? '';
    const { id: articleId } = await user.api.articles.create({ title: 'x', content: 'words' });
    await requireRoom(t.services(), { userId: user.id }, 1_000);
    await endIn(user, -4);
    const adding = requireRoom(t.services(), { userId: user.id }, 1);
    await expect(adding).rejects.toMatchObject({ code: 'quota_exceeded' });
    expect(await user.api.files.usage()).toMatchObject({ usedBytes: 5_000, quotaBytes: QUOTA });
    expect((await user.api.files.get({ id })).name).toBe('big.png');
    expect((await user.api.articles.get({ id: articleId })).content).toBe('words');
    await user.api.exports.create({ kind: 'everything' });
    expect(await failureOf(other.api.files.remove({ id }))).toBe('not_found');
    await user.api.files.remove({ id });
    await requireRoom(t.services(), { userId: user.id }, QUOTA);
  });
});

describe('work of who has a plan with priority', () => {
  it('goes before that of others', async () => {
    const plan = await buildPlan(admin, { benefits: benefitsOf({ hasJobPriority: true }) });
    const [payer, other] = [await t.user(), await t.user()];
    const term = { userId: payer.id, planId: plan.id, period: 'month' as const, reason: 'x' };
    await admin.api.admin.entitlements.grant(term);
    const prioritiesOf = async (user: TestUser) => {
      const before = new Set((await db().select().from(schema.outbox)).map(({ id }) => id));
      await user.api.exports.create({ kind: 'everything' });
      await user.api.imports.create({ url: 'https://example.org/' });
      await user.api.articles.createMany({ items: [{ title: 'a' }, { title: 'b' }] });
      const rows = await db().select().from(schema.outbox);
      return rows
        .filter(({ id }) => !before.has(id))
        .map(({ topic, priority }) => `${topic} ${priority}`)
        .sort();
    };
    expect(await prioritiesOf(payer)).toEqual([
      'exports.make 1',
      'imports.read 1',
      'process-article 1',
      'process-article 1',
    ]);
    expect(await prioritiesOf(other)).toEqual([
      'exports.make 5',
      'imports.read 10',
      'process-article 10',
      'process-article 10',
    ]);
  });
});
