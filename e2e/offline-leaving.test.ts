import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, word } from './browser.js';
import { eventually, hasApp, onDevice } from './device-store.js';
import { TestServer } from './server.js';
import { signIn, Tab } from './writer.js';

const ANN = { email: 'an@example.org', password: 'correct horse battery', displayName: '安' };
const BO = { email: 'bo@example.org', password: 'another horse battery', displayName: '博' };

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let client: AiNotebook;
let articleId = '';
let isCut = false;

const inEditor = () =>
  page.getByRole('textbox', { name: word('editor_label') }).getByText('二之具');
const heading = (key: string) => page.getByRole('heading', { level: 1, name: word(key) });

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

/** What a session is renewed with; whoever has it is signed in until the server says otherwise. */
const cookies = async () =>
  (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');

/** The answer to somebody who kept a cookie. */
async function renewWith(cookie: string): Promise<number> {
  const { status } = await fetch(`${server.baseUrl}/api/trpc/auth.refresh`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json', 'x-ainotebook-client': 'web' },
    body: JSON.stringify({ json: {} }),
  });
  return status;
}

async function chooseSignOut(): Promise<void> {
  await page.getByRole('button', { name: ANN.displayName }).click();
  await page.getByRole('menuitem', { name: word('auth_sign_out') }).click();
}

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  const guest = createClient({ baseUrl: server.baseUrl });
  for (const account of [ANN, BO]) await guest.auth.register({ ...account, session: 'token' });
});
beforeEach(async () => {
  const guest = createClient({ baseUrl: server.baseUrl });
  client = guest.withSession(
    await guest.auth.login({ email: ANN.email, password: ANN.password, session: 'token' }),
  );
  const { id } = await client.articles.create({ title: '茶经', content: '一之源。\n\n二之具。' });
  articleId = id;
  context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(30_000);
  page = await context.newPage();
  await signIn(page, server.baseUrl, ANN);
  await page.goto(`${server.baseUrl}/notes/${articleId}`);
  await inEditor().waitFor();
  await hasApp(page);
  await eventually(async () => (await onDevice(page)).kept).toContain('"articles","get"');
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

describe('signing out without the server', () => {
  it('clears the device at once and ends the session when the server is back', async () => {
    const kept = await cookies();
    await cut();
    await chooseSignOut();
    await page.getByText(word('auth_untold')).waitFor();
    await eventually(() => onDevice(page)).toEqual({ kept: '[]', drafts: 0, person: null });
    await page.goto(`${server.baseUrl}/notes`);
    await page.waitForURL(/\/login/);
    await page.getByText(word('auth_untold')).waitFor();
    expect(await page.getByText('茶经').count()).toBe(0);

    await mend();
    await page.getByText(word('auth_told')).waitFor();
    expect(await renewWith(kept)).toBe(401);
    await page.reload();
    await page.waitForURL(/\/login/);
  });

  it('leaves no session to whoever opens the app later, and takes in the next person', async () => {
    await cut();
    await chooseSignOut();
    await page.getByText(word('auth_untold')).waitFor();
    await page.close();
    await mend();
    page = await context.newPage();
    await signIn(page, server.baseUrl, BO);
    await page.reload();
    await page.getByRole('button', { name: BO.displayName }).waitFor();
    await page.goto(`${server.baseUrl}/notes`);
    await page.getByText(word('empty_all_title')).waitFor();
  });

  it('keeps what is not saved yet for its owner, after saying so', async () => {
    const tab = new Tab(page, `${server.baseUrl}/notes/${articleId}`);
    await cut();
    await tab.write('一之源', '写在路上');
    await tab.state('offline');
    await chooseSignOut();
    await page.getByRole('dialog').getByText(word('sign_out_unsaved_text')).waitFor();
    await page.getByRole('button', { name: word('sign_out_anyway') }).click();
    await page.getByText(word('auth_untold')).waitFor();
    await eventually(() => onDevice(page)).toEqual({ kept: '[]', drafts: 1, person: null });
    await mend();
    await page.getByText(word('auth_told')).waitFor();
    await signIn(page, server.baseUrl, ANN);
    await eventually(async () => (await client.articles.get({ id: articleId })).content).toContain(
      '写在路上',
    );
  });
});

describe('what was never opened on this device', () => {
  it('is said within the frame, with what is here and the way back', async () => {
    await cut();
    await page.getByRole('link', { name: word('nav_published') }).click();
    await heading('not_here_page_title').waitFor();
    await page.getByRole('link', { name: word('nav_archived') }).waitFor();
    const here = page.getByRole('region', { name: word('not_here_list') });
    await here.getByRole('link', { name: /茶经/ }).click();
    await inEditor().waitFor();
    await page.goBack();
    await heading('not_here_page_title').waitFor();
    await page.getByRole('button', { name: word('common_back'), exact: true }).click();
    await inEditor().waitFor();
  });

  it('is opened once the server is back', async () => {
    const { id } = await client.articles.create({ title: '水经', content: '河水。' });
    await cut();
    await page.goto(`${server.baseUrl}/notes/${id}`);
    await heading('not_here_note_title').waitFor();
    await mend();
    await page
      .getByRole('textbox', { name: word('editor_label') })
      .getByText('河水')
      .waitFor();
    await client.articles.delete({ id });
  });
});
