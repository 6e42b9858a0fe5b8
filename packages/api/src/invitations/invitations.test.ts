import { LIMITS } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf } from '../auth/test-client.js';
import { linkIn, useMail } from '../mail/mail-test-support.js';
import { useApi } from '../test-support.js';

const t = useApi();

describe('invitations', () => {
  it('are links under the configured address whose token is stored nowhere', async () => {
    const admin = await t.user({ role: 'admin' });
    const made = await admin.api.invitations.create({ email: 'New@Example.org', expiresInDays: 3 });
    expect(made).toMatchObject({ email: 'new@example.org', role: 'user', status: 'open' });
    expect(made.isMailed).toBe(false);
    expect(made.url).toMatch(/^https:\/\/notes\.test\/register\?invitation=[\w-]{43}$/);
    const days = (made.expiresAt.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2.9);
    expect(days).toBeLessThan(3.1);
    const { rows } = await t
      .services()
      .db.execute(sql`select i::text as row from invitations i where id = ${made.id}`);
    const token = new URL(made.url).searchParams.get('invitation') ?? '';
    expect(JSON.stringify(rows)).not.toContain(token);
    const listed = JSON.stringify(await admin.api.invitations.list());
    expect(listed).toContain(made.id);
    expect(listed).not.toContain(token);
  });

  it('are listed page by page with what became of each', async () => {
    const admin = await t.user({ role: 'admin' });
    const { db } = t.services();
    await db.delete(schema.invitations);
    const make = () => admin.api.invitations.create({});
    const [open, revoked, expired] = [await make(), await make(), await make()];
    await admin.api.invitations.revoke({ id: revoked.id });
    await db
      .update(schema.invitations)
      .set({ expiresAt: sql`now()` })
      .where(eq(schema.invitations.id, expired.id));
    const first = await admin.api.invitations.list({ limit: 2 });
    const second = await admin.api.invitations.list({ limit: 2, cursor: first.nextCursor });
    expect([...first.items, ...second.items].map((item) => [item.id, item.status])).toEqual([
      [expired.id, 'expired'],
      [revoked.id, 'revoked'],
      [open.id, 'open'],
    ]);
    expect(second.nextCursor).toBeNull();
  });

  it('are revoked once, unless they were used', async () => {
    const admin = await t.user({ role: 'admin' });
    const made = await admin.api.invitations.create({});
    const revoke = (id: string) => codeOf(admin.api.invitations.revoke({ id }));
    expect(await revoke(made.id)).toBe('none');
    expect(await revoke(made.id)).toBe('none');
    expect(await revoke(v7())).toBe('not_found');
    const used = await admin.api.invitations.create({});
    const token = new URL(used.url).searchParams.get('invitation') ?? '';
    await t.api().auth.register({
      email: 'guest@example.org',
      password: 'correct horse battery',
      displayName: 'Guest',
      invitationToken: token,
    });
    expect(await revoke(used.id)).toBe('conflict');
    const { items } = await admin.api.invitations.list({ limit: 100 });
    expect(items.find((item) => item.id === used.id)?.status).toBe('accepted');
  });

  it('have an end: no admin holds more than 200 open ones, even in a race', async () => {
    const admin = await t.user({ role: 'admin' });
    const expiresAt = new Date(Date.now() + 86_400_000);
    await t
      .services()
      .db.insert(schema.invitations)
      .values(
        Array.from({ length: LIMITS.invitationsOpenPerUser - 1 }, () => ({
          tokenHash: v7(),
          createdBy: admin.id,
          expiresAt,
        })),
      );
    const codes = await Promise.all(
      Array.from({ length: 3 }, () => codeOf(admin.api.invitations.create({}))),
    );
    expect(codes.sort()).toEqual(['limit_reached', 'limit_reached', 'none']);
    const other = await t.user({ role: 'admin' });
    expect(await codeOf(other.api.invitations.create({}))).toBe('none');
  });

  it('are the admins’ alone', async () => {
    const admin = await t.user({ role: 'admin' });
    const user = await t.user();
    const { id } = await admin.api.invitations.create({});
    expect(await codeOf(user.api.invitations.list())).toBe('forbidden');
    expect(await codeOf(user.api.invitations.create({}))).toBe('forbidden');
    expect(await codeOf(user.api.invitations.revoke({ id }))).toBe('forbidden');
    expect(await codeOf(t.api().invitations.create({}))).toBe('unauthenticated');
  });
});

describe('invitations where the server sends mail', () => {
  const on = useApi({ config: { hasMail: true } });
  const mail = useMail(on);

  it('go to the address they name, in the language of who invites, with the link shown', async () => {
    const admin = await on.user({ role: 'admin', displayName: 'Anna', locale: 'en' });
    const made = await admin.api.invitations.create({ email: 'guest@example.org' });
    expect(made.isMailed).toBe(true);
    const [sent, ...more] = await mail.deliver();
    expect(more).toEqual([]);
    expect(sent).toMatchObject({
      to: ['guest@example.org'],
      subject: 'Anna invites you to AI-NoteBook',
    });
    const { url, token } = linkIn(sent, '/register');
    expect(url).toBe(made.url);
    const typed = { password: 'correct horse battery', displayName: 'Guest' };
    const register = (email: string) =>
      codeOf(on.api().auth.register({ ...typed, email, invitationToken: token }));
    expect(await register('another@example.org')).toBe('invitation_invalid');
    expect(await register('guest@example.org')).toBe('none');
    expect(await register('guest@example.org')).toBe('invitation_invalid');
  });

  it('go nowhere without an address, and not once they are revoked', async () => {
    const admin = await on.user({ role: 'admin' });
    expect((await admin.api.invitations.create({})).isMailed).toBe(false);
    const { id } = await admin.api.invitations.create({ email: 'revoked@example.org' });
    await admin.api.invitations.revoke({ id });
    const mails = await mail.deliver();
    expect(mails.map((one) => one.to)).not.toContainEqual(['revoked@example.org']);
  });
});
