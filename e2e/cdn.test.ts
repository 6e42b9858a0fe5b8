import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { createClient } from '@ainotebook/sdk';
import { type S3StandIn, startS3 } from '@ainotebook/testkit';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, zh } from './browser.js';
import { eventually, hasApp, onDevice } from './device-store.js';
import { TestServer } from './server.js';
import { signIn, Tab } from './writer.js';

const READER = { email: 'yu@example.org', password: 'correct horse battery' };

let s3: S3StandIn;
let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let cdn = '';
let articleId = '';

/** Sends the real build with the real command. */
async function send(): Promise<string> {
  const main = path.resolve(import.meta.dirname, '../apps/server/dist/main.js');
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [main, 'cdn-upload', '--prefix', 'web'],
    {
      env: {
        PATH: process.env.PATH,
        S3_ENDPOINT: s3.endpoint,
        S3_REGION: s3.region,
        S3_FORCE_PATH_STYLE: 'true',
        AWS_ACCESS_KEY_ID: s3.accessKeyId,
        AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
        CDN_BUCKET: s3.bucket,
        CDN_BASE_URL: cdn,
      },
    },
  );
  return stdout;
}

const html = async () =>
  (await fetch(`${server.baseUrl}/login`, { headers: { accept: 'text/html' } })).text();

beforeAll(async () => {
  [s3, browser] = await Promise.all([startS3({ isPublic: true }), launch()]);
  cdn = `${s3.endpoint}/${s3.bucket}/web`;
  expect(await send()).toContain(`Browsers can load it from ${cdn}.`);
  server = await TestServer.create({ CDN_BASE_URL: cdn });
  const guest = createClient({ baseUrl: server.baseUrl });
  await guest.auth.register({ ...READER, displayName: '陆羽', session: 'token' });
  const client = guest.withSession(await guest.auth.login({ ...READER, session: 'token' }));
  const note = await client.articles.create({ title: '茶经', content: '一之源。\n\n二之具。' });
  articleId = note.id;
  context = await browser.newContext({ locale: 'zh-CN' });
  context.setDefaultTimeout(30_000);
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
  await s3?.stop();
});

it('loads the app from the CDN, all of it, and opens without server and CDN later', async () => {
  await eventually(html).toContain(`src="${cdn}/assets/`);
  const loaded: string[] = [];
  const complaints: string[] = [];
  context.on('request', (request) => {
    if (request.url().includes('/assets/')) loaded.push(request.url());
  });
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await signIn(page, server.baseUrl, READER);
  const tab = new Tab(page, `${server.baseUrl}/notes/${articleId}`);
  await tab.load();
  await tab.write('一之源', '从远处来');
  await tab.state('saved');
  await hasApp(page);
  expect(loaded.length).toBeGreaterThan(10);
  expect(loaded.filter((url) => !url.startsWith(`${cdn}/assets/`))).toEqual([]);
  expect(complaints.filter((text) => /Content Security Policy|CORS/.test(text))).toEqual([]);

  await page.reload();
  await tab.load();
  await eventually(async () => (await onDevice(page)).kept).toContain('从远处来');
  await Promise.all([server.stop(), s3.down(), context.setOffline(true)]);
  await page.reload();
  await page.getByText(zh.away_banner ?? '').waitFor();
  expect(await tab.text()).toContain('从远处来');
  await s3.up();
  await server.start();
  await context.setOffline(false);
});

it('names this server while the CDN has not the build', async () => {
  s3.objects.clear();
  await server.stop();
  await server.start();
  await eventually(() => Promise.resolve(server.output)).toContain('is answered with 404');
  expect(await html()).toContain('src="/assets/');
  const guest = await (await browser.newContext()).newPage();
  await guest.goto(`${server.baseUrl}/login`);
  await guest.locator('input[autocomplete="current-password"]').waitFor();
});
