import type { AiNotebook } from '@ainotebook/sdk';
import { describe, expect, it } from 'vitest';
import { said, word } from './browser.js';
import { eventually, openLibrary } from './library.js';

const at = openLibrary();

describe('tags', () => {
  const menuOf = async (tag: string, choice: string) => {
    const actions = said('tag_actions', { name: tag });
    await at.page.locator('main').getByRole('button', { name: actions, exact: true }).click();
    await at.page.getByRole('menuitem', { name: word(choice) }).click();
  };
  const all = async (client: AiNotebook) =>
    (await client.tags.list()).map(({ name, articleCount }) => `${name} ${articleCount}`).sort();

  it('are renamed, merged and deleted in one place; those of others stay', async () => {
    const items = [['茶'], ['茶', '水'], ['茗'], ['旧']].map((tags) => ({ title: 't', tags }));
    await at.notes.articles.createMany({ items });
    await at.page.goto('/tags');
    await menuOf('水', 'common_rename');
    await at.page.getByLabel(word('tag_name')).fill('泉水');
    await at.page.keyboard.press('Enter');
    await menuOf('茗', 'tag_merge');
    await at.page.getByRole('dialog').getByRole('combobox').selectOption('茶');
    await at.button('tag_merge_submit').click();
    await menuOf('旧', 'common_delete');
    await at.button('common_delete').click();
    await eventually(() => all(at.notes)).toEqual(['泉水 1', '茶 3']);
    expect(await all(at.others)).toEqual(['秘密 1']);
  });

  it('show what stands beside them', async () => {
    const items = [
      ['茶', '水'],
      ['茶', '壶'],
    ].map((tags) => ({ title: 't', tags }));
    await at.notes.articles.createMany({ items });
    await at.page.goto(`/notes?tag=${encodeURIComponent('茶')}`);
    const related = at.page.getByRole('list', { name: word('tags_related') });
    await related.getByRole('link', { name: '水' }).click();
    await at.page.getByRole('heading', { level: 1, name: '#水' }).waitFor();
  });
});

describe('searching', () => {
  const box = () => at.page.getByRole('searchbox', { name: word('find_page_placeholder') });

  it('marks what it found, and filters by chips', async () => {
    await at.notes.articles.create({
      title: '龙井',
      content: '清明前的茶，水温八十度。',
      tags: ['绿茶'],
    });
    await at.notes.articles.create({ title: '普洱', content: '越陈越香的茶，沸水。' });
    await at.page.goto('/search');
    await box().fill('水温');
    await at.page.locator('main mark', { hasText: '水温' }).first().waitFor();
    expect(new URL(at.page.url()).searchParams.get('q')).toBe('水温');
    await box().fill('茶');
    await eventually(() => at.page.locator('main li a').count()).toBe(2);
    await at.page
      .locator('main')
      .getByRole('button', { name: word('find_filter_tag') })
      .click();
    await at.page.getByRole('menuitem', { name: '绿茶' }).click();
    await eventually(() => at.page.locator('main li a').count()).toBe(1);
    await at.named(said('find_remove_filter', { name: '# 绿茶' })).click();
    await eventually(() => at.page.locator('main li a').count()).toBe(2);
  });

  it('never finds what is another person’s', async () => {
    await at.page.goto(`/search?q=${encodeURIComponent('别人')}`);
    await at.page.getByText(word('search_nothing')).waitFor();
  });

  it('remembers what was not found until it is forgotten', async () => {
    await at.page.goto(`/search?q=${encodeURIComponent('凤凰单丛')}`);
    await at.page.getByText(word('search_nothing')).waitFor();
    await at.page.goto('/search');
    await at.named(said('find_miss_forget', { query: '凤凰单丛' })).click();
    await eventually(async () =>
      (await at.notes.search.misses()).items.map(({ query }) => query),
    ).not.toContain('凤凰单丛');
  });

  it('leads from the palette to notebooks, tags and commands', async () => {
    const notebook = await at.notes.notebooks.create({ name: '凤凰山' });
    await at.page.reload();
    await at.page.getByRole('treeitem').filter({ hasText: '凤凰山' }).waitFor();
    await at.page.keyboard.press('Control+k');
    await at.page.getByRole('combobox').fill('凤凰山');
    await at.page.getByRole('option', { name: '凤凰山', exact: true }).click();
    await at.page.waitForURL(`**/notes?notebook=${notebook.id}`);
    await at.page.keyboard.press('Control+k');
    await at.page.getByRole('combobox').fill(word('tags_all'));
    await at.page.getByRole('option', { name: word('tags_all'), exact: true }).click();
    await at.page.waitForURL('**/tags');
    await at.notes.notebooks.delete({ id: notebook.id, articles: 'keep' });
  });
});
