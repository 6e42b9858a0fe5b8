import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clickInto, compose, zh } from './browser.js';
import { NotePage } from './note-page.js';

let note: NotePage;
const patience = { timeout: 20_000 };

beforeAll(async () => {
  note = await NotePage.create();
});
afterEach(({ task }) => note.check(task));
afterAll(() => note?.remove());

/** Sections under headings, long enough to be scrolled. */
const sections = (...names: string[]) =>
  names.map((name) => `## ${name}\n\n${'朝而往，暮而归。\n\n'.repeat(30)}`).join('');

describe('the outline', () => {
  const headings = () => note.page.getByRole('navigation', { name: zh.outline_headings });
  const names = () => headings().getByRole('button').allInnerTexts();
  const current = () => headings().locator('[aria-current]').allInnerTexts();
  const caretLine = () =>
    note.page.evaluate(() => getSelection()?.anchorNode?.parentElement?.textContent);
  const wide = { viewport: { width: 1920, height: 900 } };

  it('stands beside the text in both editors, leads to its headings and follows what is read', async () => {
    await note.openWindow(wide);
    await note.open(sections('琅琊', '**酿**泉', '太守'));
    for (const kind of ['rich', 'source'] as const) {
      if (kind === 'source') await note.switchEditor('source');
      await expect.poll(names, patience).toEqual(['琅琊', '酿泉', '太守']);
      await headings().getByRole('button', { name: '太守' }).click();
      await expect.poll(current, patience).toEqual(['太守']);
      await expect.poll(caretLine, patience).toContain('太守');
      await note.page.keyboard.press('End');
      await note.page.keyboard.insertText('归');
      await expect.poll(names, patience).toEqual(['琅琊', '酿泉', '太守归']);
      await note.page.keyboard.press('Control+z');
      await expect.poll(names, patience).toEqual(['琅琊', '酿泉', '太守']);
      await note.page.mouse.move(1200, 500);
      await note.page.mouse.wheel(0, -100_000);
      await expect.poll(current, patience).toEqual(['琅琊']);
    }
    await note.switchEditor('rich');
  });

  it('shows notes about the same that are not linked yet, and leads to them', async () => {
    await note.openWindow(wide);
    const { articles } = note.client;
    const about = '岩茶用沸水冲泡，投茶八克，坐杯十秒。';
    const other = await articles.create({ title: '武夷水仙', content: about });
    await articles.create({ title: '武夷大红袍', content: about });
    const content = `# 冲泡\n\n${about}\n\n见 [[武夷大红袍]]`;
    const { id } = await articles.create({ title: '武夷肉桂', content });
    const isFound = async () => (await articles.related({ id })).items.length;
    await expect.poll(isFound, patience).toBe(2);
    await note.page.goto(`/notes/${id}`);
    const related = note.page.getByRole('region', { name: zh.related_title });
    await expect
      .poll(() => related.getByRole('link').allInnerTexts(), patience)
      .toEqual(['武夷水仙']);
    await related.getByRole('link').click();
    await note.page.waitForURL(`**/notes/${other.id}`);
  });

  it('is put away and brought back by its key; the notes that lead here stand under it', async () => {
    await note.openWindow(wide);
    await note.client.articles.create({ title: '丰乐亭记', content: '见 [[醉翁亭记甲]]' });
    const { id } = await note.client.articles.create({ title: '醉翁亭记甲', content: '# 一' });
    await note.page.goto(`/notes/${id}`);
    await expect.poll(names, patience).toEqual(['一']);
    const rail = note.page.getByRole('complementary', { name: zh.outline_title });
    await rail.getByRole('link', { name: /丰乐亭记/ }).waitFor();
    expect(await note.page.getByRole('heading', { name: zh.links_backlinks }).count()).toBe(1);
    await clickInto(note.editor());
    await note.page.keyboard.press('Control+Alt+o');
    await rail.waitFor({ state: 'detached' });
    await note.page.getByRole('link', { name: '丰乐亭记 见 醉翁亭记甲', exact: true }).waitFor();
    await note.page.keyboard.press('Control+Alt+o');
    await rail.waitFor();
  });

  it('opens over the text where there is no room', async () => {
    await note.openWindow({
      viewport: { width: 360, height: 740 },
      hasTouch: true,
      isMobile: true,
    });
    await note.open(sections('琅琊', '酿泉', '太守'));
    await note.button(zh.article_actions).click();
    await note.page.getByRole('menuitem', { name: zh.outline_title }).click();
    await headings().getByRole('button', { name: '酿泉' }).click();
    await headings().waitFor({ state: 'detached' });
    await expect.poll(caretLine, patience).toContain('酿泉');
    await expect
      .poll(() => note.editor().getByRole('heading', { name: '酿泉' }).boundingBox(), patience)
      .toMatchObject({ y: expect.toSatisfy((y: number) => y > 50 && y < 250) });
  });
});

