import { schema } from '@ainotebook/db';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf as failureOf } from '../auth/test-client.js';
import { type TestUser, useApi } from '../test-support.js';
import { buildPlan } from './test-support.js';

const t = useApi();
const tomorrow = () => new Date(Date.now() + 86_400_000);

/** A plan with codes, as an admin exports them. */
async function codesOf(admin: TestUser, count: number, fields: object = {}) {
  const plan = await buildPlan(admin);
  const batch = await admin.api.admin.codes.generate({
    planId: plan.id,
    period: 'month',
    count,
    note: 'spring',
    expiresAt: tomorrow(),
    ...fields,
  });
  const { csv } = await admin.api.admin.codes.export({ id: batch.id });
  const codes = csv
    .trim()
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(',')[0] ?? '');
  return { plan, batch, codes };
}

const auditsOf = async (action: string, subjectId: string) =>
  t
    .services()
    .db.select()
    .from(schema.auditEvents)
    .where(and(eq(schema.auditEvents.action, action), eq(schema.auditEvents.subjectId, subjectId)));

describe('plans', () => {
  it('are offered as their newest version says, and what was given stays what it was', async () => {
    const admin = await t.user({ role: 'admin' });
    const user = await t.user();
    const plan = await buildPlan(admin);
    const period = 'month' as const;
    await admin.api.admin.entitlements.grant({
      userId: user.id,
      planId: plan.id,
      period,
      reason: 'thanks',
    });
    const data = { name: 'Pro 2', benefits: { storageBytes: 5 }, prices: [], isActive: true };
    const updated = await admin.api.admin.plans.update({ id: plan.id, data });
    expect(updated).toMatchObject({ version: 2, name: 'Pro 2', prices: [], key: plan.key });
    const offered = await t.api().plans.list();
    expect(offered.find((one) => one.id === plan.id)).toMatchObject({ version: 2 });
    const mine = await user.api.billing.myPlan();
    expect(mine.plans).toMatchObject([{ planId: plan.id, name: 'Pro' }]);
    expect(mine.benefits.storageBytes).toBe(10 * 1024 ** 3);
    await admin.api.admin.plans.update({ id: plan.id, data: { ...data, isActive: false } });
    expect((await t.api().plans.list()).map((one) => one.id)).not.toContain(plan.id);
    expect((await admin.api.admin.plans.list()).map((one) => one.id)).toContain(plan.id);
    expect(await auditsOf('plan.updated', plan.id)).toHaveLength(2);
  });

  it('have whole prices, one a period, and keys of their own', async () => {
    const admin = await t.user({ role: 'admin' });
    const plan = await buildPlan(admin);
    const twice = [
      { period: 'month' as const, amountFen: 1 },
      { period: 'month' as const, amountFen: 2 },
    ];
    expect(await failureOf(buildPlan(admin, { key: plan.key }))).toBe('name_taken');
    expect(await failureOf(buildPlan(admin, { prices: twice }))).toBe('bad_input');
    for (const amountFen of [0, -1, 0.5]) {
      const prices = [{ period: 'month' as const, amountFen }];
      expect(await failureOf(buildPlan(admin, { prices }))).toBe('bad_input');
    }
  });

  it('raise the room for files, to the byte', async () => {
    const admin = await t.user({ role: 'admin' });
    const [user, other] = [await t.user(), await t.user()];
    const before = await user.api.files.usage();
    const plan = await buildPlan(admin);
    const { id } = await admin.api.admin.entitlements.grant({
      userId: user.id,
      planId: plan.id,
      period: 'lifetime',
      reason: 'thanks',
    });
    expect((await user.api.files.usage()).quotaBytes).toBe(10 * 1024 ** 3);
    expect((await other.api.files.usage()).quotaBytes).toBe(before.quotaBytes);
    await admin.api.admin.entitlements.revoke({ id });
    expect((await user.api.files.usage()).quotaBytes).toBe(before.quotaBytes);
  });
});

