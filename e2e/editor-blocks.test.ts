import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { zh } from './browser.js';
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

  it('is put away and brought back by its key; the notes that lead here stand under it', async () => {
    await note.openWindow(wide);
    await note.client.articles.create({ title: '丰乐亭记', content: '见 [[醉翁亭记甲]]' });
    const { id } = await note.client.articles.create({ title: '醉翁亭记甲', content: '# 一' });
    await note.page.goto(`/notes/${id}`);
    await expect.poll(names, patience).toEqual(['一']);
    const rail = note.page.getByRole('complementary', { name: zh.outline_title });
    await rail.getByRole('link', { name: /丰乐亭记/ }).waitFor();
    expect(await note.page.getByRole('heading', { name: zh.links_backlinks }).count()).toBe(1);
    await note.editor().click();
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
