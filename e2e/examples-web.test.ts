// The pages of `examples/web` in a browser, before a real server.
import { createRequire } from 'node:module';
import path from 'node:path';
import { createClient } from '@ainotebook/sdk';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launch } from './browser.js';
import { TestServer } from './server.js';

const folder = path.resolve(import.meta.dirname, '../examples');
const PERSON = { email: 'page@example.org', password: 'correct horse battery', displayName: '页' };

let server: TestServer;
let browser: Browser;
/** Serves the pages; another origin than the server's. */
let vite: { port: number; close(): Promise<void> };

beforeAll(async () => {
  server = await TestServer.create();
  browser = await launch();
  vite = await startVite(server.baseUrl);
}, 120_000);
afterAll(async () => {
  await vite?.close();
  await browser?.close();
  await server?.remove();
});

/** The examples' own Vite, as its configuration has it. */
async function startVite(target: string) {
  process.env.AINOTEBOOK_URL = target;
  const entry = createRequire(path.join(folder, 'package.json')).resolve('vite');
  // The examples' dependency, not one of these tests.
  const { createServer } = (await import(entry)) as typeof import('vite');
  const running = await createServer({
    configFile: path.join(folder, 'web/vite.config.ts'),
    logLevel: 'error',
    cacheDir: path.join(server.dataDir, 'vite'),
    server: { port: 0 },
  });
  await running.listen();
  const address = running.httpServer?.address();
  if (typeof address !== 'object' || !address) throw new Error('Vite does not listen');
  return { port: address.port, close: () => running.close() };
}

async function open(host: string, file: string): Promise<{ page: Page; problems: string[] }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`http://${host}:${vite.port}/${file}`);
  return { page, problems };
}

let registered: Promise<ReturnType<typeof signIn>> | undefined;
const person = () => {
  registered ??= signIn();
  return registered;
};

/** Somebody with a note. */
async function signIn() {
  const guest = createClient({ baseUrl: server.baseUrl });
  const notes = guest.withSession(await guest.auth.register({ ...PERSON, session: 'token' }));
  await notes.articles.create({ title: '龙井', content: '龙井茶要用八十度的水冲泡。\n' });
  const isFound = async () => (await notes.search.query({ q: '八十度' })).items.length;
  await expect.poll(isFound, PATIENT).toBe(1);
  return notes;
}

/** Signing in takes a while on a busy machine. */
const PATIENT = { timeout: 30_000 };

describe('a page of another origin with a key', () => {
  const keyOf = async (scopes: string[]) => {
    const input = { name: 'page', scopes, expiresInDays: 1 };
    const made = await (await person()).$call('mutation', 'apiKeys.create', input);
    return (made as { secret: string }).secret;
  };
  const askWith = async (page: Page, key: string) => {
    await page.getByLabel('Server').fill(server.baseUrl);
    await page.getByLabel('API key').fill(key);
    await page.getByLabel('Question').fill('龙井茶用多少度的水？');
    await page.getByRole('button', { name: 'Ask' }).click();
  };
  const answer = (page: Page) => page.locator('output').textContent();

  it('asks the notes, and shows the answer with what it stands on', async () => {
    const key = await keyOf(['conversations:read', 'conversations:write']);
    const { page, problems } = await open('localhost', 'ask.html');
    await askWith(page, key);
    await expect.poll(() => answer(page), PATIENT).toContain('八十度');
    await expect
      .poll(() => page.locator('li').allTextContents())
      .toEqual([expect.stringContaining('龙井')]);
    expect(problems).toEqual([]);
    // Of the site that another page belongs to, the browser keeps nothing of the server.
    expect(await page.context().cookies()).toEqual([]);
  }, 120_000);

  it('is told why it is refused', async () => {
    const { page } = await open('localhost', 'ask.html');
    await askWith(page, `anb_${'A'.repeat(43)}`);
    await expect.poll(() => answer(page), PATIENT).toBe('This key is not known, or has ended.');
    await askWith(page, await keyOf(['articles:read']));
    await expect.poll(() => answer(page), PATIENT).toBe('This key may not ask.');
  }, 120_000);

  it('reads nothing without one, not even with the cookies of somebody who is signed in', async () => {
    await person();
    const { page } = await open('localhost', 'ask.html');
    const asked = await page.evaluate(async (base) => {
      const read = (where: string, init?: RequestInit) =>
        fetch(`${base}${where}`, init).then(
          (response) => response.status,
          () => 'refused by the browser',
        );
      return [
        await read('/api/trpc/system.info'),
        await read('/api/trpc/users.me', { credentials: 'include' }),
        await read('/api/v1/articles', {
          credentials: 'include',
          headers: { authorization: `Bearer anb_${'A'.repeat(43)}` },
        }),
      ];
    }, server.baseUrl);
    expect(new Set(asked)).toEqual(new Set(['refused by the browser']));
  }, 120_000);
});

describe('a page before the same server', () => {
  it('signs in and lists the notes', async () => {
    await person();
    const { page, problems } = await open('127.0.0.1', 'index.html');
    await page.getByLabel('Email').fill(PERSON.email);
    await page.getByLabel('Password').fill('something else');
    await page.getByRole('button').click();
    await expect.poll(() => page.locator('output').textContent(), PATIENT).toContain('wrong');
    await page.getByLabel('Password').fill(PERSON.password);
    await page.getByRole('button').click();
    await expect.poll(() => page.locator('output').textContent(), PATIENT).toBe('1 notes');
    expect(problems).toEqual([]);
  }, 120_000);

  it('signs in, lists and adds notes with React Query', async () => {
    await person();
    const { page, problems } = await open('127.0.0.1', 'react.html');
    await page.getByLabel('Email').fill(PERSON.email);
    await page.getByLabel('Password').fill(PERSON.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const titles = async () => (await page.locator('li').allTextContents()).join();
    await expect.poll(titles, PATIENT).toContain('龙井');
    await page.getByLabel('New note').fill('碧螺春');
    await page.getByRole('button', { name: 'Add' }).click();
    await expect.poll(titles, PATIENT).toContain('碧螺春');
    expect(problems).toEqual([]);
  }, 120_000);
});
