import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { TRICKY } from '@ainotebook/text/fixtures';
import { describe, expect, it } from 'vitest';
import { type Entry, fromBuffer } from 'yauzl';
import { writeDocx } from './docx.js';
import { type HtmlSource, writeHtmlDocument } from './html-document.js';

const callouts = { note: '说明', tip: '提示', important: '重要', warning: '警告', caution: '当心' };
const docx = (markdown: string, pictures = {}) =>
  writeDocx({
    title: '题目',
    markdown,
    origin: 'https://notes.test',
    pictures,
    callouts,
    createdAt: new Date(0),
    aiNotice: null,
  });

const htmlOf = (source: HtmlSource) => [...writeHtmlDocument(source)].join('');

/** The parts of a DOCX by name. */
function partsOf(bytes: Uint8Array): Promise<Record<string, string>> {
  return new Promise((resolve, reject) => {
    const parts: Record<string, string> = {};
    fromBuffer(Buffer.from(bytes), { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip.on('entry', (entry: Entry) =>
        zip.openReadStream(entry, async (failure, stream: Readable) => {
          if (failure) return reject(failure);
          parts[entry.fileName] = (await buffer(stream)).toString();
          zip.readEntry();
        }),
      );
      zip.on('end', () => resolve(parts));
      zip.readEntry();
    });
  });
}

const textOf = (xml = '') =>
  [...xml.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>/g)].map(([, text]) => text).join('|');

describe('a document of Word', () => {
  it('holds headings, lists, tasks, tables, code, quotes, formulas, footnotes and links', async () => {
    const parts = await partsOf(
      await docx(
        [
          '---\nkey: 1\n---\n\n# 一级\n\n**重** *斜* ~~删~~ ==亮== `码`[^1] [链](https://example.org)',
          '\n- 一\n  - 二\n\n1. 甲\n\n- [x] 完\n\n> 引\n\n> [!TIP]\n> 贴士\n\n```js\nlet a;\n```\n',
          '\n| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n$$\nx^2\n$$\n\n[不开](javascript:alert(1))\n\n[^1]: 脚注文',
        ].join('\n'),
      ),
    );
    const body = parts['word/document.xml'] ?? '';
    expect(textOf(body)).toBe(
      '题目|一级|重| |斜| |删| |亮| |码| |链|一|二|甲|☑ |完|引|提示|贴士|let a;|a|b|1|2|x^2|不开',
    );
    expect(textOf(parts['word/footnotes.xml'])).toContain('脚注文');
    expect(body).toContain('<w:pStyle w:val="Heading1"/>');
    expect(body).toContain('<w:footnoteReference');
    expect(parts['word/_rels/document.xml.rels']).toContain('https://example.org');
    expect(parts['word/_rels/document.xml.rels']).not.toContain('javascript');
  });

  it('holds the pictures it is given, and the words of those it is not', async () => {
    const picture = {
      bytes: new Uint8Array([1, 2, 3]),
      type: 'png' as const,
      width: 1200,
      height: 600,
    };
    const parts = await partsOf(await docx('![有](/a) ![没有](/b)', { '/a': picture }));
    expect(Object.keys(parts).filter((name) => /^word\/media\/./.test(name))).toHaveLength(1);
    expect(textOf(parts['word/document.xml'])).toContain('没有');
  });

  it('leads to files of the server from wherever it is read', async () => {
    const parts = await partsOf(await docx('[a](/api/files/1) [b](//example.org/x)'));
    const links = parts['word/_rels/document.xml.rels'] ?? '';
    expect(links).toContain('Target="https://notes.test/api/files/1"');
    expect(links).not.toContain('example.org');
  });

  it.each(TRICKY)('can be made of %s', async (_name, markdown) => {
    expect((await docx(markdown)).length).toBeGreaterThan(1000);
  });
});

