import { type AiNotebook, createClient } from '@ainotebook/sdk';
import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launch, said, word } from './browser.js';
import { TestServer } from './server.js';
import { callerOf } from './till.mjs';
import { signIn } from './visits.mjs';

const SETUP_TOKEN = 'only-for-admin-ai-0123456789abcdef';
const PASSWORD = 'correct horse battery';
const KEEPER = { email: 'keeper@example.org', password: PASSWORD };
const LUYU = { email: 'luyu@example.org', password: PASSWORD };
const KEY = 'sk-canary-51d0c7e4-9Xk2';
const TEA = '岩茶要用沸水，水温低了，岩骨花香出不来。';

let models: ModelStandIn;
let browser: Browser;
let server: TestServer;
let luyu: AiNotebook;
/** What the SDK does not call. */
let keeper: ReturnType<typeof callerOf>;
let writer: ReturnType<typeof callerOf>;

beforeAll(async () => {
  models = await startModels({
    kind: 'openai',
    apiKey: KEY,
    answer: () => '用沸水冲泡，水温要高 [1]。',
  });
  const env = { SETUP_TOKEN, AI_ALLOW_PRIVATE_HOSTS: new URL(models.baseUrl).host };
  [server, browser] = await Promise.all([TestServer.create(env), launch()]);
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = 'token';
  const setup = { displayName: '掌柜', session, setupToken: SETUP_TOKEN } as const;
  const { accessToken } = await guest.auth.register({ ...KEEPER, ...setup });
  keeper = callerOf(server.baseUrl, accessToken);
  const mine = await guest.auth.register({ ...LUYU, displayName: '陆羽', session });
  luyu = guest.withSession(mine);
  writer = callerOf(server.baseUrl, mine.accessToken);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
  await models?.stop();
});

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
const button = (within: Page | Locator, name: string) =>
  within.getByRole('button', { name, exact: true });

/** Tries a model of the provider, and waits for what is said of it. */
async function tryModel(page: Page, outcome: string): Promise<void> {
  await button(page, said('admin_ai_test_one', { name: 'gateway' })).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(word('admin_ai_model'), { exact: true }).fill('chat');
  await button(dialog, word('admin_ai_test')).click();
  await dialog.getByText(outcome).waitFor();
  await button(dialog, word('common_close')).first().click();
  await dialog.waitFor({ state: 'detached' });
}

