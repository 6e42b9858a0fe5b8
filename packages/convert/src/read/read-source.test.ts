import { describe, expect, it } from 'vitest';
import { codesOf, docxOf, epubOf, noteOf, pdfOf, readAll, readZip } from './test-support.js';

const GBK = {
  /** 笔记.md */
  name: Buffer.from([0xb1, 0xca, 0xbc, 0xc7, 0x2e, 0x6d, 0x64]),
  /** 你好，世界 */
  data: Buffer.from([0xc4, 0xe3, 0xba, 0xc3, 0xa3, 0xac, 0xca, 0xc0, 0xbd, 0xe7]),
};

describe('Markdown', () => {
  it('turns the front matter of a blog into fields and keeps what is no field', async () => {
    const part = await readAll(
      `---\ntitle: 你好：世界\ndate: 2021-03-04 05:06:07\nupdated: 2022-01-02T03:04:05+08:00\ntags: [旅行, "#饮食"]\ncategories:\n  - 生活\n  - 北京\ndraft: true\nslug: hello\ncover: a.png\n---\n\n# 你好：世界\n\n正文\n`,
      { name: 'hello.md' },
    );
    const note = noteOf(part, 'hello.md');
    expect(note).toMatchObject({
      title: '你好：世界',
      tags: ['旅行', '饮食'],
      notebooks: ['生活', '北京'],
      createdAt: new Date('2021-03-04T05:06:07Z'),
      updatedAt: new Date('2022-01-02T03:04:05+08:00'),
      markdown: '---\nslug: hello\ncover: a.png\n---\n\n# 你好：世界\n\n正文\n',
    });
    expect(codesOf(note)).toEqual(['front_matter_kept']);
  });

  it('reads how much of it an AI wrote, in our words, and leaves those of others', async () => {
    const read = async (head: string) =>
      noteOf(await readAll(`---\n${head}\n---\n\n正文\n`, { name: 'a.md' }), 'a.md');
    expect(await read('ai: partly')).toMatchObject({ ai: 'partly', markdown: '正文\n' });
    expect(await read('ai: gpt')).toMatchObject({
      ai: null,
      markdown: '---\nai: gpt\n---\n\n正文\n',
    });
  });

  it('reads the head that Hugo writes', async () => {
    const part = await readAll(
      '+++\ntitle = "Hugo"\ndate = 2020-01-02T03:04:05Z\ntags = ["a", "b"]\n[menu]\nmain = 1\n+++\nText\n',
      { name: 'h.md' },
    );
    expect(noteOf(part, 'h.md')).toMatchObject({
      title: 'Hugo',
      tags: ['a', 'b'],
      createdAt: new Date('2020-01-02T03:04:05Z'),
      markdown: '```toml\n[menu]\nmain = 1\n```\n\nText\n',
    });
  });

  it('leaves a head alone that is not YAML', async () => {
    const source = '---\n: [\n---\nText\n';
    const note = noteOf(await readAll(source, { name: 'a.md' }), 'a.md');
    expect(note.markdown).toBe(source);
    expect(codesOf(note)).toEqual(['front_matter_broken']);
  });

  it('reads text of Chinese Windows, and says that it guessed', async () => {
    const note = noteOf(await readAll(GBK.data, { name: 'a.txt' }), 'a.txt');
    expect(note.markdown).toBe('你好，世界');
    expect(codesOf(note)).toEqual(['encoding_guessed']);
  });

  it('refuses what is no text', async () => {
    const bytes = Buffer.from([0xff, 0x00, 0x9f, 0x92, 0x00]);
    await expect(readAll(bytes, { name: 'a.md' })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('archives', () => {
  it('reads an Obsidian vault: folders, tags, file names as titles, its links', async () => {
    const part = await readZip([
      { name: 'Vault/.obsidian/app.json', data: '{}' },
      {
        name: 'Vault/日记/今天.md',
        data: '# 标题\n\n去 [[北京|首都]] #旅行\n\n![[图 1.png|300]]\n',
      },
      { name: 'Vault/北京.md', data: '见 [今天](日记/%E4%BB%8A%E5%A4%A9.md)\n' },
      { name: 'Vault/图 1.png', data: 'x' },
      { name: 'Vault/strange.bin', data: 'x' },
    ]);
    expect(part).toMatchObject({ program: 'obsidian', total: 3, next: null });
    expect(noteOf(part, '今天')).toMatchObject({
      notebooks: ['日记'],
      tags: ['旅行'],
      markdown: '# 标题\n\n去 [[北京|首都]] #旅行\n\n![[图 1.png|300]]\n',
      links: [
        { form: 'wiki', target: '北京', label: '首都' },
        { form: 'embed', target: '图 1.png', label: '300' },
      ],
    });
    expect(noteOf(part, '北京')).toMatchObject({
      notebooks: [],
      links: [{ form: 'link', target: '日记/今天.md', label: '今天' }],
    });
    expect(part.items.at(-1)).toEqual({
      kind: 'rejected',
      path: 'Vault/strange.bin',
      reason: 'unsupported',
    });
  });

  it('reads an export of Notion: ids off the names, headings as titles, databases as tables', async () => {
    const id = (n: number) => String(n).repeat(32).slice(0, 32);
    const part = await readZip([
      {
        name: `Home ${id(1)}.md`,
        data: '# Home page\n\nCreated: January 2, 2023 3:04 PM\nTags: x, y\n\nText\n',
      },
      { name: `Home ${id(1)}/Sub ${id(2)}.md`, data: '# Sub\n\nText\n' },
      { name: `Home ${id(1)}/Tasks ${id(3)}.csv`, data: 'Name,Done\n"a, ""b""",|\n' },
    ]);
    expect(part.program).toBe('notion');
    expect(noteOf(part, 'Home page')).toMatchObject({ tags: ['x', 'y'], notebooks: [] });
    expect(noteOf(part, 'Sub').notebooks).toEqual(['Home']);
    expect(noteOf(part, 'Tasks').markdown).toBe('| Name | Done |\n| --- | --- |\n| a, "b" | \\| |');
  });

  it('reads names of Chinese Windows', async () => {
    const part = await readZip([{ name: GBK.name, data: GBK.data }]);
    expect(noteOf(part, '笔记').markdown).toBe('你好，世界');
  });

  it('tells of every file that becomes nothing, of thousands by their folders', async () => {
    const part = await readZip([
      { name: 'a.md', data: 'a' },
      ...['b.canvas', 'c.base', 'd.xlsx', 'e.mp4', 'f.svg'].map((name) => ({ name, data: 'x' })),
      // Whether a note shows these is known when all are read.
      { name: 'g.png', data: 'x' },
    ]);
    expect(part.items.slice(1)).toEqual(
      ['b.canvas', 'c.base', 'd.xlsx', 'e.mp4', 'f.svg'].map((path) => ({
        kind: 'rejected',
        path,
        reason: 'unsupported',
      })),
    );
    const many = Array.from({ length: 1_500 }, (_, i) => ({ name: `s${i % 2}/${i}.js`, data: '' }));
    const large = await readZip([{ name: 'a.md', data: 'a' }, ...many]);
    expect(large.items.map(({ path }) => path)).toEqual(['a.md', 's0/ × 750', 's1/ × 750']);
  });

  it('takes nothing that is not safe, and the rest of the archive', async () => {
    const part = await readZip([
      { name: 'good.md', data: 'good' },
      { name: '../up.md', data: 'x' },
      { name: '/abs.md', data: 'x' },
      { name: 'C:/win.md', data: 'x' },
      { name: 'a\\..\\..\\b.md', data: 'x' },
      { name: 'sym.md', data: '/etc/passwd', mode: 0o120777 },
      { name: 'locked.md', data: 'x', flags: 0x801 },
      { name: 'bomb.md', data: Buffer.alloc(3_000_000) },
      { name: 'lie.md', data: 'longer than it says', claimedSize: 3 },
      { name: 'sum.md', data: 'changed', claimedCrc: 1 },
      { name: 'inner.zip', data: 'PK' },
      { name: 'odd.md', data: 'x', method: 12 },
      { name: 'empty.md', data: '' },
    ]);
    const reasons = Object.fromEntries(
      part.items.flatMap((item) => (item.kind === 'rejected' ? [[item.path, item.reason]] : [])),
    );
    expect(reasons).toEqual({
      '../up.md': 'unsafe_path',
      '/abs.md': 'unsafe_path',
      'C:/win.md': 'unsafe_path',
      'a/../../b.md': 'unsafe_path',
      'sym.md': 'link',
      'locked.md': 'encrypted',
      'bomb.md': 'archive_bomb',
      'lie.md': 'damaged',
      'sum.md': 'damaged',
      'inner.zip': 'damaged',
      'odd.md': 'unsupported',
    });
    expect(noteOf(part, 'good.md').markdown).toBe('good');
    // Its name is its title, and a note of that title is what there was.
    expect(noteOf(part, 'empty.md').title).toBe('empty');
  });

  it('refuses archives that are cut short or hold nothing to read', async () => {
    const { makeZip } = await import('@ainotebook/testkit');
    const whole = makeZip([{ name: 'a.md', data: 'x'.repeat(100) }]);
    await expect(readAll(whole.subarray(0, -10))).rejects.toMatchObject({ code: 'damaged' });
    await expect(readZip([{ name: 'a.png', data: 'x' }])).rejects.toMatchObject({
      code: 'no_notes',
    });
    await expect(readZip([{ name: 'a.md', data: 'x', flags: 0x801 }])).rejects.toMatchObject({
      code: 'encrypted',
    });
  });

  it('is read in parts, each item once', async () => {
    const entries = Array.from({ length: 7 }, (_, i) => ({ name: `${i}.md`, data: 'abc' }));
    const { makeZip } = await import('@ainotebook/testkit');
    const zip = makeZip(entries);
    const seen: string[] = [];
    for (let at: number | null = 0; at !== null; ) {
      const part: Awaited<ReturnType<typeof readAll>> = await readAll(zip, { at, items: 3 });
      seen.push(...part.items.map(({ path }) => path));
      at = part.next;
    }
    expect(seen).toEqual(entries.map(({ name }) => name));
  });
});

describe('documents', () => {
  it('reads a document of Word', async () => {
    const part = await readAll(docxOf('第一段', 'Second'), { name: '报告.docx' });
    expect(part.program).toBe('docx');
    expect(noteOf(part, '报告').markdown).toBe('第一段\n\nSecond');
  });

  it('reads a book, chapter by chapter', async () => {
    const part = await readAll(
      epubOf('书名', ['<h1>开始</h1><p>一</p>', '<p></p>', '<h2>结束</h2><p>三</p>']),
      { name: 'book.epub' },
    );
    expect(part).toMatchObject({ program: 'epub', total: 3 });
    expect(noteOf(part, '1 开始')).toMatchObject({ notebooks: ['书名'], markdown: '# 开始\n\n一' });
    expect(part.items[1]).toMatchObject({ kind: 'rejected', reason: 'empty' });
    expect(noteOf(part, '3 结束').markdown).toBe('## 结束\n\n三');
  });

  it('reads a PDF, and says which pages are pictures', async () => {
    const part = await readAll(pdfOf('A whole sentence stands on this page.', ''), {
      name: 'a.pdf',
    });
    const note = noteOf(part, 'a');
    expect(part.program).toBe('pdf');
    expect(note.markdown).toBe('A whole sentence stands on this page.');
    expect(note.warnings).toEqual([{ code: 'scanned_pages', detail: '1 / 2' }]);
  });

  it('says of a scanned PDF that it holds no text', async () => {
    const part = await readAll(pdfOf('', ''), { name: 'scan.pdf' });
    expect(part.items).toEqual([{ kind: 'rejected', path: 'scan', reason: 'no_text' }]);
    await expect(readAll('%PDF-1.4 junk')).rejects.toMatchObject({ code: 'damaged' });
  });

  it('keeps of HTML what Markdown lacks', async () => {
    const part = await readAll(
      '<!doctype html><title>Page</title><h1>Head</h1><table><tr><td colspan="2">a</td></tr></table><p>H<sub>2</sub>O</p><script>alert(1)</script>',
      { name: 'a.html' },
    );
    const note = noteOf(part, 'Page');
    expect(note.markdown).toContain('colspan="2"');
    expect(note.markdown).toContain('H<sub>2</sub>O');
    expect(note.markdown).not.toContain('alert');
    expect(note.warnings).toContainEqual({ code: 'kept_as_source', detail: '<table>' });
  });

  it('has the tables of HTML as tables, whatever stands for their head', async () => {
    const table = (rows: string) =>
      readAll(`<!doctype html><title>t</title><table>${rows}</table>`);
    for (const rows of [
      '<thead><tr><th>名</th><th>价</th></tr></thead><tbody><tr><td>茶</td><td>1</td></tr></tbody>',
      '<colgroup><col></colgroup><tr><td>名</td><td colspan="1">价</td></tr><tr><td>茶</td><td>1</td></tr>',
    ]) {
      const note = noteOf(await table(rows), 't');
      expect(note.markdown.replace(/ +/g, ' ')).toBe('| 名 | 价 |\n| --- | --- |\n| 茶 | 1 |');
      expect(note.warnings).toEqual([]);
    }
  });

  it('reads a page of the web without its frame, in the charset it names', async () => {
    const text = Array.from(
      { length: 12 },
      () => `<p>${'正文的一句话，讲这一页的事情。'.repeat(8)}</p>`,
    ).join('');
    const html = `<html><head><meta charset="gbk"><title>Title</title></head><body><nav><a href="/x">Menu</a></nav><article><h1>Title</h1>${text}<p><a href="other">link</a><img src="p.png"></p></article></body></html>`;
    const part = await readAll(html, {
      name: 'https://example.org/a/b',
      page: { url: 'https://example.org/a/b', charset: 'utf-8' },
    });
    const note = noteOf(part, 'Title');
    expect(part.program).toBe('page');
    expect(note.markdown).not.toContain('Menu');
    expect(note.markdown).toContain('https://example.org/a/other');
    expect(note.markdown).toMatch(/<https:\/\/example\.org\/a\/b>\n$/);
    expect(note.links).toMatchObject([{ form: 'image', target: 'https://example.org/a/p.png' }]);
  });

  it('makes a note of each folder of bookmarks', async () => {
    const part = await readAll(
      '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p><DT><H3>书签栏</H3><DL><p><DT><A HREF="https://a.test/?x=1&amp;y=2" ADD_DATE="1">A [1]</A><DT><H3>内</H3><DL><p><DT><A HREF="https://b.test">B</A></DL></DL><DT><A HREF="javascript:x">no</A><DT><A HREF="https://c.test">C</A></DL>',
      { name: 'bookmarks.html' },
    );
    expect(part.program).toBe('bookmarks');
    expect(noteOf(part, '书签栏').markdown).toBe(
      '- [A \\[1\\]](<https://a.test/?x=1&y=2>)\n\n## 内\n\n- [B](<https://b.test>)',
    );
    expect(noteOf(part, 'bookmarks').markdown).toBe('- [C](<https://c.test>)');
  });
});