describe('redemption codes', () => {
  it('are random, stored nowhere, and the same whenever they are exported', async () => {
    const admin = await t.user({ role: 'admin' });
    const { batch, codes } = await codesOf(admin, 50);
    expect(new Set(codes).size).toBe(50);
    for (const code of codes)
      expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
    const { rows } = await t
      .services()
      .db.execute(sql`select c::text as row from redemption_codes c where batch_id = ${batch.id}`);
    const stored = JSON.stringify(rows);
    for (const code of codes) {
      expect(stored).not.toContain(code);
      expect(stored).not.toContain(code.replaceAll('-', ''));
    }
    const again = await admin.api.admin.codes.export({ id: batch.id });
    for (const code of codes) expect(again.csv).toContain(code);
    expect(await auditsOf('codes.exported', batch.id)).toHaveLength(2);
  });

  it('give a term once, as they are typed, and stack', async () => {
    const admin = await t.user({ role: 'admin' });
    const [user, other] = [await t.user(), await t.user()];
    const { plan, batch, codes } = await codesOf(admin, 2);
    const [first = '', second = ''] = codes;
    const typed = ` ${first.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o')} `;
    const once = await user.api.billing.redeem({ code: typed });
    expect(once.plans).toMatchObject([{ planId: plan.id, name: 'Pro' }]);
    expect(await user.api.billing.redeem({ code: first })).toEqual(once);
    expect(await failureOf(other.api.billing.redeem({ code: first }))).toBe('code_invalid');
    const twice = await user.api.billing.redeem({ code: second });
    const [a, b] = [once.plans[0]?.endsAt?.getTime() ?? 0, twice.plans[0]?.endsAt?.getTime() ?? 0];
    expect((b - a) / 86_400_000).toBeGreaterThan(27);
    expect((await other.api.billing.myPlan()).plans).toEqual([]);
    const { items } = await admin.api.admin.codes.list({ limit: 100 });
    const listed = items.find((one) => one.id === batch.id);
    expect(listed).toMatchObject({ codeCount: 2, redeemedCount: 2, note: 'spring' });
    expect((await admin.api.admin.codes.export({ id: batch.id })).csv).toMatch(/,20\d\d-/);
    const given = await admin.api.admin.entitlements.list({ userId: user.id });
    expect(given.map((one) => one.source)).toEqual(['code', 'code']);
  });

  it('go to one of many who redeem them at once', async () => {
    const admin = await t.user({ role: 'admin' });
    const { codes } = await codesOf(admin, 1);
    const [code = ''] = codes;
    const people = await Promise.all(Array.from({ length: 8 }, () => t.user()));
    const outcomes = await Promise.all(
      people.map((one) => failureOf(one.api.billing.redeem({ code }))),
    );
    expect(outcomes.filter((one) => one === 'none')).toHaveLength(1);
    const ids = people.map((one) => one.id);
    const given = await t
      .services()
      .db.select()
      .from(schema.entitlements)
      .where(inArray(schema.entitlements.userId, ids));
    expect(given).toHaveLength(1);
  });

  it('are worth nothing once expired or revoked, and cannot be guessed on and on', async () => {
    const admin = await t.user({ role: 'admin' });
    const user = await t.user();
    const { batch, codes } = await codesOf(admin, 2);
    const [kept = '', lost = ''] = codes;
    await user.api.billing.redeem({ code: kept });
    await admin.api.admin.codes.revoke({ id: batch.id });
    await admin.api.admin.codes.revoke({ id: batch.id });
    expect(await failureOf(user.api.billing.redeem({ code: lost }))).toBe('code_invalid');
    expect((await user.api.billing.myPlan()).plans).toHaveLength(1);
    const expired = await codesOf(admin, 1);
    await t
      .services()
      .db.update(schema.redemptionBatches)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.redemptionBatches.id, expired.batch.id));
    const code = expired.codes[0] ?? '';
    expect(await failureOf(user.api.billing.redeem({ code }))).toBe('code_invalid');
    const wrong = { code: '00000-00000-00000-00000' };
    const guesses = [];
    for (let i = 0; i < 12; i += 1) guesses.push(await failureOf(user.api.billing.redeem(wrong)));
    expect(guesses.at(-1)).toBe('rate_limited');
    const past = { expiresAt: new Date(Date.now() - 1000) };
    expect(await failureOf(codesOf(admin, 1, past))).toBe('bad_input');
  });
});

describe('terms given by hand', () => {
  it('say why and by whom, and end by hand', async () => {
    const admin = await t.user({ role: 'admin' });
    const [user, other] = [await t.user(), await t.user()];
    const plan = await buildPlan(admin);
    const input = { userId: user.id, planId: plan.id, period: 'year' as const, reason: 'helped' };
    const { id } = await admin.api.admin.entitlements.grant(input);
    const [given] = await admin.api.admin.entitlements.list({ userId: user.id });
    expect(given).toMatchObject({ id, source: 'grant', reason: 'helped', revokedAt: null });
    expect(await auditsOf('entitlement.granted', id)).toMatchObject([{ actorId: admin.id }]);
    await admin.api.admin.entitlements.revoke({ id });
    await admin.api.admin.entitlements.revoke({ id });
    expect(await auditsOf('entitlement.revoked', id)).toHaveLength(1);
    expect((await user.api.billing.myPlan()).plans).toEqual([]);
    const grant = (change: object) => admin.api.admin.entitlements.grant({ ...input, ...change });
    expect(await failureOf(grant({ userId: v7() }))).toBe('not_found');
    expect(await failureOf(grant({ planId: v7() }))).toBe('not_found');
    expect(await failureOf(grant({ reason: ' ' }))).toBe('bad_input');
    expect(await failureOf(other.api.admin.entitlements.grant(input))).toBe('forbidden');
  });
});
