import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { toAppError } from '../errors.js';
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
