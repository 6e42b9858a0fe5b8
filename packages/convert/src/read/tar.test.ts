import { gzipSync } from 'node:zlib';
import { makeTar, type TarEntry } from '@ainotebook/testkit';
import { describe, expect, it } from 'vitest';
import { openArchive } from './open-archive.js';
import { fileOf, noteOf, readAll } from './test-support.js';

const id = (letter: string) => letter.repeat(32);

/** An item as Joplin writes it. */
function item(title: string, body: string, properties: Record<string, string | number>): string {
  const lines = Object.entries(properties).map(([name, value]) => `${name}: ${value}`);
  return [title, body, lines.join('\n')].filter((part) => part !== '').join('\n\n');
}

const note = (letter: string, title: string, body: string, more = {}): TarEntry => ({
  name: `${id(letter)}.md`,
  data: item(title, body, {
    id: id(letter),
    parent_id: id('f'),
    created_time: '2020-01-02T03:04:05.678Z',
    updated_time: '2021-01-02T03:04:05.678Z',
    user_created_time: '2019-01-02T03:04:05.678Z',
    encryption_applied: 0,
    markup_language: 1,
    is_todo: 0,
    type_: 1,
    ...more,
  }),
});

const folder = (letter: string, title: string, parent = ''): TarEntry => ({
  name: `${id(letter)}.md`,
  data: item(title, '', { id: id(letter), parent_id: parent, type_: 2 }),
});

describe('a JEX archive of Joplin', () => {
  const archive = makeTar([
    folder('e', '生活'),
    folder('f', '菜谱', id('e')),
    note(
      'a',
      '宫保鸡丁',
      `一行: 不是属性\n\n![图](:/${id('b')}) 见 [红烧肉](:/${id('c')}#步骤)，还有 [不在的](:/${id('0')})。\n\n:/${id('c')} 是代号`,
    ),
    note('c', '红烧肉', '<b>肉</b>', {
      markup_language: 2,
      source_url: 'https://example.org/meat',
    }),
    note('d', '买菜', '', { is_todo: 1, todo_completed: 1_600_000_000_000 }),
    {
      name: `${id('b')}.md`,
      data: item('图.png', '', { id: id('b'), mime: 'image/png', type_: 4 }),
    },
    { name: `resources/${id('b')}.png`, data: 'PNG' },
    { name: `${id('1')}.md`, data: item('川菜', '', { id: id('1'), type_: 5 }) },
    {
      name: `${id('2')}.md`,
      data: item('', '', { id: id('2'), note_id: id('a'), tag_id: id('1'), type_: 6 }).trim(),
    },
  ]);

  it('gives the notes with their notebooks, tags and dates, and nothing of the rest', async () => {
    const part = await readAll(archive, { name: 'all.jex' });
    expect(part).toMatchObject({ program: 'joplin', total: 3, next: null });
    expect(noteOf(part, '宫保鸡丁')).toMatchObject({
      notebooks: ['生活', '菜谱'],
      tags: ['川菜'],
      createdAt: new Date('2019-01-02T03:04:05.678Z'),
      updatedAt: new Date('2021-01-02T03:04:05.678Z'),
    });
  });

  it('names pictures and other notes by where they are in it', async () => {
    const { markdown, links } = noteOf(await readAll(archive), '宫保鸡丁');
    expect(markdown).toBe(
      `一行: 不是属性\n\n![图](resources/${id('b')}.png) 见 [红烧肉](${id('c')}.md)，还有 [不在的](:/${id('0')})。\n\n:/${id('c')} 是代号\n`,
    );
    expect(links.slice(0, 2).map(({ target }) => target)).toEqual([
      `resources/${id('b')}.png`,
      `${id('c')}.md`,
    ]);
    const opened = await openArchive(fileOf(archive));
    expect(String(await opened.read(`resources/${id('b')}.png`, 10))).toBe('PNG');
    await expect(opened.read(`resources/${id('b')}.png`, 2)).rejects.toMatchObject({
      code: 'too_large',
    });
    opened.close();
  });

  it('turns notes in HTML and to-dos into Markdown', async () => {
    const part = await readAll(archive);
    expect(noteOf(part, '红烧肉').markdown).toBe('**肉**\n\n<https://example.org/meat>\n');
    expect(noteOf(part, '买菜').markdown).toBe('- [x] 买菜\n');
  });

  it('says of an encrypted note that it is, and reads the others', async () => {
    const part = await readAll(
      makeTar([note('a', '', 'JED01…', { encryption_applied: 1 }), note('b', '明文', '字')]),
    );
    expect(part.items).toEqual([
      { kind: 'rejected', path: `${id('a')}.md`, reason: 'encrypted' },
      expect.objectContaining({ title: '明文' }),
    ]);
  });

  it('whose folders go in a circle ends', async () => {
    const part = await readAll(
      makeTar([folder('e', '甲', id('f')), folder('f', '乙', id('e')), note('a', '题', '字')]),
    );
    expect(noteOf(part, '题').notebooks).toEqual(['甲', '乙']);
  });
});

