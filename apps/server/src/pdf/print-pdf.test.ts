import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { writeHtmlDocument } from '@ainotebook/convert/write';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPdfPrinter } from './print-pdf.js';
import { CHROMIUM, pdfText } from './test-support.js';

const path = CHROMIUM ?? '';
const printer = createPdfPrinter({ path, hasSandbox: false });
let people = 0;
/** For somebody else each time. */
const print = (html: Iterable<string>, by = printer) => {
  people += 1;
  return by.print(html, `person ${people}`);
};
const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('ainotebook-pdf-'));

/** A page of ours with this in it. */
const page = (html: string) =>
  writeHtmlDocument({
    title: '京都',
    html,
    locale: 'zh-CN',
    origin: 'https://notes.test',
    aiNotice: null,
    pictures: new Map(),
    isSealed: true,
  });

describe.skipIf(!CHROMIUM)('a page printed by Chromium', { timeout: 60_000 }, () => {
  let asked: string[] = [];
  let canary = '';
  const server = createServer((req, res) => {
    asked.push(req.url ?? '');
    res.end();
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    canary = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it('is a PDF with its text, Chinese too, and leaves nothing behind', async () => {
    const before = folders();
    const pdf = await print(page('<h2>一日</h2><p>The whole text. 清水寺。</p>'));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    const text = await pdfText(pdf);
    expect(text).toContain('清水寺');
    expect(text).toContain('The whole text.');
    expect(folders()).toEqual(before);
  });

  it('reaches no network and no file of the server, and runs nothing', async () => {
    asked = [];
    const hostile = `
      <p>This is the text that is shown.</p>
      <img src="${canary}/image"><link rel="stylesheet" href="${canary}/style">
      <iframe src="${canary}/frame"></iframe><iframe src="file:///etc/passwd"></iframe>
      <script>document.body.append('it ran')</script>
      <style>@import url(${canary}/import); body { background: url(${canary}/background) }</style>`;
    const sealed = await pdfText(await print(page(hostile)));
    expect(sealed).toContain('This is the text that is shown.');
    expect(sealed).not.toMatch(/it ran|root:/);
    // The policy of the page is one lock, having no network the other.
    await print(`<!doctype html>${hostile}`);
    await print(`<meta http-equiv="refresh" content="0; url=${canary}/refresh"><p>a</p>`);
    await print(`<script>fetch('${canary}/fetch')</script><p>a</p>`);
    expect(asked).toEqual([]);
  });

  it('is given up when it takes too long or too much memory', async () => {
    const before = folders();
    const limited = (limits: { timeoutMs: number; bytes: number }) =>
      createPdfPrinter({ path, hasSandbox: false, limits });
    const slow = limited({ timeoutMs: 1, bytes: 1024 ** 3 });
    await expect(print(page('x'), slow)).rejects.toMatchObject({ code: 'timeout' });
    const small = limited({ timeoutMs: 30_000, bytes: 1_000_000 });
    const endless = '<script>for (;;) document.title += "x"</script>';
    await expect(print(endless, small)).rejects.toMatchObject({ code: 'too_large' });
    expect(folders()).toEqual(before);
    // Those who wait have their turn all the same.
    expect((await print(page('after'))).length).toBeGreaterThan(1000);
  });

  it('waits for its turn, and is refused when too many wait', async () => {
    const asks = Array.from({ length: 12 }, () => print(page('x')));
    const settled = await Promise.allSettled(asks);
    const refused = settled.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(3);
    expect(refused[0]).toMatchObject({ reason: { code: 'unavailable' } });
  });

  it('is one at a time for each person', async () => {
    const first = printer.print(page('x'), 'one');
    await expect(printer.print(page('x'), 'one')).rejects.toMatchObject({ code: 'unavailable' });
    expect((await print(page('x'))).length).toBeGreaterThan(1000);
    await first;
    expect((await printer.print(page('x'), 'one')).length).toBeGreaterThan(1000);
  });
});

it('says that it cannot where there is no Chromium, or what is there is none', async () => {
  for (const program of ['/nowhere/chromium', '/bin/true']) {
    const none = createPdfPrinter({ path: program, hasSandbox: true });
    await expect(print('<p>x</p>', none)).rejects.toMatchObject({ code: 'unavailable' });
  }
});
