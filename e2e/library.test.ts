import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, zh } from './browser.js';
import { TestServer } from './server.js';

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
let notes: AiNotebook;
let others: AiNotebook;

const word = (key: string): string => {
  const found = zh[key];
  if (typeof found !== 'string') throw new Error(`no word ${key}`);
  return found;
};
/** A word with its gaps filled. */
const said = (key: string, gaps: Record<string, string | number>): string =>
  Object.entries(gaps).reduce(
    (text, [gap, value]) => text.replace(`{${gap}}`, `${value}`),
    word(key),
  );
const button = (key: string) => page.getByRole('button', { name: word(key), exact: true });

async function register(account: typeof READER): Promise<AiNotebook> {
  const guest = createClient({ baseUrl: server.baseUrl });
  return guest.withSession(await guest.auth.register({ ...account, session: 'token' }));
}

async function signIn({ email, password }: typeof READER): Promise<void> {
  await page.goto(`${server.baseUrl}/login`);
  await page.getByLabel(word('auth_email')).fill(email);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await button('auth_sign_in').click();
  await page.waitForURL('**/home');
}

const titles = async (client: AiNotebook): Promise<string[]> => {
  const found = [];
  for await (const { title } of client.articles.list()) found.push(title);
  return found;
};
const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 15_000 });

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  notes = await register(READER);
  others = await register(OTHER);
  await others.articles.create({ title: '别人的笔记', content: '不给人看', tags: ['秘密'] });
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  await signIn(READER);
});
afterEach(async () => {
  await context.close();
  const ids = [];
  for await (const { id } of notes.articles.list()) ids.push(id);
  if (ids.length > 0) await notes.articles.updateMany({ action: 'trash', ids });
  await notes.articles.emptyTrash();
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

describe('the first screen', () => {
  const field = () => page.getByLabel(word('home_capture_label'));

  it('teaches who has no notes, and shows nothing of anybody else', async () => {
    await page.getByRole('heading', { name: word('home_empty_title') }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('别人的');
  });

  it('makes a note of a line with Enter, and the next one in the same place', async () => {
    await field().fill('买茶');
    await field().press('Enter');
    await page.getByText(said('home_capture_saved', { title: '买茶' })).waitFor();
    await page.keyboard.type('修灯');
    await page.keyboard.press('Enter');
    await eventually(() => titles(notes)).toEqual(['修灯', '买茶']);
    expect(new URL(page.url()).pathname).toBe('/home');
    await page.locator('main').getByRole('link', { name: '修灯' }).waitFor();
    expect(await titles(others)).toEqual(['别人的笔记']);
  });

  it('opens what was jotted with Ctrl+Enter', async () => {
    await field().fill('会议\n要点：茶会');
    await field().press('Control+Enter');
    await page.waitForURL('**/notes/*');
    await page.getByText('要点：茶会').first().waitFor();
    await eventually(() => titles(notes)).toEqual(['会议']);
  });

  it('keeps a jotted line without a network and sends it afterwards', async () => {
    await context.setOffline(true);
    await field().fill('路上想到的');
    await field().press('Enter');
    await page.getByText(said('home_capture_saved', { title: '路上想到的' })).waitFor();
    expect(await titles(notes)).toEqual([]);
    await context.setOffline(false);
    await eventually(() => titles(notes)).toEqual(['路上想到的']);
  });

  it('leads back to the note that was open, to pinned ones and to open tasks', async () => {
    const read = await notes.articles.create({ title: '读到一半', content: '第一章' });
    const kept = await notes.articles.create({ title: '常用', content: '地址' });
    await notes.articles.update({ id: kept.id, data: { isPinned: true } });
    await notes.articles.create({ title: '清单', content: '- [ ] 一\n- [x] 二\n- [ ] 三' });
    await page.goto(`${server.baseUrl}/notes/${read.id}`);
    await page.locator('[data-save-status="saved"]').waitFor();
    await page.getByRole('link', { name: word('nav_home') }).click();
    const part = (key: string) => page.getByRole('region', { name: word(key), exact: true });
    await part('home_continue').getByRole('link', { name: '读到一半' }).waitFor();
    await part('home_pinned').getByRole('link', { name: '常用' }).waitFor();
    const task = part('home_tasks').getByRole('link', { name: '清单' });
    expect(await task.innerText()).toContain(said('home_tasks_open', { count: 2 }));
    await task.click();
    await page.waitForURL('**/notes/*');
  });

  it('forgets which note was open when somebody else signs in', async () => {
    const { id } = await notes.articles.create({ title: '私事' });
    await page.goto(`${server.baseUrl}/notes/${id}`);
    await page.locator('[data-save-status="saved"]').waitFor();
    await page.locator('aside button[aria-haspopup=menu]').first().click();
    await page.getByRole('menuitem', { name: word('auth_sign_out') }).click();
    await page.waitForURL('**/login*');
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(id);
    await signIn(OTHER);
    await page.locator('main').getByRole('link', { name: '别人的笔记' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('私事');
  });
});
