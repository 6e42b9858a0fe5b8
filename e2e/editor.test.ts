import path from 'node:path';
import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clickInto, compose, launch, zh } from './browser.js';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';

const WRITER = { email: 'ouyang@example.org', password: 'correct horse battery' };

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let client: AiNotebook;
let page: Page;
let articleId = '';
const problems: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  const guest = createClient({ baseUrl: server.baseUrl });
  await guest.auth.register({ ...WRITER, displayName: '醉翁', session: 'token' });
  client = guest.withSession(await guest.auth.login({ ...WRITER, session: 'token' }));
  context = await browser.newContext({
    locale: 'zh-CN',
    baseURL: server.baseUrl,
    viewport: { width: 1280, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text());
  });
  await signIn(page, WRITER);
});
beforeEach(() => {
  problems.length = 0;
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    const file = `${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`;
    await page.screenshot({ path: path.resolve(import.meta.dirname, '../artifacts', file) });
  }
  expect(problems).toEqual([]);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

const editor = () => page.getByRole('textbox', { name: zh.editor_label });
const stored = async () => (await client.articles.get({ id: articleId })).content;
const isSaved = () => page.locator('[data-save-status="saved"]').waitFor();

/** Opens a note with this text and puts the caret to its end. */
async function open(content: string): Promise<void> {
  articleId = (await client.articles.create({ title: '醉翁亭记', content })).id;
  await page.goto(`/notes/${articleId}`);
  await editor().waitFor();
  await clickInto(editor());
  await page.keyboard.press('Control+End');
}

/** Types lines; `Enter` between them. */
async function type(...lines: string[]): Promise<void> {
  for (const [i, line] of lines.entries()) {
    if (i > 0) await page.keyboard.press('Enter');
    await page.keyboard.type(line);
  }
}

const expectStored = (text: string) => expect.poll(stored, { timeout: 30_000 }).toBe(text);

describe('what is typed', () => {
  it('becomes headings, lists, tasks, quotes, code and bold as in Markdown', async () => {
    await open('');
    await type('## 环滁皆山也', '其西南**诸峰**，==林壑==尤美', '- 望之', '蔚然', '');
    await page.keyboard.press('Enter');
    await type('[ ] 山行六七里', '渐闻水声', '');
    await page.keyboard.press('Enter');
    await type('> 醉翁之意');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await type('```js ');
    await type('let wine;');
    await expectStored(
      '## 环滁皆山也\n\n其西南**诸峰**，==林壑==尤美\n\n- 望之\n- 蔚然\n' +
        '- [ ] 山行六七里\n- [ ] 渐闻水声\n\n> 醉翁之意\n\n```js\nlet wine;\n```',
    );
  });

  it('comes from an input method into every kind of block, and no key of it does anything else', async () => {
    await open('# 题\n\n- 项\n\n> 引\n\n| 甲 |\n| - |\n| 乙 |\n\n```\n码\n```\n\n**粗** 尾');
    for (const word of ['题', '项', '引', '乙', '码', '尾']) {
      await clickInto(editor().getByText(word).last());
      await page.keyboard.press('End');
      await compose(page, 'yushi', '于是');
    }
    await expectStored(
      '# 题于是\n\n- 项于是\n\n> 引于是\n\n| 甲   |\n| --- |\n| 乙于是 |\n\n```\n码于是\n```\n\n**粗** 尾于是',
    );
  });

  it('is taken back and brought again', async () => {
    await open('太守');
    await page.keyboard.insertText('与客');
    await expectStored('太守与客');
    await page.keyboard.press('Control+z');
    await expectStored('太守');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Control+Shift+z');
    await expectStored('太守与客');
  });

  it('checks a task by its box and by a key', async () => {
    await open('- [ ] 饮\n- [ ] 醉');
    await page.getByRole('checkbox', { name: zh.task_done }).first().click();
    await expectStored('- [x] 饮\n- [ ] 醉');
    await clickInto(editor().getByText('醉'));
    await page.keyboard.press('Control+Enter');
    await expectStored('- [x] 饮\n- [x] 醉');
  });
});

describe('what is asked for by signs', () => {
  const list = (name: string | undefined) => page.getByRole('listbox', { name });

  it('is found in Chinese, by pinyin, by its initials, after any of three signs', async () => {
    await open('');
    for (const signs of ['/表', '、biaoge', '／bg']) {
      await page.keyboard.insertText(signs);
      await list(zh.block_menu).getByRole('option', { name: zh.tool_table }).waitFor();
      await page.keyboard.press('Escape');
      await list(zh.block_menu).waitFor({ state: 'detached' });
      await page.keyboard.press('Control+a');
      await page.keyboard.press('Delete');
    }
    await type('渔歌/');
    expect(await list(zh.block_menu).count()).toBe(0);
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Delete');
    await type('/bg');
    await list(zh.block_menu).waitFor();
    await page.keyboard.press('Enter');
    await type('山');
    await page.keyboard.press('Tab');
    await compose(page, 'shui', '水');
    await expectStored('| 山 | 水 |   |\n| - | - | - |\n|   |   |   |\n|   |   |   |');
  });

  it('is a note by its title, while an input method is composing too', async () => {
    await client.articles.create({ title: '岳阳楼记', content: '庆历四年春' });
    await open('读');
    await page.keyboard.insertText('【【');
    await list(zh.wiki_menu).waitFor();
    await compose(page, 'yueyang', '岳阳');
    await list(zh.wiki_menu).getByRole('option', { name: '岳阳楼记', exact: true }).waitFor();
    await page.keyboard.press('Enter');
    await type('罢');
    await expectStored('读[[岳阳楼记]]罢');
    await page.locator('.wiki-link').click({ modifiers: ['Control'] });
    await expect
      .poll(() => page.getByRole('textbox', { name: zh.editor_title }).inputValue(), {
        timeout: 20_000,
      })
      .toBe('岳阳楼记');
  });
});

describe('what is selected', () => {
  it('gets its tools over it: bold for words, rows and alignment for a table', async () => {
    await open('负者歌于途\n\n| 甲 | 乙 |\n| - | - |\n| 丙 | 丁 |');
    const tools = page.getByRole('toolbar', { name: zh.context_tools });
    await clickInto(editor().getByText('负者'));
    // The editor takes over where a click put the caret a moment later.
    const select = async () => {
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
      return page.evaluate(() => String(getSelection()));
    };
    await expect.poll(select, { timeout: 10_000 }).toBe('负者');
    await tools.getByRole('button', { name: zh.tool_bold }).click();
    await clickInto(editor().getByText('丁'));
    await tools.getByRole('button', { name: zh.table_align_right }).click();
    await tools.getByRole('button', { name: zh.table_row_add }).click();
    await expectStored('**负者**歌于途\n\n| 甲 |  乙 |\n| - | -: |\n| 丙 |  丁 |\n|   |    |');
  });
});

describe('what is pasted', () => {
  const paste = (data: Record<string, string>) =>
    editor().evaluate((element, given) => {
      const clipboardData = new DataTransfer();
      for (const [kind, value] of Object.entries(given)) clipboardData.setData(kind, value);
      const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
      element.dispatchEvent(event);
    }, data);

  it('as Markdown becomes blocks, as the address of a picture a picture', async () => {
    await open('');
    await paste({ 'text/plain': '## 临溪\n\n- [x] 渔\n- [ ] 酿' });
    await expectStored('## 临溪\n\n- [x] 渔\n- [ ] 酿');
    await open('');
    await paste({ 'text/plain': 'https://example.org/a.png' });
    await expectStored('![](https://example.org/a.png)');
  });

  it('from Word and the web keeps words, lists, tables and bold, and nothing else', async () => {
    await open('');
    const item = (text: string, level: number) =>
      `<p class=MsoListParagraph style='mso-list:l0 level${level} lfo1'><span style='mso-list:Ignore'>·  </span>${text}<o:p></o:p></p>`;
    await paste({
      'text/html': `<html><head><style>p{color:red}</style></head><body><p class=MsoNormal>酿泉\n为酒<span style='font-weight:bold'>泉香</span></p>${item('山肴', 1)}${item('野蔌', 2)}<table><tr><td><p>甲</p></td><td><p>乙</p></td></tr><tr><td>1</td><td>2</td></tr></table><script>alert(1)</script></body></html>`,
    });
    await expectStored(
      '酿泉 为酒**泉香**\n\n- 山肴\n  - 野蔌\n\n| 甲 | 乙 |\n| - | - |\n| 1 | 2 |',
    );
  });
});

describe('what nobody touches', () => {
  const SOURCE =
    '标题\n===\n\n*  一\n*  二\n\n<details>藏</details>\n\n[参考]: https://example.org\n\n见 [参考] 与 [[亭|那亭]]，$x^2$[^1]\n\n[^1]: 注\n\n尾';

  it('stays as it was written, character by character', async () => {
    await open(SOURCE);
    await type('声');
    await expectStored(`${SOURCE}声`);
  });

  it('survives the way to the source and back', async () => {
    await open(SOURCE);
    await page.keyboard.press('Control+Alt+m');
    await page.locator('.cm-content').waitFor();
    expect(await page.locator('.cm-content').innerText()).toContain('*  一');
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    await type('声');
    await page.keyboard.press('Control+Alt+m');
    await page.locator('.ProseMirror').waitFor();
    await expectStored(`${SOURCE}声`);
    expect(await editor().innerText()).toContain('那亭');
    expect(await page.locator('.ProseMirror math').count()).toBe(1);
  });
});

describe('what comes from elsewhere', () => {
  it("is taken over with the caret where it is; undo takes back one's own words only", async () => {
    await open('日出\n\n而林霏开');
    await type('，');
    await expectStored('日出\n\n而林霏开，');
    await isSaved();
    const { revision, title } = await client.articles.get({ id: articleId });
    const data = { title, content: '若夫日出\n\n而林霏开，' };
    await client.articles.save({ id: articleId, data, baseRevision: revision });
    await page.keyboard.insertText('云归');
    await expectStored('若夫日出\n\n而林霏开，云归');
    await expect.poll(() => editor().innerText(), { timeout: 30_000 }).toContain('若夫日出');
    await type('而');
    await expectStored('若夫日出\n\n而林霏开，云归而');
    for (let i = 0; i < 4; i += 1) await page.keyboard.press('Control+z');
    await expectStored('若夫日出\n\n而林霏开');
  });
});
