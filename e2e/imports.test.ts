import path from 'node:path';
import { type AiNotebook, createClient } from '@ainotebook/sdk';
import { makeZip } from '@ainotebook/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch, zh } from './browser.js';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';

const WRITER = { email: 'mover@example.org', password: 'correct horse battery' };
const WAIT = { timeout: 30_000 };
/** A whole PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let server: TestServer;
let browser: Browser;
let client: AiNotebook;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  const guest = createClient({ baseUrl: server.baseUrl });
  await guest.auth.register({ ...WRITER, displayName: '搬家的人', session: 'token' });
  client = guest.withSession(await guest.auth.login({ ...WRITER, session: 'token' }));
  const context = await browser.newContext({
    locale: 'zh-CN',
    baseURL: server.baseUrl,
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  await signIn(page, WRITER);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    const file = `${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`;
    await page.screenshot({ path: path.resolve(import.meta.dirname, '../artifacts', file) });
  }
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

const status = (text: string) => page.getByRole('status').filter({ hasText: text });

describe('an Obsidian vault', () => {
  it('is looked at, imported with its picture and link, and undone', async () => {
    await page.goto('/import');
    const zip = makeZip([
      { name: '.obsidian/app.json', data: '{}' },
      { name: '日记/今天.md', data: '去 [[北京|首都]]\n\n![[图.png]]\n\n![[没有.png]]\n' },
      { name: '北京.md', data: '一座城。\n' },
      { name: '图.png', data: PNG },
      { name: '怪.bin', data: 'x' },
    ]);
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'vault.zip', mimeType: 'application/zip', buffer: zip });
    await status(zh.import_status_ready).waitFor(WAIT);
    expect((await client.articles.list()).items).toEqual([]);
    await page.getByText(zh.import_rejected_unsupported).waitFor();

    await page.getByRole('button', { name: zh.import_start.replace('{count}', '2') }).click();
    await status(zh.import_status_done).waitFor(WAIT);
    const notes = (await client.articles.list()).items;
    expect(notes.map(({ title }) => title).sort()).toEqual(['今天', '北京'].sort());
    await page.getByText('没有.png').waitFor();
    await page.getByRole('link', { name: '今天', exact: true }).first().click();
    const picture = page.locator('img[src^="/api/files/"]').first();
    await picture.waitFor(WAIT);
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth), WAIT)
      .toBe(1);
    const today = notes.find(({ title }) => title === '今天');
    expect((await client.articles.get({ id: today?.id ?? '' })).content).toContain('[[北京|首都]]');

    await page.goBack();
    await page.getByRole('button', { name: zh.import_undo }).click();
    await page.getByRole('dialog').getByRole('button', { name: zh.import_undo }).click();
    await status(zh.import_status_undone).waitFor(WAIT);
    expect((await client.articles.list()).items).toEqual([]);
    expect(await client.notebooks.list()).toEqual([]);
  });

  it('that is broken says so', async () => {
    await page.goto('/import');
    await page.locator('input[type=file]').setInputFiles({
      name: 'broken.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from('PK\u0003\u0004 cut'),
    });
    await page.getByText(zh.import_failure_damaged).waitFor(WAIT);
  });
});
