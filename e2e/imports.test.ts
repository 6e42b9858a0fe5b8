import { randomBytes } from 'node:crypto';
import { makeZip } from '@ainotebook/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { zh } from './browser.js';
import { NotePage } from './note-page.js';

const WAIT = { timeout: 30_000 };
/** A whole PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

let note: NotePage;

beforeAll(async () => {
  note = await NotePage.create();
});
afterEach(({ task }) => note.check(task));
afterAll(() => note?.remove());

const status = (text: string) => note.page.getByRole('status').filter({ hasText: text });

describe('an Obsidian vault', () => {
  it('is looked at, imported with its picture and link, and undone', async () => {
    await note.page.goto('/import');
    const zip = makeZip([
      { name: '.obsidian/app.json', data: '{}' },
      { name: '日记/今天.md', data: '去 [[北京|首都]]\n\n![[图.png]]\n\n![[没有.png]]\n' },
      { name: '北京.md', data: '一座城。\n' },
      { name: '图.png', data: PNG },
      { name: '怪.bin', data: 'x' },
    ]);
    await note.page
      .locator('input[type=file]')
      .setInputFiles({ name: 'vault.zip', mimeType: 'application/zip', buffer: zip });
    await status(zh.import_status_ready).waitFor(WAIT);
    expect((await note.client.articles.list()).items).toEqual([]);
    await note.page.getByText(zh.import_rejected_unsupported).waitFor();

    await note.page.getByRole('button', { name: zh.import_start.replace('{count}', '2') }).click();
    await status(zh.import_status_done).waitFor(WAIT);
    const notes = (await note.client.articles.list()).items;
    expect(notes.map(({ title }) => title).sort()).toEqual(['今天', '北京'].sort());
    await note.page.getByText('没有.png').waitFor();
    await note.page.getByRole('link', { name: '今天', exact: true }).first().click();
    const picture = note.page.locator('img[src^="/api/files/"]').first();
    await picture.waitFor(WAIT);
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth), WAIT)
      .toBe(1);
    const today = notes.find(({ title }) => title === '今天');
    expect((await note.client.articles.get({ id: today?.id ?? '' })).content).toContain(
      '[[北京|首都]]',
    );

    await note.page.goBack();
    await note.page.getByRole('button', { name: zh.import_undo }).click();
    await note.page.getByRole('dialog').getByRole('button', { name: zh.import_undo }).click();
    await status(zh.import_status_undone).waitFor(WAIT);
    expect((await note.client.articles.list()).items).toEqual([]);
    expect(await note.client.notebooks.list()).toEqual([]);
  });

  it('that is broken says so', async () => {
    await note.page.goto('/import');
    await note.page.locator('input[type=file]').setInputFiles({
      name: 'broken.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from('PK\u0003\u0004 cut'),
    });
    await note.page.getByText(zh.import_failure_damaged).waitFor(WAIT);
  });
});

describe('several files', () => {
  const give = (...files: [name: string, data: string | Buffer][]) =>
    note.page.locator('input[type=file]').setInputFiles(
      files.map(([name, data]) => ({
        name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(data),
      })),
    );

  it('are one import, in which notes find each other and their pictures', async () => {
    await note.page.goto('/import');
    await give(
      ['甲.md', '去 [乙](乙.md)\n\n![](图.png)\n'],
      ['乙.md', '乙的正文\n'],
      ['图.png', PNG],
    );
    await status(zh.import_status_ready).waitFor(WAIT);
    await note.page.getByText(`${zh.import_bundle.replace('{count}', '3')}.zip`).waitFor();
    await note.page.getByRole('button', { name: zh.import_start.replace('{count}', '2') }).click();
    await status(zh.import_status_done).waitFor(WAIT);
    const notes = (await note.client.articles.list()).items;
    const first = notes.find(({ title }) => title === '甲');
    const { content } = await note.client.articles.get({ id: first?.id ?? '' });
    expect(content).toMatch(/\[\[乙\]\]|\]\(\/notes\//);
    expect(content).toContain('![](/api/files/');
  });

  it('that are documents are an import each, and all are told of', async () => {
    await note.page.goto('/import');
    await give(['一.docx', 'no document'], ['二.docx', 'none either']);
    await note.page.getByText(zh.import_sent.replace('{count}', '2')).waitFor(WAIT);
    for (const name of ['一.docx', '二.docx']) {
      await note.page.getByRole('link', { name }).waitFor();
    }
  });
});

describe('a large archive', () => {
  /** Three parts. */
  const zip = makeZip([
    { name: '大.md', data: '# 大\n\n很大的一个包。\n' },
    { name: '附件.pdf', data: randomBytes(9_000_000) },
  ]);
  const give = (name = 'large.zip', buffer = zip) =>
    note.page
      .locator('input[type=file]')
      .setInputFiles({ name, mimeType: 'application/zip', buffer });
  const button = (name: string) => note.page.getByRole('button', { name, exact: true });
  const received = async () => (await note.client.imports.list()).items[0]?.upload?.received;

  it('is sent in parts, paused, and goes on after a reload with the same file', async () => {
    await note.page.goto('/import');
    let parts = 0;
    await note.page.context().route('**/api/imports/*/source', async (route) => {
      parts += 1;
      // The second does not arrive, nor does it come back.
      if (parts !== 2) await route.continue();
    });
    await give();
    await expect.poll(received, WAIT).toBe(4_194_304);
    await button(zh.import_upload_pause).click();
    await button(zh.import_upload_resume).waitFor();
    expect(parts).toBe(2);
    await note.page.reload();
    await status(zh.import_status_uploading).waitFor(WAIT);
    await note.page.getByText(zh.import_upload_again.replace('{name}', 'large.zip')).waitFor(WAIT);
    await give('other.zip', Buffer.from('PK another'));
    await note.page.getByRole('alert').waitFor();
    await give();
    await status(zh.import_status_ready).waitFor(WAIT);
    expect(parts).toBe(4);
    await note.page.getByText('大', { exact: true }).waitFor(WAIT);
  });

  it('waits for a server that is away, and goes on by itself', async () => {
    await note.page.goto('/import');
    let isAway = true;
    await note.page.context().unroute('**/api/imports/*/source');
    await note.page.context().route('**/api/imports/*/source', async (route) => {
      if (isAway) await route.abort();
      else await route.continue();
    });
    await give();
    await status(zh.import_upload_waiting).waitFor(WAIT);
    isAway = false;
    await status(zh.import_status_ready).waitFor(WAIT);
    await note.page.context().unroute('**/api/imports/*/source');
  });

  it('is given up, and nothing of it is left', async () => {
    await note.page.goto('/import');
    await note.page.context().route('**/api/imports/*/source', () => undefined);
    await give();
    await button(zh.import_upload_cancel).click();
    await note.page.getByText(zh.import_drop).waitFor(WAIT);
    expect((await note.client.imports.list()).items.filter(({ upload }) => upload)).toEqual([]);
    await note.page.context().unroute('**/api/imports/*/source');
  });
});
