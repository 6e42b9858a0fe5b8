import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launch, zh } from './browser.js';
import { TestServer } from './server.js';

const READER = {
  email: 'li@example.org',
  password: 'correct horse battery',
  displayName: '读书人',
};
const OTHER = { email: 'he@example.org', password: 'another horse battery', displayName: '另一人' };

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let notes: AiNotebook;
let others: AiNotebook;

const word = (key: string): string => {
  const found = zh[key];
  if (typeof found !== 'string') throw new Error(`no word ${key}`);
  return found;
};
/** A word with its gaps filled. */
const said = (key: string, gaps: Record<string, string | number>): string =>
  Object.entries(gaps).reduce(
    (text, [gap, value]) => text.replace(`{${gap}}`, `${value}`),
    word(key),
  );
const named = (name: string) => page.getByRole('button', { name, exact: true });
const button = (key: string) => named(word(key));

async function register(account: typeof READER): Promise<AiNotebook> {
  const guest = createClient({ baseUrl: server.baseUrl });
  return guest.withSession(await guest.auth.register({ ...account, session: 'token' }));
}

async function signIn({ email, password }: typeof READER): Promise<void> {
  await page.goto(`${server.baseUrl}/login`);
  await page.getByLabel(word('auth_email')).fill(email);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await button('auth_sign_in').click();
  await page.waitForURL('**/home');
}