describe('an administrator', () => {
  it('adds a provider, tries a wrong key and the right one, and picks who answers', async () => {
    const page = await pageOf(KEEPER);
    await page.goto('/admin?tab=ai');
    await page.getByText(word('admin_ai_none'), { exact: true }).waitFor();
    await button(page, word('admin_ai_provider_add')).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(word('admin_ai_name'), { exact: true }).fill('gateway');
    const address = dialog.getByLabel(word('admin_ai_address'), { exact: true });
    await address.fill('http://127.0.0.1:9/v1');
    await dialog.getByLabel(word('admin_ai_key'), { exact: true }).fill('sk-wrong-key-of-somebody');
    await button(dialog, word('common_save')).click();
    await dialog.getByText(word('admin_ai_address_bad')).waitFor();
    await address.fill(models.baseUrl);
    await button(dialog, word('common_save')).click();
    await page.getByText(said('admin_ai_key_hint', { end: 'body' })).waitFor();
    await tryModel(page, word('admin_ai_failed_key'));

    await button(page, said('admin_ai_edit_one', { name: 'gateway' })).click();
    await dialog.getByLabel(word('admin_ai_key'), { exact: true }).fill(KEY);
    await button(dialog, word('common_save')).click();
    await page.getByText(said('admin_ai_key_hint', { end: '9Xk2' })).waitFor();
    await tryModel(page, word('admin_ai_works').replace(/，.*$/, ''));

    const chat = word('admin_ai_chat');
    await button(page, `${chat}: ${word('admin_ai_pick')}`).click();
    await page.getByLabel(said('admin_ai_pick_model', { purpose: chat })).fill('chat-slow');
    await button(page, word('admin_ai_picks_save')).click();
    await page.getByText(word('admin_ai_picks_saved')).waitFor();
    await page.getByText('gateway · chat-slow').waitFor();
    expect(await page.content()).not.toContain(KEY);
    await page.context().close();
  });

  it('has somebody answered by it, word for word as it comes', async () => {
    const { id } = await luyu.articles.create({ title: '武夷岩茶', content: TEA });
    const isIndexed = async () => (await luyu.articles.get({ id })).indexedRevision === 1;
    await vi.waitUntil(isIndexed, { timeout: 30_000, interval: 200 });
    const page = await pageOf(LUYU);
    await page.goto('/chat');
    const field = page.getByRole('textbox', { name: word('chat_question') });
    await field.fill('岩茶要用什么水泡？');
    await field.press('Enter');
    const answer = page.getByRole('article', { name: word('chat_answer') });
    await answer.getByText('用沸水冲泡').waitFor();
    await answer.getByText('水温要高').waitFor();
    await answer.getByRole('link', { name: '[1]' }).waitFor();
    const asked = models.requests.filter(({ body }) => body.model === 'chat-slow');
    expect(JSON.stringify(asked.at(-1)?.body)).toContain('岩茶要用什么水泡');
    await page.context().close();
    expect(server.output).not.toContain(KEY);
  });

  it('sees what embedding all notes would take, runs it, and sees how far it is', async () => {
    const content = `${TEA}\n\n`.repeat(2_000);
    for (const title of ['一', '二', '三', '四']) {
      const { id } = await luyu.articles.create({ title, content });
      const isIndexed = async () => (await luyu.articles.get({ id })).indexedRevision === 1;
      await vi.waitUntil(isIndexed, { timeout: 60_000, interval: 200 });
    }
    const page = await pageOf(KEEPER);
    await page.goto('/admin?tab=ai');
    const purpose = word('admin_ai_use_embedding');
    await button(page, `${purpose}: ${word('admin_ai_pick')}`).click();
    await page.getByLabel(said('admin_ai_pick_model', { purpose })).fill('embed');
    await button(page, word('admin_ai_picks_save')).click();
    await page.getByText('gateway · embed').waitFor();
    const run = button(page, word('admin_ai_bulk_run'));
    await run.waitFor();
    await page.getByText(/用 gateway\/embed 处理约需 .+ 词元/).waitFor();
    const embeddings = () => models.requests.filter(({ path }) => path === '/embeddings').length;
    expect(embeddings()).toBe(0);
    await run.click();
    await page.getByText(word('admin_ai_bulk_running')).waitFor();
    await run.waitFor({ state: 'detached' });
    await page.getByText(word('admin_ai_read')).waitFor();
    await page.getByText(/^全部 \d+ 篇已处理$/).waitFor({ timeout: 120_000 });
    expect(embeddings()).toBeGreaterThan(10);
    const related = await luyu.articles.related({ id: (await first(luyu)).id });
    expect(related.how).toBe('vectors');
    await page.context().close();
  }, 240_000);

  it('has changed the key: a note says that it is not in the search by meaning, and tries again', async () => {
    const change = (apiKey: string) =>
      keeper('admin.ai.updateProvider', { name: 'gateway', data: { apiKey } });
    await change('sk-wrong-key-of-somebody');
    const { id } = await luyu.articles.create({
      title: '白茶',
      content: '# 存放\n\n白茶越陈越香。',
    });
    const isIndexed = async () => (await luyu.articles.get({ id })).indexedRevision === 1;
    await vi.waitUntil(isIndexed, { timeout: 30_000, interval: 200 });
    // It would wait for whoever goes on writing.
    await writer('embeddings.retry', { articleId: id });
    const state = async () => (await writer('embeddings.get', { articleId: id })).status;
    const hasFailed = async () => (await state()) === 'failed';
    await vi.waitUntil(hasFailed, { timeout: 30_000, interval: 200 });
    const page = await pageOf(LUYU);
    await page.setViewportSize({ width: 1800, height: 900 });
    await page.goto(`/notes/${id}`);
    await page.getByRole('complementary', { name: word('outline_title') }).waitFor();
    const words = page.getByText(word('meaning_failed'));
    await words.waitFor();
    await page.getByText('bad_key', { exact: true }).waitFor();
    await change(KEY);
    await button(page, word('meaning_again')).click();
    await words.waitFor({ state: 'detached' });
    const isDone = async () => (await state()) === 'done';
    await vi.waitUntil(isDone, { timeout: 30_000, interval: 200 });
    await page.context().close();
  }, 120_000);
});

async function first(by: AiNotebook): Promise<{ id: string }> {
  for await (const one of by.articles.list({ limit: 1 })) return one;
  throw new Error('there is no note');
}
