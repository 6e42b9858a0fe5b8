import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { codeOf, PASSWORD, registered, testClient } from '../auth/test-client.js';
import { linkIn, useMail } from '../mail/mail-test-support.js';
import { useApi } from '../test-support.js';

const t = useApi({ config: { hasMail: true } });
const mail = useMail(t);
const visitor = () => testClient(t).api;
const confirm = (token: string) => codeOf(visitor().users.confirmEmailChange({ token }));
let count = 0;
const newAddress = () => `new-address-${++count}@example.org`;

async function person() {
  const made = await registered(t);
  await mail.deliver();
  const change = (email: string, password = PASSWORD) =>
    codeOf(made.client.api.users.requestEmailChange({ email, password }));
  const login = (email: string) => codeOf(visitor().auth.login({ email, password: PASSWORD }));
  return { ...made, change, login };
}

/** The link to `email` among the mails that go out now. */
async function sentTo(email: string) {
  const mails = await mail.deliver();
  return linkIn(
    mails.find((one) => one.to[0] === email),
    '/verify',
  );
}

describe('a changed e-mail address', () => {
  it('holds once the link sent to it is opened; the former one is told', async () => {
    const anna = await person();
    const other = await person();
    const email = newAddress();
    expect(await anna.change(email)).toBe('none');
    const [sent, ...more] = await mail.deliver();
    expect(more).toEqual([]);
    expect(sent?.to).toEqual([email]);
    const { url, token } = linkIn(sent, '/verify');
    expect(url).toMatch(/^https:\/\/notes\.test\/verify\?token=[\w-]{43}&purpose=change$/);
    // Which account it is about is said by the handle alone.
    const { handle, displayName } = await anna.client.api.users.me();
    expect(sent?.text).toContain(handle);
    expect(sent?.text).not.toContain(displayName);
    expect(await anna.login(anna.email)).toBe('none');
    expect(await anna.login(email)).toBe('invalid_credentials');

    expect(await confirm(token)).toBe('none');
    expect(await anna.client.api.users.me()).toMatchObject({ email, isEmailVerified: true });
    expect(await anna.login(anna.email)).toBe('invalid_credentials');
    expect(await anna.login(email)).toBe('none');
    const told = await mail.deliver();
    expect(told.map((one) => one.to)).toEqual([[anna.email]]);
    expect(told[0]?.text).not.toContain(email);
    const { items } = await anna.client.api.notifications.list();
    expect(items[0]?.event).toEqual({
      kind: 'email_changed',
      data: { from: anna.email, to: email },
    });
    expect((await other.client.api.users.me()).email).toBe(other.email);
    expect(await confirm(token)).toBe('token_invalid');
  });

  it('needs the password, and an address that is not the present one', async () => {
    const anna = await person();
    expect(await anna.change(newAddress(), 'a wrong password')).toBe('invalid_credentials');
    expect(await anna.change(anna.email)).toBe('bad_input');
    expect(await anna.change('no address')).toBe('bad_input');
    expect(
      await codeOf(visitor().users.requestEmailChange({ email: newAddress(), password: PASSWORD })),
    ).toBe('unauthenticated');
    expect(await mail.deliver()).toEqual([]);
  });

  it('says only to who opens the link that somebody has the address', async () => {
    const anna = await person();
    const ben = await person();
    expect(await anna.change(ben.email)).toBe('none');
    const { token } = await sentTo(ben.email);
    expect(await confirm(token)).toBe('email_taken');
    expect((await anna.client.api.users.me()).email).toBe(anna.email);
    expect((await ben.client.api.users.me()).email).toBe(ben.email);
  });

  it('is the one asked for last', async () => {
    const anna = await person();
    const [first, second] = [newAddress(), newAddress()];
    await anna.change(first);
    const former = await sentTo(first);
    await anna.change(second);
    const latter = await sentTo(second);
    expect(await confirm(former.token)).toBe('token_invalid');
    expect(await confirm(latter.token)).toBe('none');
    expect((await anna.client.api.users.me()).email).toBe(second);
  });

  it('is not sent a link that was overtaken before it went out', async () => {
    const anna = await person();
    const [first, second] = [newAddress(), newAddress()];
    await anna.change(first);
    await anna.change(second);
    expect((await mail.deliver()).map((one) => one.to)).toEqual([[second]]);
  });

  it('ends every other link, which may lie in the mailbox that was left', async () => {
    const anna = await person();
    await visitor().auth.requestPasswordReset({ email: anna.email });
    const reset = linkIn((await mail.deliver())[0], '/reset');
    const email = newAddress();
    await anna.change(email);
    await confirm((await sentTo(email)).token);
    const newPassword = 'another horse battery';
    expect(await codeOf(visitor().auth.resetPassword({ token: reset.token, newPassword }))).toBe(
      'token_invalid',
    );
  });

  it('is off the table when the password changes, with its time, and for a suspended user', async () => {
    const { db } = t.services();
    const anna = await person();
    let email = newAddress();
    await anna.change(email);
    const ended = await sentTo(email);
    const newPassword = 'another horse battery';
    anna.client.keep(
      await anna.client.api.auth.changePassword({ currentPassword: PASSWORD, newPassword }),
    );
    expect(await confirm(ended.token)).toBe('token_invalid');

    email = newAddress();
    await anna.change(email, newPassword);
    const late = await sentTo(email);
    const ofAnna = eq(schema.oneTimeTokens.userId, anna.id);
    await db.update(schema.oneTimeTokens).set({ expiresAt: sql`now()` }).where(ofAnna);
    expect(await confirm(late.token)).toBe('token_invalid');

    email = newAddress();
    await anna.change(email, newPassword);
    const { token } = await sentTo(email);
    await db.update(schema.users).set({ status: 'suspended' }).where(eq(schema.users.id, anna.id));
    expect(await confirm(token)).toBe('token_invalid');
  });

  it('is taken by one of many who open the link at once', async () => {
    const anna = await person();
    const email = newAddress();
    await anna.change(email);
    const { token } = await sentTo(email);
    const codes = await Promise.all(Array.from({ length: 5 }, () => confirm(token)));
    expect(codes.filter((code) => code === 'none')).toHaveLength(1);
    expect(codes.filter((code) => code === 'token_invalid')).toHaveLength(4);
  });
});
