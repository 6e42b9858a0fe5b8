import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { zh } from './browser.js';
import { NotePage } from './note-page.js';

const PHONE = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const KEYBOARD = 300;

let note: NotePage;

beforeAll(async () => {
  note = await NotePage.create();
  await note.openWindow(PHONE);
});
afterEach(({ task }) => note.check(task));
afterAll(() => note?.remove());

describe('on a phone', () => {
  const bar = () => note.page.getByRole('toolbar', { name: zh.tool_label });
  const tap = (name: string | undefined) =>
    bar()
      .getByRole('button', { name: name ?? '', exact: true })
      .tap();

  it('the tools stand over the keyboard while somebody writes, large enough for a thumb', async () => {
    await note.open('醉翁亭');
    await bar().waitFor();
    const bottom = async () => {
      const box = await bar().boundingBox();
      return box && Math.round(box.y + box.height);
    };
    expect(await bottom()).toBeGreaterThan(730);
    await note.page.evaluate((keyboard) => {
      Object.defineProperty(visualViewport, 'height', { value: innerHeight - keyboard });
      visualViewport?.dispatchEvent(new Event('resize'));
    }, KEYBOARD);
    await expect.poll(bottom).toBeLessThanOrEqual(740 - KEYBOARD);
    for (const button of await bar().getByRole('button').all()) {
      const box = await button.boundingBox();
      expect(Math.min(box?.width ?? 0, box?.height ?? 0)).toBeGreaterThanOrEqual(44);
    }
    await note.page.getByRole('textbox', { name: zh.editor_title }).tap();
    await bar().waitFor({ state: 'detached' });
  });

  it('they do in both editors what they say, and the text keeps the focus', async () => {
    for (const kind of ['rich', 'source'] as const) {
      await note.open('甲');
      if (kind === 'source') {
        await note.switchEditor('source');
        await note.editor().tap();
        await note.page.keyboard.press('Control+End');
      }
      await tap(zh.tool_heading_next);
      await note.expectStored('# 甲');
      await tap(zh.tool_heading_next);
      await note.expectStored('## 甲');
      await tap(zh.tool_heading_next);
      await note.expectStored('### 甲');
      await tap(zh.tool_heading_next);
      await note.expectStored('甲');
      await tap(zh.tool_task);
      await note.expectStored('- [ ] 甲');
      await note.page.keyboard.press('Enter');
      await note.page.keyboard.insertText('乙');
      await tap(zh.tool_indent);
      await note.expectStored('- [ ] 甲\n  - [ ] 乙');
      await tap(zh.tool_outdent);
      await note.expectStored('- [ ] 甲\n- [ ] 乙');
      await tap(zh.common_undo);
      await note.expectStored('- [ ] 甲\n  - [ ] 乙');
      await tap(zh.tool_redo);
      await note.expectStored('- [ ] 甲\n- [ ] 乙');
      if (kind === 'source') await note.switchEditor('rich');
    }
  });
});
