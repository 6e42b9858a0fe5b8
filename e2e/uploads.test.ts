import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { zh } from './browser.js';
import { NotePage } from './note-page.js';

const WAIT = { timeout: 30_000 };

let note: NotePage;

beforeAll(async () => {
  note = await NotePage.create();
});
afterEach(({ task }) => note.check(task));
afterAll(() => note?.remove());

const shelf = () => note.page.getByRole('region', { name: zh.upload_region });

/** Gives the text a file as a paste or a drop does. */
const give = (kind: 'paste' | 'drop', name: string, type: string) =>
  note.editor().evaluate(
    async (element, [event, fileName, mediaType]) => {
      const canvas = new OffscreenCanvas(640, 200);
      const paint = canvas.getContext('2d');
      if (!paint) throw new Error('no canvas');
      paint.fillStyle = `rgb(${Math.random() * 255} 90 120)`;
      paint.fillRect(0, 0, 640, 200);
      const blob = await canvas.convertToBlob({ type: 'image/png' });
      const data = new DataTransfer();
      const body = mediaType === 'image/png' ? blob : new Blob(['<script>alert(1)</script>']);
      data.items.add(new File([body], fileName, { type: mediaType }));
      const target = element.lastElementChild ?? element;
      const { left, top } = target.getBoundingClientRect();
      const at = { bubbles: true, cancelable: true, clientX: left + 5, clientY: top + 5 };
      target.dispatchEvent(
        event === 'paste'
          ? new ClipboardEvent('paste', { ...at, clipboardData: data })
          : new DragEvent('drop', { ...at, dataTransfer: data }),
      );
    },
    [kind, name, type] as const,
  );

/** Pastes a file that the page makes, with what else a browser copies. */
const pasteMade = (made: {
  kind: 'noise' | 'zeros';
  type: string;
  html?: string;
  bytes?: number;
}) =>
  note.page
    .locator('.ProseMirror, .cm-content')
    .evaluate(async (element, { kind, type, ...more }) => {
      const { html, bytes = 0 } = more;
      const data = new DataTransfer();
      if (html) data.setData('text/html', html);
      let body: Blob = new Blob([new Uint8Array(bytes)]);
      if (kind === 'noise') {
        // Random dots do not pack: as a PNG it has about three bytes for each.
        const canvas = new OffscreenCanvas(2400, Math.max(10, Math.ceil(bytes / 2400 / 3)));
        const paint = canvas.getContext('2d');
        if (!paint) throw new Error('no canvas');
        const dots = paint.createImageData(canvas.width, canvas.height);
        for (let at = 0; at < dots.data.length; at += 1)
          dots.data[at] = at % 4 === 3 ? 255 : Math.random() * 255;
        paint.putImageData(dots, 0, 0);
        body = await canvas.convertToBlob({ type });
      }
      data.items.add(new File([body], 'image.png', { type }));
      element.dispatchEvent(
        new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: data }),
      );
    }, made);

