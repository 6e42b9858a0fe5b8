// Webhooks as a person sets them up, with the receiver of the examples at the other end.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { createClient } from '@ainotebook/sdk';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, said, word } from './browser.js';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';

const PERSON = { email: 'hooks@example.org', password: 'correct horse battery' };
const EXAMPLE = path.resolve(import.meta.dirname, '../examples/webhook-receiver.mjs');

let port: number;
let server: TestServer;
let browser: Browser;
let page: Page;
let receiver: ChildProcess | undefined;
let heard = '';
let publish: (title: string) => Promise<void>;

beforeAll(async () => {
  port = await freePort();
  [server, browser] = await Promise.all([
    TestServer.create({ WEBHOOK_ALLOW_PRIVATE_HOSTS: `127.0.0.1:${port}` }),
    launch(),
  ]);
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = await guest.auth.register({ ...PERSON, displayName: '钩子', session: 'token' });
  const notes = guest.withSession(session);
  publish = async (title) => {
    const { id } = await notes.articles.create({ title, content: '明前茶。' });
    await notes.publications.publish({ articleId: id });
  };
  const context = await browser.newContext({
    baseURL: server.baseUrl,
    locale: 'zh-CN',
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(30_000);
  page = await context.newPage();
  await signIn(page, PERSON);
  await page.goto('/settings/keys');
});
afterAll(async () => {
  receiver?.kill();
  await browser?.close();
  await server?.remove();
});

async function freePort(): Promise<number> {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  const address = holder.address();
  await new Promise((resolve) => holder.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** The example, with the secret that the page showed. */
async function listen(secret: string): Promise<void> {
  receiver = spawn(process.execPath, [EXAMPLE, String(port)], {
    env: { PATH: process.env.PATH, WEBHOOK_SECRET: secret },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  receiver.stdout?.setEncoding('utf8').on('data', (text: string) => {
    heard += text;
  });
  await heardOf('listening');
}

async function stopListening(): Promise<void> {
  if (!receiver) return;
  const ended = once(receiver, 'exit');
  receiver.kill();
  await ended;
}

const heardOf = (text: string) => expect.poll(() => heard, { timeout: 30_000 }).toContain(text);
const button = (name: string, within: Page | Locator = page) =>
  within.getByRole('button', { name, exact: true });
const secretField = () => page.getByRole('textbox', { name: word('webhooks_secret') });
const log = () => page.getByRole('dialog');
const newest = () => log().getByRole('listitem').first();

it('is made with the events that were chosen, and shows its secret this once', async () => {
  await page.getByText(word('webhooks_none')).waitFor();
  await button(word('webhooks_new')).click();
  await page.getByLabel(word('webhooks_url')).fill('hooks');
  await button(word('common_create')).click();
  await page.getByText(word('webhooks_url_bad')).waitFor();
  await page.getByLabel(word('webhooks_url')).fill(`http://127.0.0.1:${port}/hook`);
  await page.getByLabel(word('webhooks_on_unpublished')).uncheck();
  await button(word('common_create')).click();
  await page.getByRole('heading', { name: word('webhooks_made') }).waitFor();
  const secret = await secretField().inputValue();
  expect(secret).toMatch(/^whsec_/);
  await button(word('keys_done')).click();
  expect(await page.content()).not.toContain(secret);
  await listen(secret);
});

it('says when a test arrived, with what was sent and what came back', async () => {
  await button(word('webhooks_test')).click();
  await newest().getByText(word('webhooks_delivered')).waitFor();
  await heardOf('webhook.test');
  await newest().getByRole('button').first().click();
  const sent = newest().getByRole('textbox', { name: word('webhooks_payload') });
  expect(JSON.parse(await sent.inputValue())).toMatchObject({ type: 'webhook.test' });
  await newest()
    .getByText(said('webhooks_status', { status: 204 }))
    .waitFor();
  await button(word('common_close'), log()).click();
});

it('tells the program of what is published, signed so that the SDK believes it', async () => {
  await publish('龙井');
  await heardOf(`article.published: 龙井 at ${server.baseUrl}/p/`);
});

it('says why something did not arrive, and sends it again when it can', async () => {
  await stopListening();
  await button(word('webhooks_test')).click();
  await newest().getByText(word('webhooks_failed')).waitFor();
  await newest().getByText(word('webhooks_failure_unreachable')).waitFor();
  await button(word('common_close'), log()).click();
  // Replaced meanwhile: the old secret is good for a day.
  await button(said('webhooks_actions', { host: `127.0.0.1:${port}` })).click();
  await page.getByRole('menuitem', { name: word('webhooks_rotate') }).click();
  await button(word('webhooks_rotate'), page.getByRole('dialog')).click();
  await page.getByRole('heading', { name: word('webhooks_rotated') }).waitFor();
  heard = '';
  await listen(await secretField().inputValue());
  await button(word('keys_done')).click();
  await button(word('webhooks_log')).click();
  await newest().getByRole('button').first().click();
  await button(word('webhooks_replay'), newest()).click();
  await newest().getByText(word('webhooks_delivered')).waitFor();
  await heardOf('webhook.test');
  await button(word('common_close'), log()).click();
});

it('is changed, turned off and on again, and deleted with its log', async () => {
  const actions = () => button(said('webhooks_actions', { host: `127.0.0.1:${port}` })).click();
  const choose = (name: string) => page.getByRole('menuitem', { name: word(name) }).click();
  await actions();
  await choose('webhooks_edit');
  await page.getByLabel(word('webhooks_on_import')).check();
  await button(word('common_save')).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  // The page says so itself above the list.
  await page.getByText(new RegExp(`、${word('webhooks_on_import')}$`)).waitFor();
  await actions();
  await choose('webhooks_turn_off');
  await page.getByText(word('webhooks_off'), { exact: true }).waitFor();
  heard = '';
  await publish('碧螺春');
  await button(word('webhooks_turn_on')).click();
  await button(word('webhooks_test')).waitFor();
  await publish('毛尖');
  await heardOf('毛尖');
  expect(heard).not.toContain('碧螺春');
  await actions();
  await choose('common_delete');
  await button(word('common_delete'), page.getByRole('dialog')).click();
  await page.getByText(word('webhooks_none')).waitFor();
});
