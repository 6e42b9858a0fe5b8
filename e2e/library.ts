import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { launch, word } from './browser.js';
import { TestServer } from './server.js';
import { type Account, signIn } from './writer.js';

export const READER = {
  email: 'li@example.org',
  password: 'correct horse battery',
  displayName: '读书人',
};
export const OTHER = {
  email: 'he@example.org',
  password: 'another horse battery',
  displayName: '另一人',
};

/** Two people with a server of their own: one in a window that is new for each test, without notes; the other has one. */
export interface Library {
  page: Page;
  context: BrowserContext;
  /** Of whom the window is. */
  notes: AiNotebook;
  others: AiNotebook;
  signIn: (account: Account) => Promise<void>;
  /** Another window; whoever asks for it closes it. */
  openWindow: (options: BrowserContextOptions) => Promise<BrowserContext>;
  named: (name: string) => ReturnType<Page['getByRole']>;
  /** The button with this word on it, by its message key. */
  button: (key: string) => ReturnType<Page['getByRole']>;
}

export function openLibrary(): Library {
  let server: TestServer;
  let browser: Browser;
  const named = (name: string) => at.page.getByRole('button', { name, exact: true });
  const at = {
    signIn: (account) => signIn(at.page, server.baseUrl, account),
    openWindow: (options) =>
      browser.newContext({ locale: 'zh-CN', baseURL: server.baseUrl, ...options }),
    named,
    button: (key) => named(word(key)),
  } as Library;

  async function register(account: typeof READER): Promise<AiNotebook> {
    const guest = createClient({ baseUrl: server.baseUrl });
    return guest.withSession(await guest.auth.register({ ...account, session: 'token' }));
  }

  beforeAll(async () => {
    [server, browser] = await Promise.all([TestServer.create(), launch()]);
    at.notes = await register(READER);
    at.others = await register(OTHER);
    await at.others.articles.create({ title: '别人的笔记', content: '不给人看', tags: ['秘密'] });
  });
  beforeEach(async () => {
    at.context = await at.openWindow({ viewport: { width: 1280, height: 800 } });
    at.page = await at.context.newPage();
    await at.signIn(READER);
  });
  afterEach(async () => {
    await at.context.close();
    const ids = [];
    for await (const { id } of at.notes.articles.list()) ids.push(id);
    while (ids.length > 0) {
      await at.notes.articles.updateMany({ action: 'trash', ids: ids.splice(0, 100) });
    }
    await at.notes.articles.emptyTrash();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.remove();
  });
  return at;
}

export const titles = async (client: AiNotebook): Promise<string[]> => {
  const found = [];
  for await (const { title } of client.articles.list()) found.push(title);
  return found;
};

export const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 15_000 });
