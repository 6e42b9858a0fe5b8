import { type AiNotebook, createClient } from '@ainotebook/sdk';
import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { launch, word } from './browser.js';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';

const PASSWORD = 'correct horse battery';
const LUYU = { email: 'luyu@example.org', password: PASSWORD };
const CAIXIANG = { email: 'caixiang@example.org', password: PASSWORD };
const TEA = '岩茶要用沸水，水温低了，岩骨花香出不来。';
const LONG = `用沸水 [1]。${'慢慢地说，'.repeat(200)}`;

let models: ModelStandIn;
let browser: Browser;
let server: TestServer;
/** Of the server; changed before it is started anew. */
let env: Record<string, string>;

async function personAs(account: typeof LUYU): Promise<AiNotebook> {
  const guest = createClient({ baseUrl: server.baseUrl });
  const displayName = account.email.slice(0, 5);
  const session = 'token';
  return guest.withSession(await guest.auth.register({ ...account, displayName, session }));
}
async function pageOf(account: typeof LUYU): Promise<Page> {
  const context = await browser.newContext({
    baseURL: server.baseUrl,
    locale: 'zh-CN',
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await signIn(page, account);
  return page;
}
/** Resolves once a note with this text can be found. */
async function findable(by: AiNotebook, note: { title: string; content: string }): Promise<void> {
  const { id } = await by.articles.create(note);
  const isIndexed = async () => (await by.articles.get({ id })).indexedRevision === 1;
  await vi.waitUntil(isIndexed, { timeout: 30_000, interval: 200 });
}
async function ask(page: Page, question: string): Promise<void> {
  await page.goto('/chat');
  const field = page.getByRole('textbox', { name: word('chat_question') });
  await field.fill(question);
  await field.press('Enter');
}
const answerOn = (page: Page) => page.getByRole('article', { name: word('chat_answer') }).first();

beforeAll(async () => {
  models = await startModels({ kind: 'openai', apiKey: 'key', answer: () => LONG });
  env = {
    OPENAI_BASE_URL: models.baseUrl,
    OPENAI_API_KEY: 'key',
    OPENAI_CHAT_MODEL: 'chat-slow',
    AI_STREAMS_AT_ONCE: '1',
    AI_PRICES_JSON: '{"embed":{"input":0.5,"output":0}}',
  };
  [server, browser] = await Promise.all([TestServer.create(env), launch()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
  await models?.stop();
});

describe('where one answer is written at a time', () => {
  it('the second one waits its turn, says so, and is written when the first is stopped', async () => {
    const pages = [];
    for (const account of [LUYU, CAIXIANG]) {
      await findable(await personAs(account), { title: '武夷岩茶', content: TEA });
      pages.push(await pageOf(account));
    }
    const [first, second] = pages;
    if (!first || !second) throw new Error('two pages were opened');
    await ask(first, '岩茶要用什么水泡？');
    await answerOn(first).getByText('用沸水').waitFor();
    await ask(second, '岩茶用什么水？');
    await answerOn(second).getByText(word('chat_queued_next')).waitFor();
    await first.getByRole('button', { name: word('chat_stop') }).click();
    await answerOn(second).getByText('用沸水').waitFor();
    await second.getByRole('button', { name: word('chat_stop') }).click();
    for (const page of pages) await page.context().close();
  });
});
