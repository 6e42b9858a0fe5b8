import path from 'node:path';
import { type AiNotebook, createClient } from '@ainotebook/sdk';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { clickInto, launch, zh } from './browser.js';
import { TestServer } from './server.js';
import { signIn } from './visits.mjs';

const WRITER = { email: 'painter@example.org', password: 'correct horse battery' };

const WAIT = { timeout: 30_000 };

let server: TestServer;
let browser: Browser;
let context: BrowserContext;
let client: AiNotebook;
let page: Page;
let articleId = '';

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  const guest = createClient({ baseUrl: server.baseUrl });
  await guest.auth.register({ ...WRITER, displayName: '画师', session: 'token' });
  client = guest.withSession(await guest.auth.login({ ...WRITER, session: 'token' }));
  context = await browser.newContext({
    locale: 'zh-CN',
    baseURL: server.baseUrl,
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(20_000);
  page = await context.newPage();
  await signIn(page, WRITER);
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') {
    const file = `${task.name.replaceAll(/\W+/g, '-').slice(0, 60)}.png`;
    await page.screenshot({ path: path.resolve(import.meta.dirname, '../artifacts', file) });
  }
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

const editor = () => page.getByRole('textbox', { name: zh.editor_label });
const shelf = () => page.getByRole('region', { name: zh.upload_region });
const stored = async () => (await client.articles.get({ id: articleId })).content;

async function open(content: string): Promise<void> {
  articleId = (await client.articles.create({ title: '画', content })).id;
  await page.goto(`/notes/${articleId}`);
  await editor().waitFor();
  await clickInto(editor());
  await page.keyboard.press('Control+End');
}

/** Gives the text a file as a paste or a drop does. */
const give = (kind: 'paste' | 'drop', name: string, type: string) =>
  editor().evaluate(
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

describe('a picture', () => {
  it('that is pasted is uploaded, shown, described by keyboard and saved', async () => {
    await open('前');
    await give('paste', '猫.png', 'image/png');
    const words = shelf().getByLabel(zh.upload_alt);
    await words.waitFor();
    await expect
      .poll(
        () =>
          editor()
            .locator('img[src]')
            .evaluate((img: HTMLImageElement) => img.naturalWidth),
        WAIT,
      )
      .toBe(640);
    const shown = editor().locator('img[src]');
    expect(await shown.getAttribute('srcset')).toMatch(/\/480\.webp 480w, .+\/640\.webp 640w$/);
    expect(await shown.evaluate((img: HTMLImageElement) => img.currentSrc)).toMatch(/\.webp$/);
    await words.fill('一只猫');
    await page.keyboard.press('Enter');
    await shelf().waitFor({ state: 'detached' });
    await expect.poll(stored, WAIT).toMatch(/^前\n\n!\[一只猫\]\(\/api\/files\/[\da-f-]{36}\)\n?$/);
  });

  it('is picked in the source, too, and dropped where it is let go', async () => {
    await open('前\n\n后');
    await page.keyboard.press('Control+Alt+m');
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+End');
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: zh.upload_pick }).click();
    await (await chooser).setFiles({
      name: 'a.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7\nhello'),
    });
    await expect.poll(stored, WAIT).toMatch(/后\[a\.pdf\]\(\/api\/files\/[\da-f-]{36}\)/);
  });

  it('that may not be uploaded says so and can be put away', async () => {
    await open('前');
    await give('drop', 'x.png', 'text/html');
    await shelf()
      .getByRole('alert')
      .getByText(zh.error_file_type_not_allowed ?? '')
      .waitFor();
    await shelf().getByRole('button', { name: zh.common_close }).click();
    await shelf().waitFor({ state: 'detached' });
    expect(await stored()).toBe('前');
  });

  it('waits with its reason while there is no server, and goes when it is asked to again', async () => {
    await open('前');
    await context.route('**/api/files', (route) => route.abort());
    await give('paste', 'b.png', 'image/png');
    await shelf()
      .getByText(zh.upload_offline ?? '')
      .waitFor();
    await context.unroute('**/api/files');
    await shelf().getByRole('button', { name: zh.common_retry }).click();
    await shelf().getByLabel(zh.upload_alt).waitFor();
    await expect.poll(stored, WAIT).toContain('![](/api/files/');
  });
});

it('the settings show what is stored and delete it', async () => {
  await page.goto('/settings/data');
  const rows = page.getByRole('listitem').filter({ hasText: 'a.pdf' });
  await rows.waitFor();
  await rows.getByRole('button').click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: zh.common_delete, exact: true })
    .click();
  await rows.waitFor({ state: 'detached' });
  expect((await client.files.usage()).fileCount).toBeGreaterThan(0);
});
