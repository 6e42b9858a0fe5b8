import { readFile } from 'node:fs/promises';
import type { Download } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { word } from './browser.js';
import { NotePage } from './note-page.js';

let note: NotePage;

beforeAll(async () => {
  note = await NotePage.create();
});
afterEach(({ task }) => note.check(task));
afterAll(() => note?.remove());

const choose = async (name: string) => {
  await note.button(word('article_actions')).click();
  await note.page.getByRole('menuitem', { name: word('article_export') }).click();
  return note.page.getByRole('dialog').getByRole('button', { name: new RegExp(`^${name}`) });
};
const bytesOf = async (download: Download) => readFile(await download.path());

async function downloaded(press: () => Promise<void>): Promise<Download> {
  const [download] = await Promise.all([note.page.waitForEvent('download'), press()]);
  return download;
}

describe('one note', () => {
  it('is taken away as a web page that stands by itself, and as a document of Word', async () => {
    await note.open('环滁皆山也。\n\n| 山 | 水 |\n|---|---|\n| 琅琊 | 酿泉 |\n\n$a^2$');
    await note.page.locator('[data-save-status="saved"]').waitFor();
    const html = await downloaded(async () => (await choose(word('export_html'))).click());
    expect(html.suggestedFilename()).toBe('醉翁亭记.html');
    const text = (await bytesOf(html)).toString();
    expect(text).toContain('环滁皆山也。');
    expect(text).toContain('酿泉');
    expect(text).not.toContain('<script');
    const docx = await downloaded(async () => (await choose('Word')).click());
    expect(docx.suggestedFilename()).toBe('醉翁亭记.docx');
    expect((await bytesOf(docx)).includes('word/document.xml')).toBe(true);
  });

  it('is opened as a page to print', async () => {
    await note.open('六一居士');
    await note.page.locator('[data-save-status="saved"]').waitFor();
    await note.page.context().addInitScript(() => {
      window.print = () => document.documentElement.setAttribute('data-printed', '');
    });
    const [page] = await Promise.all([
      note.page.waitForEvent('popup'),
      (await choose('PDF')).click(),
    ]);
    await page.getByText('六一居士').waitFor();
    await page.locator('html[data-printed]').waitFor();
    await page.close();
  });

  it('is copied with its style for an editor elsewhere', async () => {
    await note.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await note.open('**醉翁**之意，见[原文](https://example.org/text)。');
    await note.page.locator('[data-save-status="saved"]').waitFor();
    await (await choose(word('export_wechat'))).click();
    await note.page.getByText(word('export_copied')).waitFor();
    const copied = await note.page.evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      return (await item?.getType('text/html'))?.text() ?? '';
    });
    expect(copied).toMatch(/<p style=[^>]*><strong>醉翁/);
    expect(copied).toContain('https://example.org/text');
  });
});

describe('a note with a picture', () => {
  it('is taken away with it as an archive, and the text alone says that it is alone', async () => {
    const png = await note.page.evaluate(async () => {
      const canvas = new OffscreenCanvas(40, 30);
      canvas.getContext('2d')?.fillRect(0, 0, 20, 30);
      const blob = await canvas.convertToBlob({ type: 'image/png' });
      return [...new Uint8Array(await blob.arrayBuffer())];
    });
    const { url } = await note.client.files.upload(new Uint8Array(png), { name: '亭.png' });
    await note.open(`![亭](${url})`);
    await note.page.locator('[data-save-status="saved"]').waitFor();
    const zip = await downloaded(async () => (await choose(word('export_archive'))).click());
    expect(zip.suggestedFilename()).toBe('醉翁亭记.zip');
    const bytes = await bytesOf(zip);
    expect(bytes.includes('notes/醉翁亭记.md')).toBe(true);
    expect(bytes.includes('attachments/亭.png')).toBe(true);
    await choose('Word');
    await note.page.getByText(word('export_markdown_alone_hint')).waitFor();
    await note.page.keyboard.press('Escape');
    const html = await downloaded(async () => (await choose(word('export_html'))).click());
    expect((await bytesOf(html)).toString()).toContain('<img src="data:image/');
  });
});

describe('all notes', () => {
  it('are packed in the background and downloaded as a zip', async () => {
    await note.page.goto('/settings/data');
    await note.button(word('exports_everything')).click();
    const link = note.page.getByRole('link', { name: new RegExp(word('common_download')) });
    await link.waitFor({ timeout: 60_000 });
    const zip = await downloaded(() => link.click());
    expect(zip.suggestedFilename()).toMatch(/\.zip$/);
    const bytes = await bytesOf(zip);
    expect(bytes.includes('manifest.json')).toBe(true);
    expect(bytes.includes('醉翁亭记')).toBe(true);
  });
});

describe('a server that has a Chromium', () => {
  let without: NotePage;
  beforeAll(async () => {
    without = note;
    const CHROMIUM_PATH = process.env.CHROMIUM ?? '/usr/bin/chromium';
    note = await NotePage.create({ CHROMIUM_PATH, CHROMIUM_SANDBOX: 'false' });
  });
  afterAll(async () => {
    await note.remove();
    note = without;
  });

  it('makes the PDF of a note itself', async () => {
    await note.open('醉能同其乐');
    await note.page.locator('[data-save-status="saved"]').waitFor();
    const pdf = await choose('PDF');
    await pdf.getByText(word('export_pdf_file_hint')).waitFor();
    const download = await downloaded(() => pdf.click());
    expect(download.suggestedFilename()).toBe('醉翁亭记.pdf');
    expect((await bytesOf(download)).subarray(0, 5).toString()).toBe('%PDF-');
  });
});
