import { type ModelStandIn, startModels } from '@ainotebook/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clickInto, said, word } from './browser.js';
import { NotePage } from './note-page.js';

const TEA = '岩茶要用沸水冲泡，水温低了香气出不来。';
const REWRITTEN = '岩茶要用滚水冲泡，水温低了香味出不来。';
const LONG = '慢慢地写，'.repeat(200);
const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };

let models: ModelStandIn;
let note: NotePage;
/** What the model says next. */
let say = REWRITTEN;

const button = (name: string) => note.button(word(name));
const panel = () => note.page.getByRole('region', { name: word('assist_title') });
const coming = () => note.page.locator('.assist-added');
/** Nothing of it is in what the server has. */
const expectUntouched = async (text: string) => {
  // Longer than a save waits.
  await note.page.waitForTimeout(1500);
  expect(await note.stored()).toBe(text);
};

const expectFocus = (name: string) =>
  expect.poll(() => note.page.evaluate(() => document.activeElement?.textContent)).toBe(word(name));

/** Selects all of a note with this text and has it written anew. */
async function rewrite(text = TEA): Promise<void> {
  await note.open(text);
  await note.page.keyboard.press('Control+a');
  await button('tool_assist').first().click();
  await button('assist_rewrite').click();
}

beforeAll(async () => {
  models = await startModels({ kind: 'openai', apiKey: 'key', answer: () => say });
  note = await NotePage.create({
    OPENAI_BASE_URL: models.baseUrl,
    OPENAI_API_KEY: 'key',
    OPENAI_CHAT_MODEL: 'chat-slow',
  });
});
beforeEach(() => {
  say = REWRITTEN;
});
afterEach(({ task }) => note.check(task));
afterAll(async () => {
  await note?.remove();
  await models?.stop();
});