describe('any tar', () => {
  it('is read like a folder, also one that is packed', async () => {
    const tar = makeTar([
      { name: 'notes/', type: '5' },
      { name: 'notes/甲.md', data: '# 甲\n\n字' },
    ]);
    for (const bytes of [tar, gzipSync(tar)]) {
      const part = await readAll(bytes, { name: 'notes.tar' });
      expect(noteOf(part, '甲')).toMatchObject({
        markdown: '字',
        updatedAt: new Date('2024-05-06T07:08:10Z'),
      });
    }
  });

  it('has long names in the way of POSIX and of GNU', async () => {
    const long = `${'长'.repeat(60)}.md`;
    const record = `path=${long}\n`;
    const length = Buffer.byteLength(record) + 4;
    const part = await readAll(
      makeTar([
        { name: 'pax', type: 'x', data: `${length} ${record}` },
        { name: 'short.md', data: '# 一' },
        { name: '././@LongLink', type: 'L', data: `gnu/${long}\0` },
        { name: 'short.md', data: '# 二' },
      ]),
    );
    expect(part.items.map(({ path }) => path)).toEqual([`gnu/${long}`, long]);
  });

  it('leads nowhere else', async () => {
    const part = await readAll(
      makeTar([
        { name: 'good.md', data: 'good' },
        { name: 'good.md', data: 'twice' },
        { name: '../evil.md', data: 'x' },
        { name: '/etc/passwd', data: 'x' },
        { name: 'link.md', type: '2', linkName: '/etc/passwd' },
        { name: 'device', type: '3' },
      ]),
    );
    expect(
      part.items.map((one) => ('reason' in one ? `${one.path} ${one.reason}` : one.path)),
    ).toEqual([
      'good.md',
      'good.md unsafe_path',
      '../evil.md unsafe_path',
      '/etc/passwd unsafe_path',
      'link.md link',
      'device unsupported',
    ]);
  });

  it.each([
    ['cut', makeTar([{ name: 'a.md', data: 'x'.repeat(2_000) }]).subarray(0, 1_000)],
    ['with a header that was changed', makeTar([{ name: 'a.md', claimedChecksum: 1 }])],
    ['whose entry is longer than the file', makeTar([{ name: 'a.md', claimedSize: 0o77777777 }])],
    ['of nothing', Buffer.concat([gzipSync(Buffer.alloc(1_024))])],
    ['packed and cut', gzipSync(makeTar([{ name: 'a.md', data: 'x' }])).subarray(0, 40)],
  ])('%s is damaged', async (_what, bytes) => {
    await expect(readAll(bytes, { name: 'x.tar' })).rejects.toMatchObject({ code: 'damaged' });
  });

  it('that unpacks to a huge one is too large', async () => {
    const bomb = gzipSync(Buffer.alloc(130 * 1024 ** 2));
    await expect(readAll(bomb, { name: 'x.tgz' })).rejects.toMatchObject({ code: 'too_large' });
  });
});

