import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@ainotebook/db/embedded';
import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launch } from './browser.js';
import { TestServer } from './server.js';
import { signIn, Tab } from './writer.js';

const WRITER = {
  email: 'su@example.org',
  password: 'correct horse battery',
  displayName: '写字人',
};
const OTHER = { ...WRITER, email: 'he@example.org', displayName: '另一人' };

// Two servers on one database: what one of them commits is told by the other.
let folder: string;
let postgres: EmbeddedPostgres;
let servers: TestServer[] = [];
let browser: Browser;
let client: AiNotebook;
let contexts: BrowserContext[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ainotebook-live-'));
  await chmod(folder, 0o755);
  postgres = await startEmbeddedPostgres({
    dataDir: path.join(folder, 'pg'),
    log: () => undefined,
  });
  const env = { DATABASE_URL: postgres.url };
  servers = [await TestServer.create(env), await TestServer.create(env)];
  browser = await launch();
  const guest = createClient({ baseUrl: servers[0]?.baseUrl ?? '' });
  for (const account of [WRITER, OTHER])
    await guest.auth.register({ ...account, session: 'token' });
  client = guest.withSession(await guest.auth.login({ ...pick(WRITER), session: 'token' }));
}, 120_000);
afterEach(async () => {
  for (const context of contexts) await context.close();
  contexts = [];
});
afterAll(async () => {
  await browser?.close();
  for (const server of servers) await server.remove();
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

const pick = ({ email, password }: typeof WRITER) => ({ email, password });

/** A browser of its own, signed in at one of the servers, with the live connection open. */
async function visit(server: number, account = WRITER) {
  const baseUrl = servers[server]?.baseUrl ?? '';
  const context = await browser.newContext({ locale: 'zh-CN' });
  contexts.push(context);
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const live = isLive(page);
  await signIn(page, baseUrl, account);
  await live;
  return { baseUrl, context, page };
}

/** Resolves when the page's connection is told everything from then on. */
async function isLive(page: Page): Promise<void> {
  const socket = await page.waitForEvent('websocket');
  const isStart = ({ payload }: { payload: string | Buffer }) =>
    String(payload).includes('started');
  await socket.waitForEvent('framereceived', { predicate: isStart });
}

async function openNote(
  { baseUrl, context }: { baseUrl: string; context: BrowserContext },
  id: string,
) {
  const page = await context.newPage();
  const live = isLive(page);
  const tab = new Tab(page, `${baseUrl}/notes/${id}`);
  await tab.load();
  await live;
  return tab;
}

describe('what changes elsewhere', () => {
  it('appears in a list and in an open note of another browser at another server', async () => {
    const far = await visit(1);
    const list = far.page;
    const live = isLive(list);
    await list.goto(`${far.baseUrl}/notes`);
    await live;
    const { id } = await client.articles.create({ title: 'from elsewhere', content: 'one.' });
    await list.getByText('from elsewhere').first().waitFor();

    const note = await openNote(far, id);
    const tab = await openNote(await visit(0), id);
    await tab.write('one.', 'and more');
    await tab.state('saved');
    await expect.poll(() => note.text(), { timeout: 30_000 }).toContain('and more');
    // Back as well, into text that was just saved there.
    await note.write('one.', 'and back');
    await note.state('saved');
    await expect.poll(() => tab.text(), { timeout: 30_000 }).toContain('and back');
  });

  it('is not told to another user', async () => {
    const { page } = await visit(1, OTHER);
    const frames: string[] = [];
    page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => frames.push(String(payload))),
    );
    const live = isLive(page);
    await page.goto(`${servers[1]?.baseUrl}/notes`);
    await live;
    const title = 'nothing of theirs';
    await client.articles.create({ title, content: '' });
    const guest = createClient({ baseUrl: servers[0]?.baseUrl ?? '' });
    const other = guest.withSession(await guest.auth.login({ ...pick(OTHER), session: 'token' }));
    await other.articles.create({ title: 'of the other', content: '' });
    await page.getByText('of the other').first().waitFor();
    expect(await page.getByText(title).count()).toBe(0);
    expect(frames.join()).not.toContain(title);
  });

  it('comes again after the server was away', async () => {
    const { page } = await visit(1);
    const live = isLive(page);
    await page.goto(`${servers[1]?.baseUrl}/notes`);
    await live;
    await servers[1]?.stop();
    await client.articles.create({ title: 'while it was away', content: '' });
    await servers[1]?.start();
    await page.getByText('while it was away').first().waitFor({ timeout: 60_000 });
  });
});
