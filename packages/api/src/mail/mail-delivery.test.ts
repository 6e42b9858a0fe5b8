import { schema } from '@ainotebook/db';
import { createDispatcher, listDeadLetters } from '@ainotebook/jobs';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { codeOf, registered, testClient } from '../auth/test-client.js';
import { createJobHandlers } from '../jobs.js';
import { testJobServices, useApi } from '../test-support.js';
import { linkIn, useMail } from './mail-test-support.js';

const t = useApi({ config: { hasMail: true } });
const mail = useMail(t);
const visitor = () => testClient(t).api;
const request = (email: string) => visitor().auth.requestPasswordReset({ email });
const reset = (token: string) =>
  codeOf(visitor().auth.resetPassword({ token, newPassword: 'another horse battery' }));

async function person() {
  const made = await registered(t);
  await mail.deliver();
  return made;
}

describe('a mail', () => {
  it('waits for a mail server that is down and goes out once when it is up', async () => {
    const { email } = await person();
    await request(email);
    await mail.smtp().down();
    expect(await mail.deliver()).toEqual([]);
    await mail.wait();
    expect(await mail.deliver()).toEqual([]);
    await mail.smtp().up();
    await mail.wait();
    const mails = await mail.deliver();
    expect(mails.map((one) => one.to)).toEqual([[email]]);
    await mail.wait();
    expect(await mail.deliver()).toEqual([]);
    expect(await reset(linkIn(mails[0], '/reset').token)).toBe('none');
  });

  it('is the same mail with the same link when the answer to the first was lost', async () => {
    const { email } = await person();
    await request(email);
    mail.smtp().behave('drop');
    const first = await mail.deliver();
    mail.smtp().behave('take');
    await mail.wait();
    const second = await mail.deliver();
    expect([first.length, second.length]).toEqual([1, 1]);
    expect(second[0]?.messageId).toBe(first[0]?.messageId);
    const link = linkIn(first[0], '/reset');
    expect(linkIn(second[0], '/reset')).toEqual(link);
    expect(await reset(link.token)).toBe('none');
  });

  it('with a link that lives from the moment it goes out', async () => {
    const { email } = await person();
    await request(email);
    mail.smtp().behave('defer');
    await mail.deliver();
    await t
      .services()
      .db.execute(sql`update one_time_tokens set expires_at = now() where used_at is null`);
    mail.smtp().behave('take');
    await mail.wait();
    expect(await reset(linkIn((await mail.deliver())[0], '/reset').token)).toBe('none');
  });

  it('is not sent any more when what it is for was done meanwhile', async () => {
    const { email, id } = await person();
    await request(email);
    mail.smtp().behave('defer');
    await mail.deliver();
    mail.smtp().behave('take');
    const admin = await t.user({ role: 'admin' });
    const { url } = await admin.api.admin.users.createResetLink({ id });
    expect(await reset(new URL(url).searchParams.get('token') ?? '')).toBe('none');
    await mail.wait();
    const mails = await mail.deliver();
    // Only that the password was changed.
    expect(mails.map((one) => one.text.includes('/reset'))).toEqual([false]);
  });

  it('to a mailbox that is not there is given up at once, and shows nothing of itself', async () => {
    const { email, id } = await person();
    await request(email);
    mail.smtp().behave('refuse');
    await mail.deliver();
    const { db } = t.services();
    const letter = (await listDeadLetters(db, { limit: 10 })).items[0];
    expect(letter).toMatchObject({
      topic: 'mail.send',
      attempts: 1,
      payload: { kind: 'password_reset', userId: id },
    });
    expect(letter?.error).toContain('550 5.1.1');
    expect(letter?.error).not.toContain(email);
  });

  it('waits as ids: no token, address or word of it is in the queue', async () => {
    const { client, email } = await person();
    await request(email);
    const admin = await t.user({ role: 'admin' });
    const wanted = 'wanted@example.org';
    const { url } = await admin.api.invitations.create({ email: 'invited@example.org' });
    await client.api.users.requestEmailChange({
      email: wanted,
      password: 'correct horse battery',
    });
    const { db } = t.services();
    const all = async () => {
      const { rows } = await db.execute(
        sql`select outbox::text from outbox union all select dead_letters::text from dead_letters`,
      );
      return JSON.stringify(rows);
    };
    const before = await all();
    const mails = await mail.deliver();
    expect(mails).toHaveLength(3);
    const secrets = mails.map((one) => linkIn(one, 'https://notes.test/').token);
    expect(secrets.every((secret) => secret.length === 43)).toBe(true);
    expect(secrets).toContain(new URL(url).searchParams.get('invitation'));
    for (const text of [before, await all()]) {
      for (const part of [...secrets, email, wanted, 'invited@']) expect(text).not.toContain(part);
    }
  });

  it('is dropped where mail was switched off since', async () => {
    const { email } = await person();
    await request(email);
    const services = t.services();
    const handlers = createJobHandlers(testJobServices(services, { mailer: null }));
    await createDispatcher({ db: services.db, handlers }).runDue();
    await mail.wait();
    expect(await mail.deliver()).toEqual([]);
  });

  it('about a user who is gone is dropped', async () => {
    const { client, email, id } = await person();
    await request(email);
    mail.smtp().behave('defer');
    await mail.deliver();
    mail.smtp().behave('take');
    await client.api.users.delete({ password: 'correct horse battery' });
    await mail.wait();
    expect(await mail.deliver()).toEqual([]);
    const { db } = t.services();
    expect(await db.$count(schema.outbox, sql`payload ->> 'userId' = ${id}`)).toBe(0);
  });
});