describe('a knowledge base of Yuque', () => {
  const card = (name: string, value: unknown, type = 'inline') =>
    `<card type="${type}" name="${name}" value="data:${encodeURIComponent(JSON.stringify(value))}"></card>`;
  const doc = (fields: Record<string, unknown>) =>
    JSON.stringify({ doc: { type: 'Doc', format: 'lake', ...fields }, doc_str: '' });
  const toc = [
    { type: 'META', count: 4 },
    { type: 'TITLE', title: '第一部分', url: '', level: 0 },
    { type: 'DOC', title: '开始', url: 'start', level: 1 },
    { type: 'DOC', title: '下级', url: 'child', level: 2 },
    { type: 'DOC', title: '表格', url: 'sheet', level: 0 },
    { type: 'LINK', title: '外链', url: 'https://example.org', level: 0 },
  ];
  const book = (docs: Record<string, string>) =>
    makeTar([
      {
        name: '123/$meta.json',
        data: JSON.stringify({
          meta: JSON.stringify({ book: { name: '知识库', tocYml: JSON.stringify(toc) } }),
        }),
      },
      ...Object.entries(docs).map(([slug, data]) => ({ name: `123/${slug}.json`, data })),
    ]);
  const read = async (lake: string) =>
    noteOf(
      await readAll(`<!doctype lake><meta name="doc-version" content="1" />${lake}`),
      'source',
    );

  it('keeps the order and the levels of its table of contents', async () => {
    const part = await readAll(
      book({
        child: doc({ title: '下级', body_asl: '<p>丙</p>' }),
        extra: doc({ title: '不在目录里', format: 'markdown', body: '**丁**' }),
        sheet: doc({ title: '表格', type: 'Sheet' }),
        start: doc({
          title: '开始',
          body_asl: '<!doctype lake><p>乙</p>',
          created_at: '2023-01-02T03:04:05.000Z',
          content_updated_at: '2024-01-02T03:04:05.000Z',
        }),
      }),
      { name: '知识库.lakebook' },
    );
    expect(part.program).toBe('yuque');
    expect(
      part.items.map((one) =>
        one.kind === 'note' ? [one.title, one.markdown, ...one.notebooks] : [one.path, one.reason],
      ),
    ).toEqual([
      ['开始', '乙', '知识库', '第一部分'],
      ['下级', '丙', '知识库', '第一部分', '开始'],
      ['123/sheet.json', 'unsupported'],
      ['不在目录里', '**丁**', '知识库'],
    ]);
    expect(noteOf(part, '开始')).toMatchObject({
      createdAt: new Date('2023-01-02T03:04:05Z'),
      updatedAt: new Date('2024-01-02T03:04:05Z'),
    });
  });

  it('without its list is damaged, with a broken document says of that one', async () => {
    await expect(
      readAll(makeTar([{ name: '1/$meta.json', data: '{"meta":"{"}' }])),
    ).rejects.toMatchObject({ code: 'damaged' });
    const part = await readAll(
      book({ start: '{', child: doc({ title: '下级', body: '<p>丙</p>' }) }),
    );
    expect(part.items).toEqual([
      { kind: 'rejected', path: '123/start.json', reason: 'damaged' },
      expect.objectContaining({ title: '下级' }),
    ]);
  });

  it('has its cards as Markdown has them', async () => {
    const lake = [
      `<p>${card('image', { src: 'https://cdn.example.org/a.png', name: 'a.png', title: '流程' })}</p>`,
      card('codeblock', { mode: 'python', code: "print('*hi*')\n" }, 'block'),
      `<p>勾股 ${card('math', { code: 'a^2 + b_1 = c^2' })} 定理</p>`,
      `<p>${card('math', { code: '\\frac{1}{2}' })}</p>`,
      card('diagram', { type: 'mermaid', code: 'graph TD\n  A --> B' }, 'block'),
      card('hr', {}, 'block'),
      `<p>${card('label', { label: '重要' })} 看 ${card('yuque', { src: 'https://www.yuque.com/a/b/c', detail: { title: '那一篇' } })}</p>`,
      `<blockquote class="lake-alert lake-alert-warning"><p>小心</p></blockquote>`,
    ].join('');
    const note = await read(lake);
    expect(note.markdown).toBe(
      [
        '![流程](https://cdn.example.org/a.png)',
        "```python\nprint('*hi*')\n```",
        '勾股 $a^2 + b_1 = c^2$ 定理',
        '$$\n\\frac{1}{2}\n$$',
        '```mermaid\ngraph TD\n  A --> B\n```',
        '***',
        '重要 看 [那一篇](https://www.yuque.com/a/b/c)',
        '> [!WARNING]\n> 小心',
      ].join('\n\n'),
    );
    expect(note.warnings).toEqual([]);
    expect(note.links).toMatchObject([{ target: 'https://cdn.example.org/a.png', label: '流程' }]);
  });

  it('has its lists, which stand side by side, one in another', async () => {
    const { markdown } = await read(
      '<ul list="a"><li>一</li></ul><ul list="a" data-lake-indent="1"><li>一之一</li></ul>' +
        '<ul list="a" data-lake-indent="1"><li>一之二</li></ul><ul list="a"><li>二</li></ul>' +
        '<ol list="b"><li>甲</li></ol><ol list="b" start="2"><li>乙</li></ol>' +
        `<p>完</p><ul><li class="lake-list-task">${'<card type="inline" name="checkbox" value="data:true"></card>'}做了</li></ul>` +
        `<ul><li class="lake-list-task">${'<card type="inline" name="checkbox" value="data:false"></card>'}没做</li></ul>`,
    );
    expect(markdown.replace(/^( *)(-|\d+\.) +/gm, '$1$2 ').replace(/\n\n+/g, '\n')).toBe(
      [
        '- 一',
        '    - 一之一',
        '    - 一之二',
        '- 二',
        '1. 甲',
        '2. 乙',
        '完',
        '- [x] 做了',
        '- [ ] 没做',
      ].join('\n'),
    );
  });

  it('has tables with their first row as the head', async () => {
    const { markdown } = await read(
      '<table class="lake-table"><colgroup><col width="100"></colgroup><tbody>' +
        '<tr><td><p><span>名</span></p></td><td><p>价</p></td></tr>' +
        '<tr><td><p>茶</p></td><td><p><strong>12</strong></p></td></tr></tbody></table>',
    );
    expect(markdown.replace(/ +/g, ' ')).toBe('| 名 | 价 |\n| --- | --- |\n| 茶 | **12** |');
  });

  it('keeps a card that Markdown has no word for, and says so', async () => {
    const note = await read(`<p>前</p>${card('board', { diagramData: { body: [] } }, 'block')}`);
    expect(note.markdown).toContain('```json\n{\n  "diagramData"');
    expect(note.warnings).toEqual([{ code: 'kept_as_source', detail: '<card board>' }]);
  });

  it('makes no link of an address that runs', async () => {
    const { links, markdown } = await read(
      `<p>${card('file', { src: 'javascript:alert(1)', name: 'x' })}</p>`,
    );
    expect(links).toEqual([]);
    expect(markdown).not.toContain('](');
  });

  it('whose table is too deep costs that document', async () => {
    const html = '<main>'.repeat(1_000);
    const part = await readAll(Buffer.from(`<!doctype lake>${card('table', { html }, 'block')}`), {
      name: 'a.lake',
    });
    expect(part.items).toMatchObject([{ kind: 'rejected', reason: 'too_complex' }]);
  });
});