const titles = async (client: AiNotebook): Promise<string[]> => {
  const found = [];
  for await (const { title } of client.articles.list()) found.push(title);
  return found;
};
const eventually = (look: () => Promise<unknown>) => expect.poll(look, { timeout: 15_000 });

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  notes = await register(READER);
  others = await register(OTHER);
  await others.articles.create({ title: '别人的笔记', content: '不给人看', tags: ['秘密'] });
});
beforeEach(async () => {
  context = await browser.newContext({ locale: 'zh-CN', viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  await signIn(READER);
});
afterEach(async () => {
  await context.close();
  const ids = [];
  for await (const { id } of notes.articles.list()) ids.push(id);
  while (ids.length > 0) {
    await notes.articles.updateMany({ action: 'trash', ids: ids.splice(0, 100) });
  }
  await notes.articles.emptyTrash();
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

describe('the first screen', () => {
  const field = () => page.getByLabel(word('home_capture_label'));

  it('teaches who has no notes, and shows nothing of anybody else', async () => {
    await page.getByRole('heading', { name: word('home_empty_title') }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('别人的');
  });

  it('makes a note of a line with Enter, and the next one in the same place', async () => {
    await field().fill('买茶');
    await field().press('Enter');
    await page.getByText(said('home_capture_saved', { title: '买茶' })).waitFor();
    await page.keyboard.type('修灯');
    await page.keyboard.press('Enter');
    await eventually(() => titles(notes)).toEqual(['修灯', '买茶']);
    expect(new URL(page.url()).pathname).toBe('/home');
    await page.locator('main').getByRole('link', { name: '修灯' }).waitFor();
    expect(await titles(others)).toEqual(['别人的笔记']);
  });

  it('opens what was jotted with Ctrl+Enter', async () => {
    await field().fill('会议\n要点：茶会');
    await field().press('Control+Enter');
    await page.waitForURL('**/notes/*');
    await page.getByText('要点：茶会').first().waitFor();
    await eventually(() => titles(notes)).toEqual(['会议']);
  });

  it('keeps a jotted line without a network and sends it afterwards', async () => {
    await field().waitFor();
    await context.setOffline(true);
    await field().fill('路上想到的');
    await field().press('Enter');
    await page.getByText(said('home_capture_saved', { title: '路上想到的' })).waitFor();
    expect(await titles(notes)).toEqual([]);
    await context.setOffline(false);
    await eventually(() => titles(notes)).toEqual(['路上想到的']);
  });

  it('leads back to the note that was open, to pinned ones and to open tasks', async () => {
    const read = await notes.articles.create({ title: '读到一半', content: '第一章' });
    const kept = await notes.articles.create({ title: '常用', content: '地址' });
    await notes.articles.update({ id: kept.id, data: { isPinned: true } });
    await notes.articles.create({ title: '清单', content: '- [ ] 一\n- [x] 二\n- [ ] 三' });
    await page.goto(`${server.baseUrl}/notes/${read.id}`);
    await page.locator('[data-save-status="saved"]').waitFor();
    await page.getByRole('link', { name: word('nav_home') }).click();
    const part = (key: string) => page.getByRole('region', { name: word(key), exact: true });
    await part('home_continue').getByRole('link', { name: '读到一半' }).waitFor();
    await part('home_pinned').getByRole('link', { name: '常用' }).waitFor();
    const task = part('home_tasks').getByRole('link', { name: '清单' });
    expect(await task.innerText()).toContain(said('home_tasks_open', { count: 2 }));
    await task.click();
    await page.waitForURL('**/notes/*');
  });

  it('forgets which note was open when somebody else signs in', async () => {
    const { id } = await notes.articles.create({ title: '私事' });
    await page.goto(`${server.baseUrl}/notes/${id}`);
    await page.locator('[data-save-status="saved"]').waitFor();
    await page.locator('aside button[aria-haspopup=menu]').first().click();
    await page.getByRole('menuitem', { name: word('auth_sign_out') }).click();
    await page.waitForURL('**/login*');
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(id);
    await signIn(OTHER);
    await page.locator('main').getByRole('link', { name: '别人的笔记' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain('私事');
  });
});

describe('a list of notes', () => {
  const rows = () => page.locator('main li a[data-row]');
  const row = (title: string) => rows().filter({ hasText: title });
  const bar = () => page.getByRole('toolbar', { name: word('select_bar') });
  const act = (key: string) => bar().getByRole('button', { name: word(key), exact: true });

  async function show(names: string[], path = '/notes'): Promise<void> {
    await notes.articles.createMany({ items: names.map((title) => ({ title })) });
    await page.goto(`${server.baseUrl}${path}`);
    await row(names[0] ?? '')
      .first()
      .waitFor();
    // Keys that come while the page is still at work may meet a list that is drawn anew.
    await page.waitForLoadState('networkidle');
  }
  const trashed = async () => {
    const found = [];
    for await (const { title } of notes.articles.list({ isTrashed: true })) found.push(title);
    return found.sort();
  };

  it('selects with Ctrl and Shift, trashes what is selected, and takes it back', async () => {
    await show(['a1', 'a2', 'a3', 'a4']);
    await rows()
      .nth(0)
      .click({ modifiers: ['ControlOrMeta'] });
    await rows()
      .nth(2)
      .click({ modifiers: ['Shift'] });
    await page.getByText(said('select_count', { count: 3 })).waitFor();
    await act('article_trash').click();
    await eventually(() => rows().count()).toBe(1);
    await eventually(async () => (await trashed()).length).toBe(3);
    await button('common_undo').click();
    await eventually(() => rows().count()).toBe(4);
    expect(await trashed()).toEqual([]);
    expect(await titles(others)).toEqual(['别人的笔记']);
  });

  it('is worked with the keyboard alone: walk, select, tag, unselect', async () => {
    await show(['b1', 'b2', 'b3']);
    await rows().first().focus();
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    await page.keyboard.press('Shift+ArrowDown');
    await page.getByText(said('select_count', { count: 2 })).waitFor();
    await act('select_tag').press('Enter');
    await page.getByLabel(word('tag_name')).fill('一起');
    await page.keyboard.press('Enter');
    await eventually(async () =>
      (await notes.tags.list()).map(({ name, articleCount }) => [name, articleCount]),
    ).toEqual([['一起', 2]]);
    await rows().first().focus();
    await page.keyboard.press('Control+a');
    await page.getByText(said('select_count', { count: 3 })).waitFor();
    await page.keyboard.press('Escape');
    await bar().waitFor({ state: 'detached' });
  });

  it('moves notes to a notebook by dragging, or with a dialog', async () => {
    const notebook = await notes.notebooks.create({ name: '茶书' });
    await show(['c1', 'c2']);
    const place = page.getByRole('treeitem').filter({ hasText: '茶书' });
    await row('c1').dragTo(place);
    await page.getByText(said('bulk_moved', { count: 1 })).waitFor();
    await rows()
      .filter({ hasText: 'c2' })
      .click({ modifiers: ['ControlOrMeta'] });
    await act('select_move').click();
    await page.getByRole('dialog').getByRole('button', { name: '茶书' }).click();
    await eventually(async () => {
      const found = [];
      for await (const { title } of notes.articles.list({ notebookId: notebook.id })) {
        found.push(title);
      }
      return found.sort();
    }).toEqual(['c1', 'c2']);
    await notes.notebooks.delete({ id: notebook.id, articles: 'keep' });
  });

  it('puts everything back when the server refuses', async () => {
    await show(['d1', 'd2']);
    await page.route('**/articles.updateMany*', (route) => route.abort());
    await row('d1').click({ modifiers: ['ControlOrMeta'] });
    await act('article_trash').click();
    await page.getByText(word('error_network')).first().waitFor();
    expect(await rows().count()).toBe(2);
    expect(await trashed()).toEqual([]);
  });

  it('draws a part of a long list and comes to its end', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `e${`${i}`.padStart(3, '0')}`);
    await notes.articles.createMany({ items: names.map((title) => ({ title: `${title} 又` })) });
    await show(names, '/notes?sort=title');
    expect(await rows().count()).toBeLessThan(40);
    await rows().first().focus();
    for (let turns = 0; turns < 12; turns += 1) {
      await page.keyboard.press('End');
      if ((await row('e099 又').count()) > 0) break;
      await page.waitForTimeout(400);
    }
    await row('e099 又').waitFor();
    expect(await rows().count()).toBeLessThan(40);
  });

  it('restores from the trash and deletes for good, after a question', async () => {
    await show(['f1', 'f2']);
    const ids = [];
    for await (const { id } of notes.articles.list()) ids.push(id);
    await notes.articles.updateMany({ action: 'trash', ids });
    await page.goto(`${server.baseUrl}/notes?view=trash`);
    await row('f1').click({ modifiers: ['ControlOrMeta'] });
    await act('trash_restore').click();
    await eventually(() => titles(notes)).toEqual(['f1']);
    await row('f2').click({ modifiers: ['ControlOrMeta'] });
    await act('trash_purge').click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: word('trash_purge') })
      .click();
    await eventually(trashed).toEqual([]);
    expect(await titles(notes)).toEqual(['f1']);
  });

  it('restores a note whose notebook is gone to where the person says, also into that notebook made anew', async () => {
    const [gone, tea] = [
      await notes.notebooks.create({ name: '旧书' }),
      await notes.notebooks.create({ name: '茶' }),
    ];
    const items = ['g1', 'g2'].map((title) => ({ title, notebookId: gone.id }));
    await notes.articles.createMany({ items });
    await notes.notebooks.delete({ id: gone.id, articles: 'trash' });
    await page.goto(`${server.baseUrl}/notes?view=trash`);
    await row('g1').click({ modifiers: ['ControlOrMeta'] });
    await act('trash_restore').click();
    await page.getByRole('dialog').getByRole('button', { name: '茶', exact: true }).click();
    const placeOf = async (title: string) => {
      const books = new Map((await notes.notebooks.list()).map(({ id, name }) => [id, name]));
      for await (const found of notes.articles.list()) {
        if (found.title === title) return books.get(found.notebookId ?? '') ?? null;
      }
      return 'trash';
    };
    await eventually(() => placeOf('g1')).toBe('茶');
    await row('g2').click();
    await button('trash_restore').click();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: said('trash_restore_anew', { name: '旧书' }) })
      .click();
    await eventually(() => placeOf('g2')).toBe('旧书');
    for (const { id, name } of await notes.notebooks.list()) {
      if (name === '旧书' || id === tea.id) await notes.notebooks.delete({ id, articles: 'keep' });
    }
    expect(await titles(others)).toEqual(['别人的笔记']);
  });

  it('selects by touch: a finger that stays selects a note, further taps select more, and none opens one', async () => {
    const phone = await browser.newContext({
      locale: 'zh-CN',
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      storageState: await context.storageState(),
    });
    const before = page;
    page = await phone.newPage();
    try {
      await show(['h1', 'h2', 'h3']);
      const hold = async (title: string, dy: number) => {
        const box = await row(title).boundingBox();
        if (!box) throw new Error(`${title} is not in view`);
        const [x, y] = [box.x + box.width / 3, box.y + box.height / 2];
        const cdp = await phone.newCDPSession(page);
        await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
        if (dy !== 0) {
          const touchPoints = [{ x, y: y + dy }];
          await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
        }
        await page.waitForTimeout(700);
        await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
        await cdp.detach();
      };
      await hold('h1', 40);
      expect(await bar().count()).toBe(0);
      await hold('h1', 0);
      await page.getByText(said('select_count', { count: 1 })).waitFor();
      await row('h2').tap();
      await page.getByText(said('select_count', { count: 2 })).waitFor();
      await row('h2').tap();
      await page.getByText(said('select_count', { count: 1 })).waitFor();
      expect(new URL(page.url()).pathname).toBe('/notes');
    } finally {
      page = before;
      await phone.close();
    }
  });
});

describe('tags', () => {
  const menuOf = async (tag: string, choice: string) => {
    const actions = said('tag_actions', { name: tag });
    await page.locator('main').getByRole('button', { name: actions, exact: true }).click();
    await page.getByRole('menuitem', { name: word(choice) }).click();
  };
  const all = async (client: AiNotebook) =>
    (await client.tags.list()).map(({ name, articleCount }) => `${name} ${articleCount}`).sort();

  it('are renamed, merged and deleted in one place; those of others stay', async () => {
    const items = [['茶'], ['茶', '水'], ['茗'], ['旧']].map((tags) => ({ title: 't', tags }));
    await notes.articles.createMany({ items });
    await page.goto(`${server.baseUrl}/tags`);
    await menuOf('水', 'common_rename');
    await page.getByLabel(word('tag_name')).fill('泉水');
    await page.keyboard.press('Enter');
    await menuOf('茗', 'tag_merge');
    await page.getByRole('dialog').getByRole('combobox').selectOption('茶');
    await button('tag_merge_submit').click();
    await menuOf('旧', 'common_delete');
    await button('common_delete').click();
    await eventually(() => all(notes)).toEqual(['泉水 1', '茶 3']);
    expect(await all(others)).toEqual(['秘密 1']);
  });

  it('show what stands beside them', async () => {
    const items = [
      ['茶', '水'],
      ['茶', '壶'],
    ].map((tags) => ({ title: 't', tags }));
    await notes.articles.createMany({ items });
    await page.goto(`${server.baseUrl}/notes?tag=${encodeURIComponent('茶')}`);
    const related = page.getByRole('list', { name: word('tags_related') });
    await related.getByRole('link', { name: '水' }).click();
    await page.getByRole('heading', { level: 1, name: '#水' }).waitFor();
  });
});

describe('searching', () => {
  const box = () => page.getByRole('searchbox', { name: word('find_page_placeholder') });

  it('marks what it found, and filters by chips', async () => {
    await notes.articles.create({
      title: '龙井',
      content: '清明前的茶，水温八十度。',
      tags: ['绿茶'],
    });
    await notes.articles.create({ title: '普洱', content: '越陈越香的茶，沸水。' });
    await page.goto(`${server.baseUrl}/search`);
    await box().fill('水温');
    await page.locator('main mark', { hasText: '水温' }).first().waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('水温');
    await box().fill('茶');
    await eventually(() => page.locator('main li a').count()).toBe(2);
    await page
      .locator('main')
      .getByRole('button', { name: word('find_filter_tag') })
      .click();
    await page.getByRole('menuitem', { name: '绿茶' }).click();
    await eventually(() => page.locator('main li a').count()).toBe(1);
    await named(said('find_remove_filter', { name: '# 绿茶' })).click();
    await eventually(() => page.locator('main li a').count()).toBe(2);
  });

  it('never finds what is another person’s', async () => {
    await page.goto(`${server.baseUrl}/search?q=${encodeURIComponent('别人')}`);
    await page.getByText(word('search_nothing')).waitFor();
  });

  it('remembers what was not found until it is forgotten', async () => {
    await page.goto(`${server.baseUrl}/search?q=${encodeURIComponent('凤凰单丛')}`);
    await page.getByText(word('search_nothing')).waitFor();
    await page.goto(`${server.baseUrl}/search`);
    await named(said('find_miss_forget', { query: '凤凰单丛' })).click();
    await eventually(async () =>
      (await notes.search.misses()).items.map(({ query }) => query),
    ).not.toContain('凤凰单丛');
  });

  it('leads from the palette to notebooks, tags and commands', async () => {
    const notebook = await notes.notebooks.create({ name: '凤凰山' });
    await page.reload();
    await page.getByRole('treeitem').filter({ hasText: '凤凰山' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('凤凰山');
    await page.getByRole('option', { name: '凤凰山', exact: true }).click();
    await page.waitForURL(`**/notes?notebook=${notebook.id}`);
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill(word('tags_all'));
    await page.getByRole('option', { name: word('tags_all'), exact: true }).click();
    await page.waitForURL('**/tags');
    await notes.notebooks.delete({ id: notebook.id, articles: 'keep' });
  });
});
