import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clickInto, zh } from './browser.js';
import { NotePage } from './note-page.js';

let note: NotePage;

beforeAll(async () => {
  note = await NotePage.create();
});
afterEach(({ task }) => note.check(task));
afterAll(() => note?.remove());

/** Written as nobody's normal form would be. */
const SETEXT = '醉翁\n===';
const LIST = '*  环滁\n*  皆山';
const RAW = '<details>藏</details>';
const SOURCE = [SETEXT, LIST, RAW, '归'].join('\n\n');

const press = (keys: string) => note.page.keyboard.press(keys);
const handle = () => note.button(zh.block_handle);
const choose = (name: string | undefined) =>
  note.page.getByRole('menuitem', { name: name ?? '', exact: true }).click();

async function hover(words: string): Promise<void> {
  await note.editor().getByText(words).first().hover();
  await handle().waitFor();
}

describe('a block', () => {
  it('moves by keys and keeps its source character by character; one step takes it back', async () => {
    await note.open(SOURCE);
    await clickInto(note.editor().getByText('醉翁'));
    await press('Alt+Shift+ArrowDown');
    await note.expectStored([LIST, SETEXT, RAW, '归'].join('\n\n'));
    await press('Control+Alt+ArrowDown');
    await note.expectStored([LIST, RAW, SETEXT, '归'].join('\n\n'));
    for (let i = 0; i < 2; i += 1) await press('Control+z');
    await note.expectStored(SOURCE);
    await clickInto(note.editor().getByText('归'));
    await press('Alt+Shift+ArrowDown');
    await press('Alt+Shift+ArrowUp');
    await note.expectStored([SETEXT, LIST, '归', RAW].join('\n\n'));
  });

  it('of a list moves within it, and at its end with it', async () => {
    await note.open('望\n\n- 甲\n- 乙\n  - 丙\n  - 丁');
    await clickInto(note.editor().getByText('丁'));
    await press('Alt+Shift+ArrowUp');
    await note.expectStored('望\n\n- 甲\n- 乙\n  - 丁\n  - 丙');
    await press('Alt+Shift+ArrowUp');
    await note.expectStored('望\n\n- 乙\n  - 丁\n  - 丙\n- 甲');
    await press('Alt+Shift+ArrowUp');
    await note.expectStored('- 乙\n  - 丁\n  - 丙\n- 甲\n\n望');
  });

  it('is dragged by its handle to another place, as it was written', async () => {
    await note.open(SOURCE);
    await hover('醉翁');
    const target = note.editor().getByText('归');
    // Behind its words is behind the block.
    await handle().dragTo(target, { targetPosition: { x: 60, y: 12 } });
    await note.expectStored([LIST, RAW, '归', SETEXT].join('\n\n'));
    await press('Control+z');
    await note.expectStored(SOURCE);
  });

  it('has a menu: it is doubled, turned into something else and deleted, each in one step', async () => {
    await note.open(SOURCE);
    await hover('醉翁');
    await handle().click();
    await choose(zh.block_duplicate);
    await note.expectStored([SETEXT, SETEXT, LIST, RAW, '归'].join('\n\n'));
    await hover('归');
    await handle().click();
    await choose(zh.tool_task);
    await note.expectStored([SETEXT, SETEXT, LIST, RAW, '- [ ] 归'].join('\n\n'));
    await press('Control+z');
    await note.expectStored([SETEXT, SETEXT, LIST, RAW, '归'].join('\n\n'));
    await hover('环滁');
    await handle().click();
    await choose(zh.common_delete);
    await note.expectStored([SETEXT, SETEXT, '- 皆山', RAW, '归'].join('\n\n'));
  });

  it('shows its menu by a key, and gives the keyboard back to the text', async () => {
    await note.open('山\n\n水');
    // The tools come a moment after the text.
    await hover('水');
    await press('Alt+Enter');
    await note.page.getByRole('menu').waitFor();
    await press('Escape');
    await note.page.getByRole('menu').waitFor({ state: 'detached' });
    await expect
      .poll(() => note.editor().evaluate((it) => it.contains(document.activeElement)))
      .toBe(true);
    await press('Alt+Enter');
    await note.page.getByRole('menu').waitFor();
    await press('ArrowDown');
    await press('Enter');
    await note.expectStored('水\n\n山');
  });

  it('of the source is its lines', async () => {
    await note.open('山\n\n水');
    await note.switchEditor('source');
    await note.page.locator('.cm-content').click();
    await press('Control+End');
    await press('Alt+Shift+ArrowUp');
    await note.expectStored('山\n水\n');
    await note.switchEditor('rich');
  });
});
