import { describe, expect, it } from 'vitest';
import { said, word } from './browser.js';
import { eventually, openLibrary, titles } from './library.js';

const at = openLibrary();

describe('a list of notes', () => {
  const rows = () => at.page.locator('main li a[data-row]');
  const row = (title: string) => rows().filter({ hasText: title });
  const bar = () => at.page.getByRole('toolbar', { name: word('select_bar') });
  const act = (key: string) => bar().getByRole('button', { name: word(key), exact: true });

  async function show(names: string[], path = '/notes'): Promise<void> {
    await at.notes.articles.createMany({ items: names.map((title) => ({ title })) });
    await at.page.goto(path);
    await row(names[0] ?? '')
      .first()
      .waitFor();
    // Keys that come while the page is still at work may meet a list that is drawn anew.
    await at.page.waitForLoadState('networkidle');
  }
  const trashed = async () => {
    const found = [];
    for await (const { title } of at.notes.articles.list({ isTrashed: true })) found.push(title);
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
    await at.page.getByText(said('select_count', { count: 3 })).waitFor();
    await act('article_trash').click();
    await eventually(() => rows().count()).toBe(1);
    await eventually(async () => (await trashed()).length).toBe(3);
    await at.button('common_undo').click();
    await eventually(() => rows().count()).toBe(4);
    expect(await trashed()).toEqual([]);
    expect(await titles(at.others)).toEqual(['别人的笔记']);
  });

  it('is worked with the keyboard alone: walk, select, tag, unselect', async () => {
    await show(['b1', 'b2', 'b3']);
    await rows().first().focus();
    await at.page.keyboard.press('j');
    await at.page.keyboard.press('x');
    await at.page.keyboard.press('Shift+ArrowDown');
    await at.page.getByText(said('select_count', { count: 2 })).waitFor();
    await act('select_tag').press('Enter');
    await at.page.getByLabel(word('tag_name')).fill('一起');
    await at.page.keyboard.press('Enter');
    await eventually(async () =>
      (await at.notes.tags.list()).map(({ name, articleCount }) => [name, articleCount]),
    ).toEqual([['一起', 2]]);
    await rows().first().focus();
    await at.page.keyboard.press('Control+a');
    await at.page.getByText(said('select_count', { count: 3 })).waitFor();
    await at.page.keyboard.press('Escape');
    await bar().waitFor({ state: 'detached' });
  });

  it('moves notes to a notebook by dragging, or with a dialog', async () => {
    const notebook = await at.notes.notebooks.create({ name: '茶书' });
    await show(['c1', 'c2']);
    const place = at.page.getByRole('treeitem').filter({ hasText: '茶书' });
    await row('c1').dragTo(place);
    await at.page.getByText(said('bulk_moved', { count: 1 })).waitFor();
    await rows()
      .filter({ hasText: 'c2' })
      .click({ modifiers: ['ControlOrMeta'] });
    await act('select_move').click();
    await at.page.getByRole('dialog').getByRole('button', { name: '茶书' }).click();
    await eventually(async () => {
      const found = [];
      for await (const { title } of at.notes.articles.list({ notebookId: notebook.id })) {
        found.push(title);
      }
      return found.sort();
    }).toEqual(['c1', 'c2']);
    await at.notes.notebooks.delete({ id: notebook.id, articles: 'keep' });
  });

  it('puts everything back when the server refuses', async () => {
    await show(['d1', 'd2']);
    await at.page.route('**/articles.updateMany*', (route) => route.abort());
    await row('d1').click({ modifiers: ['ControlOrMeta'] });
    await act('article_trash').click();
    await at.page.getByText(word('error_network')).first().waitFor();
    expect(await rows().count()).toBe(2);
    expect(await trashed()).toEqual([]);
  });

  it('draws a part of a long list and comes to its end', async () => {
    const names = Array.from({ length: 100 }, (_, i) => `e${`${i}`.padStart(3, '0')}`);
    await at.notes.articles.createMany({ items: names.map((title) => ({ title: `${title} 又` })) });
    await show(names, '/notes?sort=title');
    expect(await rows().count()).toBeLessThan(40);
    await rows().first().focus();
    for (let turns = 0; turns < 12; turns += 1) {
      await at.page.keyboard.press('End');
      if ((await row('e099 又').count()) > 0) break;
      await at.page.waitForTimeout(400);
    }
    await row('e099 又').waitFor();
    expect(await rows().count()).toBeLessThan(40);
  });

  it('restores from the trash and deletes for good, after a question', async () => {
    await show(['f1', 'f2']);
    const ids = [];
    for await (const { id } of at.notes.articles.list()) ids.push(id);
    await at.notes.articles.updateMany({ action: 'trash', ids });
    await at.page.goto('/notes?view=trash');
    await row('f1').click({ modifiers: ['ControlOrMeta'] });
    await act('trash_restore').click();
    await eventually(() => titles(at.notes)).toEqual(['f1']);
    await row('f2').click({ modifiers: ['ControlOrMeta'] });
    await act('trash_purge').click();
    await at.page
      .getByRole('dialog')
      .getByRole('button', { name: word('trash_purge') })
      .click();
    await eventually(trashed).toEqual([]);
    expect(await titles(at.notes)).toEqual(['f1']);
  });

  it('restores a note whose notebook is gone to where the person says, also into that notebook made anew', async () => {
    const [gone, tea] = [
      await at.notes.notebooks.create({ name: '旧书' }),
      await at.notes.notebooks.create({ name: '茶' }),
    ];
    const items = ['g1', 'g2'].map((title) => ({ title, notebookId: gone.id }));
    await at.notes.articles.createMany({ items });
    await at.notes.notebooks.delete({ id: gone.id, articles: 'trash' });
    await at.page.goto('/notes?view=trash');
    await row('g1').click({ modifiers: ['ControlOrMeta'] });
    await act('trash_restore').click();
    await at.page.getByRole('dialog').getByRole('button', { name: '茶', exact: true }).click();
    const placeOf = async (title: string) => {
      const books = new Map((await at.notes.notebooks.list()).map(({ id, name }) => [id, name]));
      for await (const found of at.notes.articles.list()) {
        if (found.title === title) return books.get(found.notebookId ?? '') ?? null;
      }
      return 'trash';
    };
    await eventually(() => placeOf('g1')).toBe('茶');
    await row('g2').click();
    await at.button('trash_restore').click();
    await at.page
      .getByRole('dialog')
      .getByRole('button', { name: said('trash_restore_anew', { name: '旧书' }) })
      .click();
    await eventually(() => placeOf('g2')).toBe('旧书');
    for (const { id, name } of await at.notes.notebooks.list()) {
      if (name === '旧书' || id === tea.id)
        await at.notes.notebooks.delete({ id, articles: 'keep' });
    }
    expect(await titles(at.others)).toEqual(['别人的笔记']);
  });

  it('selects by touch: a finger that stays selects a note, further taps select more, and none opens one', async () => {
    const phone = await at.openWindow({
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
      storageState: await at.context.storageState(),
    });
    const before = at.page;
    at.page = await phone.newPage();
    try {
      await show(['h1', 'h2', 'h3']);
      const hold = async (title: string, dy: number) => {
        const box = await row(title).boundingBox();
        if (!box) throw new Error(`${title} is not in view`);
        const [x, y] = [box.x + box.width / 3, box.y + box.height / 2];
        const cdp = await phone.newCDPSession(at.page);
        await cdp.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y }] });
        if (dy !== 0) {
          const touchPoints = [{ x, y: y + dy }];
          await cdp.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints });
        }
        await at.page.waitForTimeout(700);
        await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
        await cdp.detach();
      };
      await hold('h1', 40);
      expect(await bar().count()).toBe(0);
      await hold('h1', 0);
      await at.page.getByText(said('select_count', { count: 1 })).waitFor();
      await row('h2').tap();
      await at.page.getByText(said('select_count', { count: 2 })).waitFor();
      await row('h2').tap();
      await at.page.getByText(said('select_count', { count: 1 })).waitFor();
      expect(new URL(at.page.url()).pathname).toBe('/notes');
    } finally {
      at.page = before;
      await phone.close();
    }
  });
});
