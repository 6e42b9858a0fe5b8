import { type SmtpStandIn, startSmtp, type TakenMail } from '@ainotebook/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launch, skipWelcome, zh } from './browser.js';
import { axeViolations } from './inspect.mjs';
import { TestServer } from './server.js';

const SETUP_TOKEN = 'a-setup-token-that-nobody-would-guess';
const ADMIN = { email: 'admin@example.org', password: 'correct horse battery', name: '管理员' };
const LI = { email: 'li@example.org', password: 'staple of a horse', name: '读书人' };
const LIS_NEW_PASSWORD = 'another horse battery';
const LIS_NEW_EMAIL = 'li.reads@example.org';

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** A page of somebody who has never been here. */
async function visitor(): Promise<Page> {
  const context = await browser.newContext({ locale: 'zh-CN' });
  return context.newPage();
}

/** The sentence of a message, up to what is filled in. */
const words = (key: string) => zh[key]?.split('{')[0] ?? '';

const button = (page: Page, key: string) =>
  page.getByRole('button', { name: zh[key] ?? '', exact: true });

async function register(page: Page, url: string, person: typeof LI): Promise<void> {
  await page.goto(url);
  await page.getByLabel(zh.auth_name ?? '').fill(person.name);
  await page.getByLabel(zh.auth_email ?? '').fill(person.email);
  await page.locator('input[autocomplete="new-password"]').fill(person.password);
  await button(page, 'auth_register').click();
}

async function registerAdmin(page: Page, server: TestServer): Promise<void> {
  await register(page, `${server.baseUrl}/register?setup=${SETUP_TOKEN}`, ADMIN);
  await skipWelcome(page);
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel(zh.auth_email ?? '').fill(email);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await button(page, 'auth_sign_in').click();
  await page.waitForURL('**/home');
}

async function setPassword(page: Page, link: string, password: string): Promise<void> {
  await page.goto(link);
  await page.locator('input[autocomplete="new-password"]').fill(password);
  await button(page, 'auth_reset_submit').click();
}

const status = (page: Page, key: string) =>
  page.getByRole('status').filter({ hasText: words(key) });
const alert = (page: Page, key: string) => page.getByRole('alert').filter({ hasText: words(key) });