describe('help with a text', () => {
  it('is shown change by change, is saved once it is accepted, and one undo takes it back', async () => {
    await rewrite();
    await button('assist_accept_all').waitFor();
    expect(await coming().allInnerTexts()).toEqual(['滚水', '香味']);
    await expectUntouched(TEA);
    await button('assist_accept_all').click();
    await panel().waitFor({ state: 'detached' });
    await note.expectStored(REWRITTEN);
    await note.page.keyboard.press('Control+z');
    await note.expectStored(TEA);
    expect(await note.editor().innerText()).toContain(TEA);
  });

  it('may be accepted in part', async () => {
    await rewrite();
    await button('assist_accept').first().click();
    await button('assist_reject').click();
    await panel().waitFor({ state: 'detached' });
    await note.expectStored(TEA.replace('沸水', '滚水'));
  });

  it('leaves the text as it was when it is rejected, though somebody wrote on meanwhile', async () => {
    const source = `* 一\n* 二\n\n${TEA}\n\n尾`;
    await note.open(source);
    await clickInto(note.editor().getByText(TEA));
    await note.page.keyboard.press('Home');
    await note.page.keyboard.press('Shift+End');
    await button('tool_assist').first().click();
    await button('assist_rewrite').click();
    await button('assist_reject_all').waitFor();
    await clickInto(note.editor().getByText('尾'));
    await note.page.keyboard.press('Control+End');
    await note.page.keyboard.type('巴');
    await note.expectStored(`${source}巴`);
    await button('assist_reject_all').click();
    await panel().waitFor({ state: 'detached' });
    await expectUntouched(`${source}巴`);
  });

  it('is stopped at the model: what is there can be taken, and Escape takes nothing', async () => {
    say = LONG;
    await rewrite();
    await note.page.locator('.assist-coming').getByText('慢慢地写').waitFor();
    await button('assist_stop').click();
    await button('assist_accept_all').waitFor();
    await expect.poll(() => models.requests.at(-1)?.leftAt).not.toBeNull();
    expect((await coming().first().innerText()).length).toBeLessThan(LONG.length);
    // A part of a rewrite takes the place of nothing, and is not taken by a key that was meant for something else.
    await panel().getByText(word('assist_part')).waitFor();
    expect(await note.page.locator('.assist-going').count()).toBe(0);
    await expectFocus('assist_reject_all');
    await note.page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    await expectUntouched(TEA);
    expect(await note.editor().innerText()).not.toContain('慢慢');
  });

  it('stands below the passage where it was stopped, once it is accepted', async () => {
    say = LONG;
    await rewrite();
    await note.page.locator('.assist-coming').getByText('慢慢地写').waitFor();
    await button('assist_stop').click();
    await button('assist_accept_all').click();
    await expect.poll(() => note.stored()).toMatch(new RegExp(`^${TEA}\n\n慢慢地写`));
  });

  it('is left while it is written by Escape, at the model as well', async () => {
    say = LONG;
    await rewrite();
    await note.page.locator('.assist-coming').getByText('慢慢地写').waitFor();
    await note.page.keyboard.press('Escape');
    await panel().waitFor({ state: 'detached' });
    await expect.poll(() => models.requests.at(-1)?.leftAt).not.toBeNull();
    await expectUntouched(TEA);
  });

  it('is remembered once it is accepted, with its model, and said on the published page', async () => {
    say = '其实水温只是一半，投茶量与坐杯的时间也要跟着改。';
    await note.open(TEA);
    await note.page.keyboard.press('Control+End');
    await note.page.keyboard.type(' /xx');
    await note.page.getByRole('option', { name: word('block_assist_continue') }).waitFor();
    await note.page.keyboard.press('Enter');
    await button('assist_accept_all').click();
    await panel().waitFor({ state: 'detached' });
    await expect.poll(() => note.stored()).toContain(say);
    await button('publish_now').click();
    const dialog = note.page.getByRole('dialog');
    await dialog.getByRole('checkbox', { name: word('origin_label') }).waitFor();
    await dialog.getByRole('button', { name: word('publish_now') }).click();
    const link = dialog.getByRole('link', { name: word('publish_open') });
    const page = await note.page.request.get((await link.getAttribute('href')) ?? '');
    expect(await page.text()).toMatch(/<p class="ai"[^>]*>本文(大)?部分内容由 AI 生成/);
    await note.page.keyboard.press('Escape');
    await button('history_title').click();
    await note.page.getByRole('button', { name: word('origin_title') }).click();
    await dialog.getByText('chat-slow').waitFor();
    await dialog.getByText(say).waitFor();
  });

  it('goes on where the caret is, asked for by a slash', async () => {
    say = '所以水要烧开。';
    await note.open(TEA);
    await note.page.keyboard.type(' /xx');
    await note.page.getByRole('option', { name: word('block_assist_continue') }).waitFor();
    await note.page.keyboard.press('Enter');
    await button('assist_accept_all').click();
    await note.expectStored(`${TEA} ${say}`);
    const sent = JSON.stringify(models.requests.at(-1)?.body.messages);
    expect(sent).toContain(TEA);
    expect(sent).not.toContain('/xx');
  });

  it('does what it is told in one’s own words, which can be kept for another time', async () => {
    say = '沸水冲岩茶。';
    await note.open(TEA);
    await note.page.keyboard.press('Control+a');
    await button('tool_assist').first().click();
    await panel().getByRole('textbox').fill('压成五个字');
    await button('assist_keep').click();
    await panel().getByRole('textbox').press('Enter');
    await button('assist_accept_all').click();
    await note.expectStored(say);
    expect(JSON.stringify(models.requests.at(-1)?.body.messages)).toContain('Task: 压成五个字');
    await note.page.keyboard.press('Control+a');
    await button('tool_assist').first().click();
    await note.page.getByRole('button', { name: '压成五个字', exact: true }).waitFor();
    await note.page.keyboard.press('Escape');
  });

  it('says what became of a text that the model refused', async () => {
    say = '';
    await rewrite();
    await panel().getByText(word('assist_nothing')).waitFor();
    await note.page.keyboard.press('Escape');
    await expectUntouched(TEA);
  });

  it('works over the source as well', async () => {
    await note.open(TEA);
    await note.switchEditor('source');
    await clickInto(note.editor());
    await note.page.keyboard.press('Control+a');
    await button('tool_assist').first().click();
    await button('assist_rewrite').click();
    await button('assist_accept_all').waitFor();
    expect(await coming().innerText()).toBe(REWRITTEN);
    await expectUntouched(TEA);
    await button('assist_accept_all').click();
    await note.expectStored(REWRITTEN);
    await note.page.keyboard.press('Control+z');
    await note.expectStored(TEA);
    await note.switchEditor('rich');
  });

  it('offers nothing over the source where none was written, and no key deletes the passage', async () => {
    const long = TEA.repeat(180);
    await note.open(long);
    await note.switchEditor('source');
    const { length } = models.requests;
    await clickInto(note.editor());
    await note.page.keyboard.press('Control+a');
    await button('tool_assist').first().click();
    await button('assist_rewrite').click();
    await panel().getByText(word('assist_failed_long')).waitFor();
    expect(models.requests).toHaveLength(length);
    expect(await button('assist_accept_all').count()).toBe(0);
    await expectFocus('common_close');
    await note.page.keyboard.press('Control+Enter');
    await panel().waitFor({ state: 'detached' });
    await expectUntouched(long);
    await note.switchEditor('rich');
  });

  it('suggests a title and tags; what is chosen is taken', async () => {
    say = '沸水与岩茶\n香气';
    await note.open(TEA);
    await button('article_actions').click();
    await note.page.getByRole('menuitem', { name: word('article_suggest') }).click();
    await note.page.getByRole('radio', { name: '沸水与岩茶' }).check();
    await note.page.getByRole('checkbox', { name: '香气' }).check();
    await button('suggest_take').click();
    const title = note.page.getByRole('textbox', { name: word('editor_title') });
    await expect.poll(() => title.inputValue()).toBe('沸水与岩茶');
    await note.page.getByRole('button', { name: said('tag_remove', { name: '香气' }) }).waitFor();
  });
});

describe('help with a text, on a phone', () => {
  it('is asked for over the keyboard, and decided on by a thumb', async () => {
    await note.openWindow(PHONE);
    await note.open(TEA);
    await note.editor().tap();
    await note.page.keyboard.press('Control+a');
    // Over the keyboard; the one over the selection does the same.
    await button('tool_assist').last().tap();
    await button('assist_rewrite').tap();
    await button('assist_accept').first().waitFor();
    for (const one of await button('assist_accept').all()) {
      const box = await one.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(36);
    }
    await button('assist_accept_all').tap();
    await note.expectStored(REWRITTEN);
  });
});
