import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clickInto, compose, launch, skipWelcome, zh } from './browser.js';
import { TestServer } from './server.js';

const PERSON = { email: 'li@example.org', password: 'correct horse battery', name: '读书人' };

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let articleUrl = '';
let publicUrl = '';
const problems: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    // The server is killed on the way, and starts again.
    if (message.type() === 'error' && !/ERR_CONNECTION_REFUSED|\b503\b/.test(message.text())) {
      problems.push(message.text());
    }
  });
});
afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const file = `${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`;
  await page.screenshot({ path: path.resolve(import.meta.dirname, '../artifacts', file) });
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

const saved = (revision?: number) =>
  page
    .locator('[data-save-status="saved"]')
    .filter(revision ? { hasText: `第 ${revision} 版` } : {})
    .waitFor();
const editor = () => page.getByRole('textbox', { name: zh.editor_label });
const title = () => page.getByRole('textbox', { name: zh.editor_title });
const storedText = async () => (await editor().innerText()).replaceAll('\n\n', '\n');

describe('a person in a browser', () => {
  it('registers', async () => {
    await page.goto(`${server.baseUrl}/register`);
    await page.getByLabel(zh.auth_name ?? '').fill(PERSON.name);
    await page.getByLabel(zh.auth_email ?? '').fill(PERSON.email);
    await page.locator('input[autocomplete="new-password"]').fill(PERSON.password);
    await page.getByRole('button', { name: zh.auth_register, exact: true }).click();
    await skipWelcome(page);
    expect(await page.evaluate(() => document.cookie)).not.toMatch(/refresh|reader/);
    const stored = await page.evaluate(() =>
      JSON.stringify({ ...localStorage, ...sessionStorage }),
    );
    expect(stored).not.toMatch(/eyJ|token/i);
  });

  it('writes Chinese through an input method, with Enter and shortcuts inside a composition', async () => {
    await page.getByRole('button', { name: zh.nav_new_note }).first().click();
    await page.waitForURL('**/notes/*');
    articleUrl = page.url();
    await title().click();
    await compose(page, 'guilinyouji', '桂林游记');
    await title().press('Enter');
    await clickInto(editor());
    await compose(page, 'lijiang', '漓江');
    await compose(page, 'yanyu', '烟雨');
    await page.keyboard.press('Enter');
    await compose(page, 'zhufaershang', '竹筏而上');
    await saved();
    expect(await title().inputValue()).toBe('桂林游记');
    expect(await storedText()).toBe('漓江烟雨\n竹筏而上');
  });

  it('finds it all there after a reload', async () => {
    await page.reload();
    await editor().waitFor();
    await saved();
    expect(await title().inputValue()).toBe('桂林游记');
    expect(await storedText()).toBe('漓江烟雨\n竹筏而上');
  });

  it('finds the note by a word of two characters, by keyboard alone', async () => {
    await page.goto(`${server.baseUrl}/notes`);
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(zh.search_placeholder ?? '').waitFor();
    await compose(page, 'yanyu', '烟雨');
    await page.getByRole('option', { name: /桂林游记/ }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(articleUrl);
  });

  it('publishes it', async () => {
    await page.getByRole('button', { name: zh.publish_now, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: zh.publish_now, exact: true }).click();
    const link = dialog.getByRole('link', { name: zh.publish_open });
    publicUrl = (await link.getAttribute('href')) ?? '';
    expect(new URL(publicUrl).pathname).toMatch(/^\/p\/.+/);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  it('reads it signed out, without a script of the app', async () => {
    const visitor = await browser.newContext({ locale: 'zh-CN', javaScriptEnabled: false });
    const reading = await visitor.newPage();
    const response = await reading.goto(`${server.baseUrl}${new URL(publicUrl).pathname}`);
    expect(response?.status()).toBe(200);
    expect(await reading.getByRole('heading', { level: 1 }).innerText()).toBe('桂林游记');
    expect(await reading.getByRole('main').innerText()).toContain('漓江烟雨');
    const hidden = await reading.goto(articleUrl);
    expect(await hidden?.text()).not.toContain('漓江烟雨');
    await visitor.close();
  });
});

describe('when the server is killed while somebody writes', () => {
  it('the text is kept on the device, said so, and saved when the server is back', async () => {
    await page.goto(articleUrl);
    await editor().waitFor();
    await saved();
    await server.stop('SIGKILL');
    await clickInto(editor());
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Enter');
    await compose(page, 'duanwangxie', '断网也写');
    await page.locator('[data-save-status="offline"]').waitFor();
    // A reload without a server is not to be had; a second tab of the browser has the draft too.
    await server.start();
    await saved();
    await page.reload();
    await editor().waitFor();
    expect(await storedText()).toBe('漓江烟雨\n竹筏而上\n断网也写');
  });

  it('a draft left behind by a closed tab is saved by the next one', async () => {
    await server.stop('SIGKILL');
    await clickInto(editor());
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' later');
    await page.locator('[data-save-status="offline"]').waitFor();
    await page.close();
    await server.start();
    page = await context.newPage();
    await page.goto(articleUrl);
    await editor().waitFor();
    await saved();
    expect(await storedText()).toContain('断网也写 later');
  });
});

describe('the same note in two browsers', () => {
  it('ends in a choice between both texts; the other one is in the history', async () => {
    const other = await browser.newContext({ locale: 'zh-CN' });
    const second = await other.newPage();
    await second.goto(`${server.baseUrl}/login`);
    await second.getByLabel(zh.auth_email ?? '').fill(PERSON.email);
    await second.locator('input[autocomplete="current-password"]').fill(PERSON.password);
    await second.getByRole('button', { name: zh.auth_sign_in, exact: true }).click();
    await second.waitForURL('**/home');
    await second.goto(articleUrl);
    const secondEditor = second.getByRole('textbox', { name: zh.editor_label });
    await secondEditor.waitFor();
    await second.locator('[data-save-status="saved"]').waitFor();

    // Both write on the same revision: the first browser is cut off until the second has saved.
    await context.setOffline(true);
    await clickInto(editor());
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' from the first');
    await page.locator('[data-save-status="offline"]').waitFor();
    await secondEditor.click();
    await second.keyboard.press('Control+End');
    await second.keyboard.type(' from the second');
    await second.locator('[data-save-status="saved"]').waitFor();
    await expect.poll(() => second.locator('[data-save-status="saved"]').count()).toBe(1);
    await context.setOffline(false);

    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain('from the first');
    expect(await dialog.innerText()).toContain('from the second');
    await dialog.getByRole('button', { name: zh.conflict_take_mine, exact: true }).click();
    await saved();
    expect(await storedText()).toContain('from the first');
    await other.close();
  });
});

describe('all the while', () => {
  it('no script failed and the content policy was kept', () => expect(problems).toEqual([]));
});