describe('a page that needs nothing else', () => {
  it('holds its pictures and its style, and no script', () => {
    const page = htmlOf({
      title: '<b>题</b>',
      html: '<p><img src="/api/files/1" alt="x" loading="lazy"> <img src="/api/files/2"></p>',
      locale: 'zh-CN',
      origin: 'https://notes.test',
      aiNotice: null,
      pictures: new Map([['/api/files/1', { mediaType: 'image/png', bytes: Buffer.alloc(3) }]]),
    });
    expect(page).toContain('<img src="data:image/png;base64,AAAA" alt="x">');
    expect(page).toContain('src="/api/files/2"');
    expect(page).toContain('&#60;b&#62;题');
    expect(page).toContain('@media print');
    expect(page).not.toContain('<script');
  });

  it('leads to files of the server from wherever it is read, and leaves words as they are', () => {
    const page = htmlOf({
      title: '',
      html: '<p><a href="/api/files/1">x.pdf</a> <a href="#a">a</a> <a href="//example.org">b</a> src="/api/files/1"</p>',
      locale: 'en',
      origin: 'https://notes.test',
      aiNotice: null,
      pictures: new Map([['/api/files/1', { mediaType: 'image/png', bytes: Buffer.alloc(3) }]]),
    });
    expect(page).toContain(
      '<p><a href="https://notes.test/api/files/1">x.pdf</a> <a href="#a">a</a> <a href="//example.org">b</a> src="/api/files/1"</p>',
    );
  });
});

describe('a picture that is shown again and again', () => {
  const bytes = Buffer.alloc(9_000_000, 1);
  const shown = (text: string) => text.split('data:image/png;base64,').length - 1;

  it('fills a page up to a bound; beyond it its address stays', () => {
    const leftOut = new Set<string>();
    const page = htmlOf({
      title: '',
      html: '<p><img src="/a"><img src="/b"></p>'.repeat(70),
      locale: 'en',
      origin: 'https://notes.test',
      onLeftOut: (address) => leftOut.add(address),
      aiNotice: null,
      pictures: new Map([
        ['/a', { mediaType: 'image/png', bytes }],
        ['/b', { mediaType: 'image/png', bytes: Buffer.alloc(3) }],
      ]),
    });
    expect(shown(page)).toBe(4 + 70);
    expect(page.split('src="/a"')).toHaveLength(70 - 4 + 1);
    expect(page.length).toBeLessThan(50_000_000);
    expect([...leftOut]).toEqual(['/a']);
  });

  it('is in a document of Word once, as it is', async () => {
    const picture = { bytes, type: 'png' as const, width: 12, height: 6 };
    const parts = await partsOf(
      await docx('![一](/a) ![二](/a)\n\n'.repeat(100), { '/a': picture }),
    );
    const media = Object.keys(parts).filter((name) => /^word\/media\/./.test(name));
    expect(media).toHaveLength(1);
    expect(parts[media[0] ?? '']).toBe(bytes.toString());
    expect(parts['word/document.xml']?.split('<w:drawing>')).toHaveLength(201);
  });
});

describe('a text that an AI wrote some of', () => {
  const aiNotice = {
    words: '本文 <部分> 由 AI 生成',
    sourceType: 'http://example.org/"composite"',
  };

  it('says so at the top of a page, to people and to programs', () => {
    const source = {
      title: '题',
      html: '<p>文</p>',
      locale: 'zh-CN' as const,
      origin: 'https://notes.test',
      pictures: new Map(),
    };
    const page = htmlOf({ ...source, aiNotice });
    expect(page).toContain(
      '<h1>题</h1>\n<p class="ai">本文 &#60;部分&#62; 由 AI 生成</p>\n<p>文</p>',
    );
    const type = 'content="http://example.org/&#34;composite&#34;"';
    expect(page).toContain(`<meta name="digital-source-type" ${type}>`);
    expect(htmlOf({ ...source, aiNotice: null })).not.toContain('digital-source-type');
  });

  it('says so at the top of a document of Word, and in its properties', async () => {
    const source = {
      title: '题',
      markdown: '文',
      origin: 'https://notes.test',
      pictures: {},
      callouts,
      createdAt: new Date(0),
    };
    const parts = await partsOf(await writeDocx({ ...source, aiNotice }));
    expect(textOf(parts['word/document.xml'])).toBe('题|本文 &lt;部分&gt; 由 AI 生成|文');
    expect(parts['docProps/custom.xml']).toContain('DigitalSourceType');
    expect(parts['docProps/custom.xml']).toContain('composite');
    const without = await partsOf(await writeDocx({ ...source, aiNotice: null }));
    expect(JSON.stringify(without)).not.toContain('DigitalSourceType');
  });
});
