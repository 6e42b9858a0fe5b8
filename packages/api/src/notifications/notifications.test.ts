import { LIMITS, type NotificationEvent } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { codeOf, PASSWORD, registered } from '../auth/test-client.js';
import { useMail } from '../mail/mail-test-support.js';
import { type TestUser, useApi } from '../test-support.js';
import { pruneNotifications } from './notifications.service.js';
import { notify } from './notify.js';

const t = useApi({ config: { hasMail: true } });
const mail = useMail(t);

const about = { articleId: v7(), title: '窗口函数' };
const unblocked: NotificationEvent = { kind: 'publication_unblocked', data: about };
const tell = (user: { id: string }, event: NotificationEvent = unblocked, times = 1) =>
  t
    .services()
    .db.transaction((tx) =>
      notify(tx, { userIds: Array.from({ length: times }, () => user.id), event }),
    );
const unread = async (user: TestUser) => (await user.api.notifications.unreadCount()).count;
/** A user whose address is proven. */
const reader = (fields: Parameters<typeof t.user>[0] = {}) =>
  t.user({ emailVerifiedAt: new Date(), ...fields });

describe('notifications', () => {
  it('are their user’s alone, the newest first, page by page', async () => {
    const [anna, ben] = [await reader(), await reader()];
    await tell(anna, { kind: 'password_changed', data: {} });
    await tell(anna, unblocked, 4);
    await tell(ben);
    const first = await anna.api.notifications.list({ limit: 3 });
    const rest = await anna.api.notifications.list({ limit: 3, cursor: first.nextCursor });
    expect([...first.items, ...rest.items].map(({ event }) => event)).toEqual([
      ...Array.from({ length: 4 }, () => unblocked),
      { kind: 'password_changed', data: {} },
    ]);
    expect(rest.nextCursor).toBeNull();
    expect((await ben.api.notifications.list()).items).toHaveLength(1);
    expect(await codeOf(anna.api.notifications.list({ cursor: 'x' }))).toBe('bad_input');
    expect(await codeOf(t.api().notifications.list())).toBe('unauthenticated');
    expect(await codeOf(t.api().notifications.unreadCount())).toBe('unauthenticated');
    expect(await codeOf(t.api().notifications.markRead({}))).toBe('unauthenticated');
  });

  it('are read one by one or all at once, never another user’s', async () => {
    const [anna, ben] = [await reader(), await reader()];
    await tell(anna, unblocked, 3);
    await tell(ben);
    const [one] = (await anna.api.notifications.list()).items;
    const ids = [one?.id ?? ''];
    await ben.api.notifications.markRead({ ids });
    expect(await unread(anna)).toBe(3);
    await anna.api.notifications.markRead({ ids });
    expect(await unread(anna)).toBe(2);
    const first = (await anna.api.notifications.list()).items.at(0)?.readAt;
    expect(first).toBeInstanceOf(Date);
    await anna.api.notifications.markRead({ ids });
    expect((await anna.api.notifications.list()).items.at(0)?.readAt).toEqual(first);
    await anna.api.notifications.markRead({});
    expect([await unread(anna), await unread(ben)]).toEqual([0, 1]);
    expect(await codeOf(anna.api.notifications.markRead({ ids: [] }))).toBe('bad_input');
  });

  it('are counted up to a hundred', async () => {
    const anna = await reader();
    await tell(anna, unblocked, LIMITS.notificationsUnread + 20);
    expect(await unread(anna)).toBe(LIMITS.notificationsUnread);
  });

  it('of a kind that only a newer release knows are left out, and not mailed', async () => {
    const anna = await reader();
    await tell(anna);
    const { db } = t.services();
    await mail.deliver();
    await tell(anna, unblocked, 2);
    await db
      .update(schema.notifications)
      .set({ kind: 'of_tomorrow' })
      .where(sql`id = (select max(id::text)::uuid from notifications where user_id = ${anna.id})`);
    expect((await anna.api.notifications.list()).items).toHaveLength(2);
    expect(await mail.deliver()).toHaveLength(1);
  });

  it('are forgotten after half a year', async () => {
    const { db } = t.services();
    await db.delete(schema.notifications);
    const anna = await reader();
    await tell(anna, unblocked, 3);
    const [old, kept] = (await anna.api.notifications.list()).items;
    const age = (id: string | undefined, days: number) =>
      db
        .update(schema.notifications)
        .set({ createdAt: sql`now() - make_interval(days => ${days})` })
        .where(eq(schema.notifications.id, id ?? ''));
    await age(old?.id, LIMITS.notificationsDays + 1);
    await age(kept?.id, LIMITS.notificationsDays - 1);
    expect(await pruneNotifications(db)).toBe(1);
    expect((await anna.api.notifications.list()).items).toHaveLength(2);
  });
});

