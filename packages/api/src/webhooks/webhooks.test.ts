import { LIMITS, WEBHOOK_EVENTS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { callWith } from '../isolation/isolation-world.js';
import { type TestUser, useApi } from '../test-support.js';

const t = useApi();
const { auditEvents, webhookSubscriptions } = schema;
let anna: TestUser;
let ben: TestUser;
beforeEach(async () => {
  anna = await t.user();
  ben = await t.user();
});

const input = { url: 'https://hooks.example.org/in', events: ['article.published' as const] };
const keyOf = (user: TestUser) =>
  user.api.apiKeys.create({
    name: 'hooks',
    scopes: ['webhooks:read', 'webhooks:write'],
    expiresInDays: null,
  });

describe('a new webhook', () => {
  it('has a secret that is told once and kept nowhere', async () => {
    const { secret, ...webhook } = await anna.api.webhooks.create(input);
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(webhook).toMatchObject({
      ...input,
      disabledReason: null,
      failingSince: null,
      formerSecretUntil: null,
    });
    expect(await anna.api.webhooks.list()).toEqual([webhook]);
    const rows = await t
      .services()
      .db.execute(sql`select row::text as text from webhook_subscriptions row`);
    const stored = JSON.stringify(rows.rows);
    expect(stored).toContain(webhook.id);
    expect(stored).not.toContain(secret.slice('whsec_'.length));
    const other = await anna.api.webhooks.create(input);
    expect(other.secret).not.toBe(secret);
  });

  it('is of its maker alone', async () => {
    const { id } = await anna.api.webhooks.create(input);
    expect(await ben.api.webhooks.list()).toEqual([]);
    const mine = { id, data: { events: [...WEBHOOK_EVENTS] } };
    expect(await codeOf(ben.api.webhooks.update(mine))).toBe('not_found');
    expect(await codeOf(ben.api.webhooks.rotateSecret({ id }))).toBe('not_found');
    expect(await codeOf(ben.api.webhooks.delete({ id }))).toBe('not_found');
    expect(await codeOf(t.api().webhooks.create(input))).toBe('unauthenticated');
    expect(await codeOf(t.api().webhooks.list())).toBe('unauthenticated');
  });

  it('needs an address of the web and events that there are', async () => {
    const wrong = [
      { ...input, url: 'hooks' },
      { ...input, url: 'ftp://example.org' },
      { ...input, url: 'https://user:password@example.org' },
      { ...input, url: `https://example.org/${'x'.repeat(LIMITS.urlLength)}` },
      { ...input, events: [] },
      { ...input, events: ['article.eaten' as 'article.published'] },
      { ...input, events: ['webhook.test' as 'article.published'] },
    ];
    for (const one of wrong) expect(await codeOf(anna.api.webhooks.create(one))).toBe('bad_input');
    const events = [...input.events, ...input.events];
    expect((await anna.api.webhooks.create({ ...input, events })).events).toEqual(input.events);
  });

  it('has its place among ten', async () => {
    for (let n = 1; n < LIMITS.webhooksPerUser; n++) await anna.api.webhooks.create(input);
    const two = await Promise.all([
      codeOf(anna.api.webhooks.create(input)),
      codeOf(anna.api.webhooks.create(input)),
    ]);
    expect(two.sort()).toEqual(['limit_reached', 'none']);
    expect(await codeOf(ben.api.webhooks.create(input))).toBe('none');
  });
});

describe('a webhook', () => {
  it('is changed in what is named, and goes with its log', async () => {
    const { id } = await anna.api.webhooks.create(input);
    const url = 'https://other.example.org';
    expect(await anna.api.webhooks.update({ id, data: { url } })).toMatchObject({ ...input, url });
    const events = ['order.paid' as const];
    expect(await anna.api.webhooks.update({ id, data: { events } })).toMatchObject({ url, events });
    const delivery = await anna.api.webhooks.sendTest({ id });
    await anna.api.webhooks.delete({ id });
    expect(await anna.api.webhooks.list()).toEqual([]);
    expect(await codeOf(anna.api.webhooks.getDelivery({ id: delivery.id }))).toBe('not_found');
    expect(await codeOf(anna.api.webhooks.listDeliveries({ webhookId: id }))).toBe('not_found');
    const told = await t
      .services()
      .db.select({ action: auditEvents.action })
      .from(auditEvents)
      .where(eq(auditEvents.subjectId, id))
      .orderBy(auditEvents.id);
    expect(told.map(({ action }) => action)).toEqual(['webhook.created', 'webhook.deleted']);
  });

  it('that is off gives up what waits, sends nothing, and begins anew when it is turned on', async () => {
    const { id } = await anna.api.webhooks.create(input);
    const waiting = await anna.api.webhooks.sendTest({ id });
    const off = await anna.api.webhooks.update({ id, data: { isEnabled: false } });
    expect(off.disabledReason).toBe('owner');
    expect(await anna.api.webhooks.getDelivery({ id: waiting.id })).toMatchObject({
      status: 'failed',
      failure: 'disabled',
      nextAttemptAt: null,
    });
    expect(await codeOf(anna.api.webhooks.sendTest({ id }))).toBe('conflict');
    expect(await codeOf(anna.api.webhooks.replay({ id: waiting.id }))).toBe('conflict');
    await t
      .services()
      .db.update(webhookSubscriptions)
      .set({ failingSince: sql`now()`, disabledReason: 'failing' })
      .where(eq(webhookSubscriptions.id, id));
    const on = await anna.api.webhooks.update({ id, data: { isEnabled: true } });
    expect(on).toMatchObject({ disabledReason: null, failingSince: null });
    expect(await codeOf(anna.api.webhooks.sendTest({ id }))).toBe('none');
  });

  it('gets another secret while the one before is good for a day', async () => {
    const { id, secret } = await anna.api.webhooks.create(input);
    const rotated = await anna.api.webhooks.rotateSecret({ id });
    expect(rotated.secret).not.toBe(secret);
    const leftMs = (rotated.formerSecretUntil?.getTime() ?? 0) - Date.now();
    expect(Math.round(leftMs / 3_600_000)).toBe(24);
    await t
      .services()
      .db.update(webhookSubscriptions)
      .set({ formerUntil: sql`now() - interval '1 s'` })
      .where(eq(webhookSubscriptions.id, id));
    expect((await anna.api.webhooks.list())[0]?.formerSecretUntil).toBeNull();
  });
});

describe('an API key', () => {
  it('makes webhooks where its scope says so', async () => {
    const { secret } = await keyOf(anna);
    await callWith(t, secret, { path: 'webhooks.create', input });
    expect(await callWith(t, secret, { path: 'webhooks.list', input: undefined })).toHaveLength(1);
    const { secret: other } = await anna.api.apiKeys.create({
      name: 'notes',
      scopes: ['articles:write'],
      expiresInDays: null,
    });
    expect(await codeOf(callWith(t, other, { path: 'webhooks.create', input }))).toBe('forbidden');
  });

  it('neither makes nor sees one that tells of orders', async () => {
    const { secret } = await keyOf(anna);
    const call = (path: string, given?: unknown) => callWith(t, secret, { path, input: given });
    const orders = { ...input, events: ['order.paid' as const] };
    expect(await codeOf(call('webhooks.create', orders))).toBe('forbidden');
    const { id } = await anna.api.webhooks.create(orders);
    const { id: plain } = await anna.api.webhooks.create(input);
    expect(await call('webhooks.list')).toMatchObject([{ id: plain }]);
    expect(await codeOf(call('webhooks.update', { id, data: { url: input.url } }))).toBe(
      'not_found',
    );
    const more = { id: plain, data: { events: orders.events } };
    expect(await codeOf(call('webhooks.update', more))).toBe('forbidden');
    expect(await codeOf(call('webhooks.rotateSecret', { id }))).toBe('not_found');
    expect(await codeOf(call('webhooks.listDeliveries', { webhookId: id }))).toBe('not_found');
    expect(await anna.api.webhooks.list()).toHaveLength(2);
  });
});