describe('where mail is sent', () => {
  let smtp: SmtpStandIn;
  let server: TestServer;
  let admin: Page;
  let li: Page;
  const letters: TakenMail[] = [];

  beforeAll(async () => {
    smtp = await startSmtp();
    server = await TestServer.create({
      SMTP_URL: smtp.url,
      MAIL_FROM: 'Notes <notes@example.org>',
      REGISTRATION: 'invite',
      SETUP_TOKEN,
      LOG_LEVEL: 'debug',
    });
    [admin, li] = await Promise.all([visitor(), visitor()]);
  });
  afterAll(async () => {
    await server?.remove();
    await smtp?.stop();
  });

  /** Waits for a letter to an address with a word in its subject. */
  async function letterTo(address: string, subject: string): Promise<TakenMail> {
    const isMeant = (mail: TakenMail) =>
      mail.to.includes(address) && mail.subject.includes(subject);
    await expect.poll(() => smtp.mails.some(isMeant), { timeout: 30_000 }).toBe(true);
    const [letter] = smtp.mails.splice(smtp.mails.findIndex(isMeant), 1);
    if (!letter) throw new Error('it was there a moment ago');
    letters.push(letter);
    return letter;
  }
  const linkOf = ({ text }: TakenMail) => /https?:\/\/\S+/.exec(text)?.[0] ?? '';

  it('an administrator confirms the address with the link of a letter', async () => {
    await registerAdmin(admin, server);
    await admin.getByText(words('verify_banner')).waitFor();
    await admin.goto(linkOf(await letterTo(ADMIN.email, '确认')));
    await button(admin, 'verify_submit').click();
    await status(admin, 'verify_done').waitFor();
    await admin.goto(`${server.baseUrl}/notes`);
    await admin.getByRole('heading', { level: 1 }).first().waitFor();
    expect(await admin.getByText(words('verify_banner')).count()).toBe(0);
  });

  it('an invitation goes out by mail and lets one person register', async () => {
    await admin.goto(`${server.baseUrl}/admin?tab=invitations`);
    await admin.getByLabel(zh.admin_invite_email ?? '').fill(LI.email);
    await button(admin, 'admin_invite').click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByText(words('admin_invite_mailed')).waitFor();
    expect(await dialog.innerText()).toContain(LI.email);

    const link = linkOf(await letterTo(LI.email, '邀请'));
    await register(li, link, LI);
    await skipWelcome(li);
    const late = await visitor();
    await register(late, link, { ...LI, email: 'late@example.org' });
    await alert(late, 'error_invitation_invalid').waitFor();
    await late.context().close();
  });

  it('a forgotten password is set anew with the link of a letter, which ends the sessions', async () => {
    const page = await visitor();
    await page.goto(`${server.baseUrl}/login`);
    await page.getByLabel(zh.auth_email ?? '').fill(LI.email);
    await page.getByRole('link', { name: zh.auth_forgot ?? '' }).click();
    // The address goes along.
    await button(page, 'auth_forgot_submit').click();
    await status(page, 'auth_forgot_sent').waitFor();

    const link = linkOf(await letterTo(LI.email, '密码'));
    await setPassword(page, link, LIS_NEW_PASSWORD);
    await status(page, 'auth_reset_done').waitFor();
    await li.reload();
    await li.waitForURL('**/login*');
    await signIn(li, LI.email, LIS_NEW_PASSWORD);

    await setPassword(page, link, 'a third horse battery');
    await alert(page, 'error_token_invalid').waitFor();
    await page.getByRole('link', { name: zh.auth_forgot_again ?? '' }).click();
    await page.waitForURL('**/forgot');
    await page.context().close();
  });

  it('an unknown address is answered the same, and nobody is written to', async () => {
    const page = await visitor();
    await page.goto(`${server.baseUrl}/forgot`);
    await page.getByLabel(zh.auth_email ?? '').fill('nobody@example.org');
    await button(page, 'auth_forgot_submit').click();
    await status(page, 'auth_forgot_sent').waitFor();
    await page.context().close();
  });

  it('an address changes with a link to the new one, and the former one is told', async () => {
    await li.goto(`${server.baseUrl}/settings/profile`);
    await button(li, 'settings_email_change').click();
    await li.getByLabel(zh.settings_email_new ?? '').fill(LIS_NEW_EMAIL);
    const form = li.locator('form').filter({ hasText: zh.settings_email_new ?? '' });
    await form.locator('input[autocomplete="current-password"]').fill(LIS_NEW_PASSWORD);
    await form.getByRole('button', { name: zh.verify_send, exact: true }).click();
    await status(li, 'settings_email_change_sent').waitFor();

    await li.goto(linkOf(await letterTo(LIS_NEW_EMAIL, '邮箱')));
    await button(li, 'verify_submit').click();
    await status(li, 'verify_change_done').waitFor();
    await letterTo(LI.email, '邮箱');
    await li.goto(`${server.baseUrl}/settings/profile`);
    await li.getByText(LIS_NEW_EMAIL).first().waitFor();
  });

  it('notifications are counted at the bell until they are read', async () => {
    await li.goto(`${server.baseUrl}/notes`);
    const bell = (count: number) =>
      li.getByRole('link', {
        name: count > 0 ? zh.notifications_unread?.replace('{count}', String(count)) : '通知',
        exact: true,
      });
    await bell(2).click();
    await li.waitForURL('**/notifications');
    await li.getByRole('link', { name: zh.notice_password_changed }).waitFor();
    await li.getByRole('link', { name: zh.notice_email_changed }).waitFor();
    await button(li, 'notifications_mark_read').first().click();
    await bell(1).waitFor();
    await button(li, 'notifications_all_read').click();
    await bell(0).waitFor();
    await li.reload();
    await li.getByRole('link', { name: zh.notice_email_changed }).waitFor();
    expect(await button(li, 'notifications_mark_read').count()).toBe(0);
  });

  it('whether notifications go by mail is a choice that lasts', async () => {
    await li.goto(`${server.baseUrl}/settings/profile`);
    const choice = li.getByRole('checkbox', { name: words('settings_notification_mail') });
    expect(await choice.isChecked()).toBe(true);
    await Promise.all([
      li.waitForResponse((response) => response.url().includes('users.update')),
      choice.uncheck(),
    ]);
    await li.reload();
    await choice.waitFor();
    expect(await choice.isChecked()).toBe(false);
  });

  it('axe has no objection to these screens, light and dark', async () => {
    const found: string[] = [];
    const look = async (page: Page, target: string) => {
      await page.goto(`${server.baseUrl}${target}`);
      await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
      await page.waitForLoadState('networkidle');
      found.push(...(await axeViolations(page)).map((line) => `${target} ${line}`));
    };
    const nobody = await visitor();
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const page of [li, nobody]) await page.emulateMedia({ colorScheme });
      for (const target of ['/notifications', '/settings']) await look(li, target);
      for (const target of ['/forgot', '/reset', '/verify?token=x']) await look(nobody, target);
    }
    await nobody.context().close();
    expect(found).toEqual([]);
  });

  it('neither a link nor an address is in the log', async () => {
    // It does speak of the requests.
    expect(server.output).toContain('auth.resetPassword');
    const tokens = letters.flatMap(({ text }) => text.match(/(?<=[?&]\w+=)[\w-]{20,}/g) ?? []);
    expect(tokens.length).toBeGreaterThanOrEqual(4);
    for (const secret of [
      SETUP_TOKEN,
      ...tokens,
      ADMIN.email,
      LI.email,
      LIS_NEW_EMAIL,
      'nobody@example.org',
    ]) {
      expect(server.output).not.toContain(secret);
    }
    expect(smtp.mails.filter(({ to }) => to.includes('nobody@example.org'))).toEqual([]);
  });
});