describe('the mail of a notification', () => {
  it('is in the language of its reader and leads to what it is about', async () => {
    const anna = await reader({ locale: 'en' });
    const wei = await reader({ locale: 'zh-CN' });
    const data = { ...about, note: '<b>请注明出处</b>' };
    await tell(anna, { kind: 'publication_blocked', data });
    await tell(wei, { kind: 'publication_blocked', data });
    const mails = await mail.deliver();
    const to = (user: TestUser) => mails.find((one) => one.to[0] === user.email);
    expect(to(anna)?.subject).toBe('An administrator closed “窗口函数”');
    expect(to(wei)?.subject).toBe('管理员关闭了《窗口函数》');
    for (const user of [anna, wei]) {
      expect(to(user)?.text).toContain(`https://notes.test/notes/${about.articleId}`);
      expect(to(user)?.text).toContain('https://notes.test/settings');
      expect(to(user)?.html).toContain('&lt;b&gt;请注明出处&lt;/b&gt;');
    }
  });

  it('goes only to who wants it, has proven the address and has not read it yet', async () => {
    const wants = await reader();
    const silent = await reader();
    await silent.api.users.update({ data: { hasNotificationMail: false } });
    const unproven = await t.user();
    const suspended = await reader({ status: 'suspended' });
    const quick = await reader();
    for (const user of [wants, silent, unproven, suspended, quick]) await tell(user);
    await quick.api.notifications.markRead({});
    expect((await mail.deliver()).map((one) => one.to)).toEqual([[wants.email]]);
  });

  it('is asked about when it is sent, not when it is queued', async () => {
    const anna = await reader();
    await tell(anna);
    await anna.api.users.update({ data: { hasNotificationMail: false } });
    expect(await mail.deliver()).toEqual([]);
  });

  it('about the password goes out whatever was chosen', async () => {
    const { client, email } = await registered(t);
    await client.api.users.update({ data: { hasNotificationMail: false } });
    await mail.deliver();
    client.keep(
      await client.api.auth.changePassword({
        currentPassword: PASSWORD,
        newPassword: 'another horse battery',
      }),
    );
    expect((await mail.deliver()).map((one) => one.to)).toEqual([[email]]);
    const { items } = await client.api.notifications.list();
    expect(items.map(({ event }) => event.kind)).toEqual(['password_changed']);
  });

  it('tells administrators of a report, and an author that an article did not go live', async () => {
    const admin = await reader({ role: 'admin', locale: 'en' });
    const anna = await reader({ locale: 'en' });
    const { id } = await anna.api.articles.create({ title: 'Reported', content: 'Text.' });
    const { slug } = await anna.api.publications.publish({ articleId: id });
    await t.api().reports.create({ slug, reason: 'copyright' });
    const data = { articleId: id, title: 'Reported', code: 'slug_taken' };
    await tell(anna, { kind: 'scheduled_failed', data });
    const mails = await mail.deliver();
    const to = (user: TestUser) => mails.find((one) => one.to[0] === user.email);
    expect(to(admin)?.text).toMatch(/Copyright[\s\S]*https:\/\/notes\.test\/admin\?tab=reports/);
    expect(to(anna)?.text).toContain('This address is taken');
  });
});
