import { schema } from '@ainotebook/db';
import { eq } from 'drizzle-orm';
import { v7 } from 'uuid';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf, PASSWORD, registered, testClient } from '../auth/test-client.js';
import { countQueries } from '../count-queries.js';
import { useApi } from '../test-support.js';

const t = useApi();
type Actor = Awaited<ReturnType<typeof t.user>>;
let admin: Actor;

// Tests about the last admin need to know every admin there is.
beforeEach(async () => {
  await t.services().db.update(schema.users).set({ role: 'user' });
  admin = await t.user({ role: 'admin' });
});

const roleOf = async (id: string) => {
  const [row] = await t
    .services()
    .db.select({ role: schema.users.role, status: schema.users.status })
    .from(schema.users)
    .where(eq(schema.users.id, id));
  return row;
};

describe('the list of users', () => {
  it('shows everybody once, newest first, with the number of live articles', async () => {
    const writer = await t.user();
    await t
      .services()
      .db.insert(schema.articles)
      .values([
        { userId: writer.id, contentHash: 'a' },
        { userId: writer.id, contentHash: 'b' },
        { userId: writer.id, contentHash: 'c', deletedAt: new Date() },
      ]);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page: { items: { id: string; createdAt: Date }[]; nextCursor: string | null } =
        await admin.api.admin.users.list({ limit: 2, cursor });
      seen.push(...page.items.map((user) => user.id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const all = await t.services().db.select({ id: schema.users.id }).from(schema.users);
    expect(seen).toHaveLength(all.length);
    expect(new Set(seen).size).toBe(all.length);
    const { items } = await admin.api.admin.users.list();
    expect(items.find((user) => user.id === writer.id)?.articleCount).toBe(2);
    expect(items.find((user) => user.id === admin.id)?.articleCount).toBe(0);
    expect(JSON.stringify(items)).not.toContain('argon2');
    expect(items[0]).not.toHaveProperty('passwordHash');
  });

  it('finds by address, handle and name, taking wild cards as letters', async () => {
    const odd = await t.user({ displayName: '100%_Élan 张伟', handle: 'needle-handle' });
    await t.user({ displayName: '100 percent' });
    const find = async (q: string) =>
      (await admin.api.admin.users.list({ q })).items.map((user) => user.id);
    for (const q of ['100%', '%_É', 'Élan', '张伟', 'EEDLE-h', odd.email.slice(0, 9)]) {
      expect(await find(q), q).toEqual([odd.id]);
    }
    expect(await find('100')).toHaveLength(2);
    expect(await find('\\')).toEqual([]);
    expect((await find('')).length).toBeGreaterThan(2);
    await admin.api.admin.users.setStatus({ id: odd.id, status: 'suspended' });
    const suspended = await admin.api.admin.users.list({ q: '100', status: 'suspended' });
    expect(suspended.items.map((user) => user.id)).toEqual([odd.id]);
  });

  it('is closed to users and visitors', async () => {
    const user = await t.user();
    expect(await codeOf(user.api.admin.users.list())).toBe('forbidden');
    expect(await codeOf(t.api().admin.users.list())).toBe('unauthenticated');
    expect(await codeOf(admin.api.admin.users.list({ cursor: 'made-up' }))).toBe('bad_input');
  });
});

describe('the lists', () => {
  it('send as many queries for a hundred rows as for one', async () => {
    const { db } = t.services();
    const lists = {
      users: (limit: number) => admin.api.admin.users.list({ limit }),
      audit: (limit: number) => admin.api.admin.site.listAudit({ limit }),
      invitations: (limit: number) => admin.api.invitations.list({ limit }),
    };
    await admin.api.admin.site.updateSettings({ data: { siteName: 'One' } });
    await admin.api.invitations.create({});
    const few: Record<string, number> = {};
    for (const [name, list] of Object.entries(lists)) {
      few[name] = await countQueries(db, async () => expect((await list(1)).items).toHaveLength(1));
    }
    for (let n = 0; n < 100; n++) await t.user();
    const later = new Date(Date.now() + 86_400_000);
    const rows = Array.from({ length: 100 }, () => ({ tokenHash: v7(), expiresAt: later }));
    await db.insert(schema.invitations).values(rows);
    const events = rows.map(() => ({ action: 'site.settings_updated' }));
    await db.insert(schema.auditEvents).values(events);
    for (const [name, list] of Object.entries(lists)) {
      const many = await countQueries(db, async () =>
        expect((await list(100)).items).toHaveLength(100),
      );
      expect(many, name).toBe(few[name]);
    }
  });
});

describe('suspending', () => {
  it('ends the user’s sessions at once, restores on demand, is told once in the audit list', async () => {
    const { client, id, email } = await registered(t);
    const bystander = await registered(t);
    const suspend = () => admin.api.admin.users.setStatus({ id, status: 'suspended' });
    expect((await suspend()).status).toBe('suspended');
    expect((await suspend()).status).toBe('suspended');
    expect(await codeOf(client.api.users.me())).toBe('account_suspended');
    expect(await codeOf(bystander.client.api.users.me())).toBe('none');
    await admin.api.admin.users.setStatus({ id, status: 'active' });
    expect(await codeOf(testClient(t).api.auth.login({ email, password: PASSWORD }))).toBe('none');
    const events = await t
      .services()
      .db.select({ action: schema.auditEvents.action, detail: schema.auditEvents.detail })
      .from(schema.auditEvents)
      .where(eq(schema.auditEvents.subjectId, id));
    const changes = events.filter((event) => event.action === 'user.status_changed');
    expect(changes.map((event) => event.detail)).toEqual([
      { status: 'suspended' },
      { status: 'active' },
    ]);
  });
});

describe('the set of admins', () => {
  it('never becomes empty: the last one is neither demoted, suspended nor deleted', async () => {
    const { id } = admin;
    const users = admin.api.admin.users;
    expect(await codeOf(users.setRole({ id, role: 'user' }))).toBe('last_admin');
    expect(await codeOf(users.setStatus({ id, status: 'suspended' }))).toBe('last_admin');
    expect(await codeOf(users.delete({ id }))).toBe('last_admin');
    expect(await roleOf(id)).toEqual({ role: 'admin', status: 'active' });
    // Staying what one is, is no change.
    expect(await codeOf(users.setRole({ id, role: 'admin' }))).toBe('none');
  });

  it('stays at one or more when all admins go at once', async () => {
    const { db } = t.services();
    const ways = {
      demote: (actor: Actor, id: string) => actor.api.admin.users.setRole({ id, role: 'user' }),
      suspend: (actor: Actor, id: string) =>
        actor.api.admin.users.setStatus({ id, status: 'suspended' }),
      delete: (actor: Actor, id: string) => actor.api.admin.users.delete({ id }),
    };
    for (const [way, act] of Object.entries(ways)) {
      await db.update(schema.users).set({ role: 'user' });
      const admins = await Promise.all(Array.from({ length: 4 }, () => t.user({ role: 'admin' })));
      // Each takes away the next one; in a ring none would be left.
      const codes = await Promise.all(
        admins.map((actor, n) => codeOf(act(actor, admins[(n + 1) % admins.length]?.id ?? ''))),
      );
      const left = await Promise.all(admins.map((actor) => roleOf(actor.id)));
      const active = left.filter((row) => row?.role === 'admin' && row.status === 'active');
      expect(active.length, `${way}: ${codes.join()}`).toBeGreaterThanOrEqual(1);
      expect(codes).toContain('none');
      for (const code of codes) expect(['none', 'last_admin', 'forbidden']).toContain(code);
    }
  });

  it('is changed by admins only, and a promoted user may do so at once', async () => {
    const { client, id } = await registered(t);
    const me = { id, role: 'admin' as const };
    expect(await codeOf(client.api.admin.users.setRole(me))).toBe('forbidden');
    await admin.api.admin.users.setRole(me);
    expect(await codeOf(client.api.admin.users.list())).toBe('none');
    await admin.api.admin.users.setRole({ id, role: 'user' });
    expect(await codeOf(client.api.admin.users.list())).toBe('forbidden');
  });
});

describe('deleting a user', () => {
  it('takes everything of that user and nothing of another', async () => {
    const { client, id } = await registered(t);
    const other = await registered(t);
    await t.services().db.insert(schema.articles).values({ userId: id, contentHash: 'a' });
    await admin.api.admin.users.delete({ id });
    expect(await roleOf(id)).toBeUndefined();
    expect(await codeOf(client.api.users.me())).toBe('session_revoked');
    expect(await codeOf(other.client.api.users.me())).toBe('none');
    expect(await codeOf(admin.api.admin.users.delete({ id }))).toBe('not_found');
    const events = await t
      .services()
      .db.select({ actorId: schema.auditEvents.actorId, action: schema.auditEvents.action })
      .from(schema.auditEvents)
      .where(eq(schema.auditEvents.subjectId, id));
    expect(events).toContainEqual({ actorId: admin.id, action: 'user.deleted' });
  });

  it('lets an admin who has a colleague delete himself', async () => {
    await t.user({ role: 'admin' });
    await admin.api.admin.users.delete({ id: admin.id });
    expect(await roleOf(admin.id)).toBeUndefined();
  });
});

describe('the settings of the site', () => {
  it('start from the configuration, change one by one and are audited', async () => {
    const { site } = admin.api.admin;
    await t.services().db.delete(schema.siteSettings);
    expect(await site.getSettings()).toEqual({
      siteName: 'AI-NoteBook',
      icpNumber: '',
      terms: '',
      privacy: '',
    });
    await site.updateSettings({ data: { icpNumber: '京ICP备00000000号' } });
    await site.updateSettings({ data: { siteName: '笔记', terms: '请友善。' } });
    const settings = {
      siteName: '笔记',
      icpNumber: '京ICP备00000000号',
      terms: '请友善。',
      privacy: '',
    };
    expect(await site.updateSettings({ data: {} })).toEqual(settings);
    expect(await site.getSettings()).toEqual(settings);
    const { items } = await site.listAudit({ limit: 2 });
    expect(items.map((event) => [event.actorId, event.action])).toEqual([
      [admin.id, 'site.settings_updated'],
      [admin.id, 'site.settings_updated'],
    ]);
  });

  it('and the audit list are closed to users and visitors', async () => {
    const user = await t.user();
    expect(await codeOf(user.api.admin.site.getSettings())).toBe('forbidden');
    expect(await codeOf(user.api.admin.site.updateSettings({ data: {} }))).toBe('forbidden');
    expect(await codeOf(user.api.admin.site.listAudit())).toBe('forbidden');
    expect(await codeOf(t.api().admin.site.listAudit())).toBe('unauthenticated');
  });
});