describe('a picture', () => {
  it('that is pasted is uploaded, shown, described by keyboard and saved', async () => {
    await note.open('前');
    await give('paste', '猫.png', 'image/png');
    const words = shelf().getByLabel(zh.upload_alt);
    await words.waitFor();
    await expect
      .poll(
        () =>
          note
            .editor()
            .locator('img[src]')
            .evaluate((img: HTMLImageElement) => img.naturalWidth),
        WAIT,
      )
      .toBe(640);
    const shown = note.editor().locator('img[src]');
    expect(await shown.getAttribute('srcset')).toMatch(/\/480\.webp 480w, .+\/640\.webp 640w$/);
    expect(await shown.evaluate((img: HTMLImageElement) => img.currentSrc)).toMatch(/\.webp$/);
    await words.fill('一只猫');
    await note.page.keyboard.press('Enter');
    await shelf().waitFor({ state: 'detached' });
    await expect
      .poll(() => note.stored(), WAIT)
      .toMatch(/^前\n\n!\[一只猫\]\(\/api\/files\/[\da-f-]{36}\)\n?$/);
  });

  it('is picked in the source, too, and dropped where it is let go', async () => {
    await note.open('前\n\n后');
    await note.page.keyboard.press('Control+Alt+m');
    await note.page.locator('.cm-content').click();
    await note.page.keyboard.press('Control+End');
    const chooser = note.page.waitForEvent('filechooser');
    await note.page.getByRole('button', { name: zh.upload_pick }).click();
    await (await chooser).setFiles({
      name: 'a.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7\nhello'),
    });
    await expect
      .poll(() => note.stored(), WAIT)
      .toMatch(/后\[a\.pdf\]\(\/api\/files\/[\da-f-]{36}\)/);
  });

  it.each(['rich', 'source'] as const)(
    'that was copied from a web page is uploaded in the %s editor',
    async (editor) => {
      await note.open('前');
      // The last one used is the one that opens.
      const isThere = note.page.locator(editor === 'rich' ? '.ProseMirror' : '.cm-content');
      if ((await isThere.count()) === 0) await note.switchEditor(editor);
      const html = '<meta charset="utf-8"><img src="https://example.org/a.png" alt="x">';
      await pasteMade({ kind: 'noise', type: 'image/png', html });
      await shelf().getByLabel(zh.upload_alt).waitFor();
      await expect.poll(() => note.stored(), WAIT).toMatch(/!\[\]\(\/api\/files\/[\da-f-]{36}\)/);
      expect(await note.stored()).not.toContain('example.org');
    },
  );

  it('that is too large is made smaller first, and says so', async () => {
    await note.open('前');
    await pasteMade({ kind: 'noise', type: 'image/png', bytes: 9_000_000 });
    const [before, rest = ''] = zh.upload_shrunk.split('{before}');
    await shelf()
      .getByText(before ?? '')
      .waitFor(WAIT);
    await shelf()
      .getByText(rest.split('{after}')[0] ?? '')
      .waitFor();
    await expect.poll(() => note.stored(), WAIT).toContain('![](/api/files/');
    const [kept] = (await note.client.files.list()).items;
    expect(kept).toMatchObject({ mediaType: 'image/webp', picture: { width: 2400 } });
  });

  it('or a file that stays too large says how large it may be', async () => {
    await note.open('前');
    await pasteMade({ kind: 'zeros', type: 'application/pdf', bytes: 6_000_000 });
    const [words = ''] = zh.upload_too_large_for.split('{size}');
    await shelf().getByRole('alert').getByText(`${words}5`).waitFor();
  });

  it('that may not be uploaded says so and can be put away', async () => {
    await note.open('前');
    await give('drop', 'x.png', 'text/html');
    await shelf()
      .getByRole('alert')
      .getByText(zh.error_file_type_not_allowed ?? '')
      .waitFor();
    await shelf().getByRole('button', { name: zh.common_close }).click();
    await shelf().waitFor({ state: 'detached' });
    expect(await note.stored()).toBe('前');
  });

  it('waits with its reason while there is no server, and goes when it is asked to again', async () => {
    await note.open('前');
    await note.page.context().route('**/api/files', (route) => route.abort());
    await give('paste', 'b.png', 'image/png');
    await shelf()
      .getByText(zh.upload_offline ?? '')
      .waitFor();
    await note.page.context().unroute('**/api/files');
    await shelf().getByRole('button', { name: zh.common_retry }).click();
    await shelf().getByLabel(zh.upload_alt).waitFor();
    await expect.poll(() => note.stored(), WAIT).toContain('![](/api/files/');
  });
});

it('the settings show what is stored and delete it', async () => {
  await note.page.goto('/settings/data');
  const rows = note.page.getByRole('listitem').filter({ hasText: 'a.pdf' });
  await rows.waitFor();
  await rows.getByRole('button').click();
  await note.page
    .getByRole('dialog')
    .getByRole('button', { name: zh.common_delete, exact: true })
    .click();
  await rows.waitFor({ state: 'detached' });
  expect((await note.client.files.usage()).fileCount).toBeGreaterThan(0);
});