describe('finding in a note', () => {
  const bar = () => note.page.getByRole('search', { name: zh.find_in_note });
  const status = () => bar().getByRole('status').innerText();
  const button = (name: string | undefined) =>
    bar().getByRole('button', { name: name ?? '', exact: true });
  const press = (keys: string) => note.page.keyboard.press(keys);
  const selected = () => note.page.evaluate(() => String(getSelection()));
  const isAsked = () =>
    expect.poll(() => field().evaluate((it) => it === document.activeElement), patience).toBe(true);
  const field = () => bar().getByRole('textbox', { name: zh.find_in_note });

  it('counts, goes round, replaces one and then all in one step of undo, in both editors', async () => {
    await note.openWindow();
    for (const kind of ['rich', 'source'] as const) {
      await note.open('Wine 与酒\n\n**wi**ne\n\n- wine\n\n酒 wine');
      if (kind === 'source') {
        await note.switchEditor('source');
        await clickInto(note.editor());
      }
      await press('Control+Home');
      await press('Control+f');
      await isAsked();
      await note.page.keyboard.type('wine');
      // The source shows the signs between the letters.
      const count = kind === 'rich' ? 4 : 3;
      await expect.poll(status, patience).toBe(`1 / ${count}`);
      await press('Enter');
      await expect.poll(status, patience).toBe(`2 / ${count}`);
      await press('Shift+Enter');
      await press('Shift+Enter');
      await expect.poll(status, patience).toBe(`${count} / ${count}`);
      await button(zh.find_match_case).click();
      await expect.poll(status, patience).toBe(`${count - 1} / ${count - 1}`);
      await button(zh.find_replace).first().click();
      await bar().getByRole('textbox', { name: zh.find_replace_with }).fill('新茶');
      await press('Enter');
      await note.expectStored('Wine 与酒\n\n**wi**ne\n\n- wine\n\n酒 新茶');
      await button(zh.find_replace_all).click();
      const across = kind === 'rich' ? '**新茶**' : '**wi**ne';
      await note.expectStored(`Wine 与酒\n\n${across}\n\n- 新茶\n\n酒 新茶`);
      await press('Escape');
      await bar().waitFor({ state: 'detached' });
      await press('Control+z');
      await note.expectStored('Wine 与酒\n\n**wi**ne\n\n- wine\n\n酒 新茶');
      if (kind === 'source') await note.switchEditor('rich');
    }
  });

  it('waits for an input method, follows the text, and leaves the caret at what was found', async () => {
    await note.open('太守醉\n\n太守乐');
    await note.button(zh.article_actions).click();
    await note.page.getByRole('menuitem', { name: zh.find_in_note }).click();
    await isAsked();
    await compose(note.page, 'taishou', '太守');
    await expect.poll(status, patience).toBe('1 / 2');
    await press('Enter');
    await expect.poll(status, patience).toBe('2 / 2');
    await press('Escape');
    await bar().waitFor({ state: 'detached' });
    await expect.poll(selected, patience).toBe('太守');
    await press('ArrowRight');
    await note.page.keyboard.insertText('之');
    await note.expectStored('太守醉\n\n太守之乐');
    expect(await note.page.locator('.is-found').count()).toBe(0);
  });
});
