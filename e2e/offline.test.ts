import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, word } from './browser.js';
import { eventually, hasApp, onDevice } from './device-store.js';
import { TestServer } from './server.js';
import { signIn, Tab } from './writer.js';

const READER = {
  email: 'li@example.org',
  password: 'correct horse battery',
  displayName: '读书人',
};
const OTHER = { email: 'he@example.org', password: 'another horse battery', displayName: '另一人' };

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: AiNotebook;
let articleId = '';
let isCut = false;

const row = (title: string) =>
  page.getByRole('list', { name: word('list_label') }).getByText(title, { exact: true });
const inEditor = (tab: Page) =>
  tab.getByRole('textbox', { name: word('editor_label') }).getByText('二之具');
const banner = () => page.getByText(word('away_banner'));

async function clientOf({ email, password }: typeof READER): Promise<AiNotebook> {
  const guest = createClient({ baseUrl: server.baseUrl });
  return guest.withSession(await guest.auth.login({ email, password, session: 'token' }));
}

const here = () => onDevice(page);
const kept = async () => (await here()).kept;
async function cut(): Promise<void> {
  isCut = true;
  await context.setOffline(true);
  await server.stop();
}

async function mend(): Promise<void> {
  await server.start();
  isCut = false;
  await context.setOffline(false);
}

async function signOut(name: string): Promise<void> {
  await page.getByRole('button', { name }).click();
  await page.getByRole('menuitem', { name: word('auth_sign_out') }).click();
  await page.waitForURL(/\/(login)?(\?.*)?$/);
}

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  const guest = createClient({ baseUrl: server.baseUrl });
  for (const account of [READER, OTHER]) {
    await guest.auth.register({ ...account, session: 'token' });
  }
  client = await clientOf(READER);
});
beforeEach(async () => {
  const { id } = await client.articles.create({ title: '茶经', content: '一之源。\n\n二之具。' });
  articleId = id;
  context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(30_000);
  page = await context.newPage();
  await signIn(page, server.baseUrl, READER);
});
afterEach(async () => {
  if (isCut) await mend();
  await client.articles.delete({ id: articleId });
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

describe('without the server', () => {
  it('opens with lists and notes, and saves later what was written', async () => {
    await page.getByRole('heading', { name: word('home_recent') }).waitFor();
    await eventually(kept).toContain('hasOpenTasks');
    await page.goto(`${server.baseUrl}/notes`);
    await row('茶经').click();
    const tab = new Tab(page, `${server.baseUrl}/notes/${articleId}`);
    await inEditor(page).waitFor();
    await hasApp(page);
    await eventually(kept).toContain('"articles","get"');

    await cut();
    await page.reload();
    await banner().waitFor();
    await row('茶经').waitFor();
    expect(await tab.text()).toContain('一之源。');
    await page.getByRole('button', { name: READER.displayName }).waitFor();
    await tab.write('一之源', '写在路上');
    await tab.state('offline');
    await page.reload();
    await banner().waitFor();
    expect(await tab.text()).toContain('写在路上');
    await page.goto(`${server.baseUrl}/home`);
    await page.getByRole('heading', { name: word('home_recent') }).waitFor();

    await mend();
    await banner().waitFor({ state: 'detached' });
    await eventually(async () => (await client.articles.get({ id: articleId })).content).toBe(
      '一之源。 写在路上\n\n二之具。',
    );
  });

  it('shows what this device has when the network goes later', async () => {
    await page.goto(`${server.baseUrl}/notes`);
    await row('茶经').waitFor();
    await context.setOffline(true);
    await banner().waitFor();
    await row('茶经').waitFor();
    await context.setOffline(false);
    await banner().waitFor({ state: 'detached' });
  });

  it('says in the settings that the account is out of reach', async () => {
    await page.goto(`${server.baseUrl}/settings/profile`);
    await page.getByLabel(word('auth_name')).waitFor();
    await hasApp(page);
    await cut();
    await page.reload();
    await page.getByText(word('error_network')).waitFor();
  });
});

describe('who comes next', () => {
  beforeEach(async () => {
    await page.goto(`${server.baseUrl}/notes/${articleId}`);
    await inEditor(page).waitFor();
    await eventually(kept).toContain('"articles","get"');
  });

  it('finds nothing after a sign-out', async () => {
    await signOut(READER.displayName);
    await eventually(here).toEqual({ kept: '[]', drafts: 0, person: null });
    await hasApp(page);
    await cut();
    await page.goto(`${server.baseUrl}/notes`).catch(() => undefined);
    await page.waitForURL(/\/login/);
    await page.getByRole('button', { name: word('auth_sign_in'), exact: true }).waitFor();
    expect(await page.getByText('茶经').count()).toBe(0);
  });

  it('finds nothing after a sign-out in another tab', async () => {
    const second = await context.newPage();
    await second.goto(`${server.baseUrl}/notes/${articleId}`);
    await inEditor(second).waitFor();
    await signOut(READER.displayName);
    await second.waitForURL(/\/(login)?(\?.*)?$/);
    await eventually(here).toEqual({ kept: '[]', drafts: 0, person: null });
  });

  it('finds nothing once the session was revoked', async () => {
    const elsewhere = await browser.newContext({ locale: 'zh-CN' });
    const phone = await elsewhere.newPage();
    await signIn(phone, server.baseUrl, READER);
    await phone.goto(`${server.baseUrl}/settings/security`);
    await phone.getByRole('button', { name: word('settings_sign_out_everywhere') }).click();
    await phone.waitForURL(/\/(login)?(\?.*)?$/);
    await elsewhere.close();
    client = await clientOf(READER);
    await page.reload();
    await page.waitForURL(/\/login/);
    await eventually(here).toEqual({ kept: '[]', drafts: 0, person: null });
  });

  it('sees their own and nothing else when another person signs in over the first', async () => {
    // The first one's cookie is gone without a word, as when a browser is tidied up.
    await hasApp(page);
    await context.clearCookies();
    await signIn(page, server.baseUrl, OTHER);
    await page.goto(`${server.baseUrl}/notes`);
    await page.getByText(word('empty_all_title')).waitFor();
    await eventually(async () => (await here()).person).toContain(OTHER.displayName);
    await eventually(kept).not.toBe('[]');
    expect(await kept()).not.toContain('茶经');
    await cut();
    await page.reload();
    await banner().waitFor();
    await page.getByText(word('empty_all_title')).waitFor();
    expect(await page.getByText('茶经').count()).toBe(0);
  });
});
