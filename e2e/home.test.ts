import { describe, expect, it } from 'vitest';
import { said, word } from './browser.js';
import { eventually, OTHER, openLibrary, titles } from './library.js';

const at = openLibrary();

describe('the first screen', () => {
  const field = () => at.page.getByLabel(word('home_capture_label'));

  it('teaches who has no notes, and shows nothing of anybody else', async () => {
    await at.page.getByRole('heading', { name: word('home_empty_title') }).waitFor();
    expect(await at.page.locator('body').innerText()).not.toContain('别人的');
  });

  it('makes a note of a line with Enter, and the next one in the same place', async () => {
    await field().fill('买茶');
    await field().press('Enter');
    await at.page.getByText(said('home_capture_saved', { title: '买茶' })).waitFor();
    await at.page.keyboard.type('修灯');
    await at.page.keyboard.press('Enter');
    await eventually(() => titles(at.notes)).toEqual(['修灯', '买茶']);
    expect(new URL(at.page.url()).pathname).toBe('/home');
    await at.page.locator('main').getByRole('link', { name: '修灯' }).waitFor();
    expect(await titles(at.others)).toEqual(['别人的笔记']);
  });

  it('opens what was jotted with Ctrl+Enter', async () => {
    await field().fill('会议\n要点：茶会');
    await field().press('Control+Enter');
    await at.page.waitForURL('**/notes/*');
    await at.page.getByText('要点：茶会').first().waitFor();
    await eventually(() => titles(at.notes)).toEqual(['会议']);
  });

  it('keeps a jotted line without a network and sends it afterwards', async () => {
    await field().waitFor();
    await at.context.setOffline(true);
    await field().fill('路上想到的');
    await field().press('Enter');
    await at.page.getByText(said('home_capture_saved', { title: '路上想到的' })).waitFor();
    expect(await titles(at.notes)).toEqual([]);
    await at.context.setOffline(false);
    await eventually(() => titles(at.notes)).toEqual(['路上想到的']);
  });

  it('leads back to the note that was open, to pinned ones and to open tasks', async () => {
    const read = await at.notes.articles.create({ title: '读到一半', content: '第一章' });
    const kept = await at.notes.articles.create({ title: '常用', content: '地址' });
    await at.notes.articles.update({ id: kept.id, data: { isPinned: true } });
    await at.notes.articles.create({ title: '清单', content: '- [ ] 一\n- [x] 二\n- [ ] 三' });
    await at.page.goto(`/notes/${read.id}`);
    await at.page.locator('[data-save-status="saved"]').waitFor();
    await at.page.getByRole('link', { name: word('nav_home') }).click();
    const part = (key: string) => at.page.getByRole('region', { name: word(key), exact: true });
    await part('home_continue').getByRole('link', { name: '读到一半' }).waitFor();
    await part('home_pinned').getByRole('link', { name: '常用' }).waitFor();
    const task = part('home_tasks').getByRole('link', { name: '清单' });
    expect(await task.innerText()).toContain(said('home_tasks_open', { count: 2 }));
    await task.click();
    await at.page.waitForURL('**/notes/*');
  });

  it('forgets which note was open when somebody else signs in', async () => {
    const { id } = await at.notes.articles.create({ title: '私事' });
    await at.page.goto(`/notes/${id}`);
    await at.page.locator('[data-save-status="saved"]').waitFor();
    await at.page.locator('aside button[aria-haspopup=menu]').first().click();
    await at.page.getByRole('menuitem', { name: word('auth_sign_out') }).click();
    await at.page.waitForURL('**/login*');
    expect(await at.page.evaluate(() => JSON.stringify(localStorage))).not.toContain(id);
    await at.signIn(OTHER);
    await at.page.locator('main').getByRole('link', { name: '别人的笔记' }).waitFor();
    expect(await at.page.locator('body').innerText()).not.toContain('私事');
  });
});
