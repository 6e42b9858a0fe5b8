import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { toAppError } from '../errors.js';
import { callWith } from '../isolation/isolation-world.js';
import { useApi } from '../test-support.js';
import { createAdmin } from './create-admin.js';
import { codeOf, PASSWORD, registered, testClient } from './test-client.js';

const t = useApi();
const NEW = 'another horse battery';
const login = async (email: string, password: string) =>
  (await testClient(t).api.auth.login({ email, password })).user;

describe('create-admin', () => {
  it('makes an admin who can sign in, and writes it down', async () => {
    const made = await createAdmin(t.services(), {
      email: 'Boss@Example.org',
      password: NEW,
      displayName: '管理员',
    });
    expect(made).toMatchObject({ email: 'boss@example.org', isNew: true });
    expect(await login('boss@example.org', NEW)).toMatchObject({ role: 'admin' });
    const events = await t
      .services()
      .db.select({ action: schema.auditEvents.action, actorId: schema.auditEvents.actorId })
      .from(schema.auditEvents)
      .where(eq(schema.auditEvents.subjectId, made.id));
    expect(events).toEqual([{ action: 'admin.created', actorId: null }]);
  });

  it('promotes an account without its former password and sessions, and no other account', async () => {
    const squatter = await registered(t);
    const bystander = await registered(t);
    const { email } = squatter;
    const made = await createAdmin(t.services(), { email, password: NEW, displayName: 'X' });
    expect(made).toEqual({ id: squatter.id, email, isNew: false });
    expect(await codeOf(squatter.client.api.users.me())).toBe('session_revoked');
    expect(await codeOf(login(email, PASSWORD))).toBe('invalid_credentials');
    expect(await login(email, NEW)).toMatchObject({ id: squatter.id, role: 'admin' });
    expect((await bystander.client.api.users.me()).role).toBe('user');
  });

  it('leaves whoever had the account neither a key nor a webhook', async () => {
    const [squatter, bystander] = [await registered(t), await registered(t)];
    const made = async ({ client }: typeof squatter) => {
      const scopes = ['articles:read' as const];
      const key = { name: 'key', scopes, expiresInDays: null };
      const { secret } = await client.api.apiKeys.create(key);
      const hook = { url: 'https://hooks.example.org', events: ['article.published' as const] };
      const { id } = await client.api.webhooks.create(hook);
      const delivery = await client.api.webhooks.sendTest({ id });
      return { secret, webhookId: id, deliveryId: delivery.id };
    };
    const [his, other] = [await made(squatter), await made(bystander)];
    const { email } = squatter;
    await createAdmin(t.services(), { email, password: NEW, displayName: 'X' });
    const list = (secret: string) => callWith(t, secret, { path: 'articles.list', input: {} });
    expect(await codeOf(list(his.secret))).toBe('unauthenticated');
    expect(await codeOf(list(other.secret))).toBe('none');
    const { db } = t.services();
    const states = async ({ webhookId, deliveryId }: typeof his) => [
      await db
        .select({ state: schema.webhookSubscriptions.disabledReason })
        .from(schema.webhookSubscriptions)
        .where(eq(schema.webhookSubscriptions.id, webhookId)),
      await db
        .select({ state: schema.webhookDeliveries.status })
        .from(schema.webhookDeliveries)
        .where(eq(schema.webhookDeliveries.id, deliveryId)),
    ];
    expect(await states(his)).toEqual([[{ state: 'owner' }], [{ state: 'failed' }]]);
    expect(await states(other)).toEqual([[{ state: null }], [{ state: 'pending' }]]);
  });

  it('names the fields it cannot take', async () => {
    const wrong = { email: 'nobody', password: 'short', displayName: '' };
    const error = await createAdmin(t.services(), wrong).catch(toAppError);
    expect(error).toMatchObject({ code: 'bad_input' });
    expect('fields' in error && error.fields?.map((field) => field.path).sort()).toEqual([
      'displayName',
      'email',
      'password',
    ]);
  });
});