describe('where no mail is sent', () => {
  let server: TestServer;
  let admin: Page;

  beforeAll(async () => {
    server = await TestServer.create({ REGISTRATION: 'invite', SETUP_TOKEN });
    admin = await visitor();
    await registerAdmin(admin, server);
  });
  afterAll(() => server?.remove());

  const copiedLink = () => admin.getByRole('dialog').getByRole('textbox').inputValue();

  it('an administrator copies the link of an invitation and hands it over', async () => {
    await admin.goto(`${server.baseUrl}/admin?tab=invitations`);
    await admin.getByLabel(zh.admin_invite_email ?? '').fill(LI.email);
    await button(admin, 'admin_invite').click();
    const link = await copiedLink();
    expect(await admin.getByText(words('admin_invite_mailed')).count()).toBe(0);
    const li = await visitor();
    await register(li, link, LI);
    await skipWelcome(li);
    expect(await li.getByText(words('verify_banner')).count()).toBe(0);
    await li.context().close();
  });

  it('who forgot the password is sent to an administrator, whose link sets a new one once', async () => {
    const li = await visitor();
    await li.goto(`${server.baseUrl}/forgot`);
    await li.getByText(words('auth_forgot_off')).waitFor();
    expect(await button(li, 'auth_forgot_submit').count()).toBe(0);

    await admin.goto(`${server.baseUrl}/admin`);
    await admin
      .getByRole('button', { name: zh.admin_actions?.replace('{name}', LI.name) ?? '' })
      .click();
    await admin.getByRole('menuitem', { name: zh.admin_reset_link ?? '' }).click();
    const link = await copiedLink();
    await setPassword(li, link, LIS_NEW_PASSWORD);
    await status(li, 'auth_reset_done').waitFor();
    await setPassword(li, link, 'a third horse battery');
    await alert(li, 'error_token_invalid').waitFor();
    await li.goto(`${server.baseUrl}/login`);
    await signIn(li, LI.email, LIS_NEW_PASSWORD);
    await li.context().close();
  });
});
