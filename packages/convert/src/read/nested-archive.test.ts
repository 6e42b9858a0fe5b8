import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeTar, makeZip, type ZipEntry } from '@ainotebook/testkit';
import { describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from './archive.js';
import { openNested } from './nested-archive.js';
import {
  codesOf,
  docxOf,
  epubOf,
  fileOf,
  manifestOf,
  noteOf,
  readAll,
  readZip,
} from './test-support.js';

const id = (digit: string) => digit.repeat(32);
const zip = (name: string, entries: readonly ZipEntry[], method = 8) => ({
  name,
  data: makeZip(entries),
  method,
});
const pathsOf = (part: Awaited<ReturnType<typeof readZip>>) =>
  part.items.map((item) => `${item.kind === 'note' ? 'note' : item.reason} ${item.path}`).sort();

describe('an export of Notion that was cut into parts', () => {
  const read = () =>
    readZip([
      zip('Export-1/ExportBlock-x-Part-1.zip', [
        { name: 'index.html', data: '<h1>contents</h1>' },
        {
          name: `我的空间/日记 ${id('a')}.md`,
          data: `# 日记\n\n[计划](%E8%AE%A1%E5%88%92%20${id('b')}.md) ![](${encodeURIComponent(`日记 ${id('a')}`)}/p.png)\n`,
        },
      ]),
      zip(
        'Export-1/ExportBlock-x-Part-2.zip',
        [
          { name: 'index.html', data: '<h1>more contents</h1>' },
          { name: `我的空间/计划 ${id('b')}.md`, data: '# 计划\n\n下周\n' },
          { name: `我的空间/想法 ${id('c')}.md`, data: '# 想法\n\n明天\n' },
          { name: `我的空间/日记 ${id('a')}/p.png`, data: 'picture' },
        ],
        0,
      ),
    ]);

  it('is one: its notes stand beside each other, wherever they were packed', async () => {
    const part = await read();
    expect(part.program).toBe('notion');
    const diary = noteOf(part, '日记');
    expect(diary.notebooks).toEqual(['我的空间']);
    expect(noteOf(part, '计划').notebooks).toEqual(['我的空间']);
    expect(codesOf(diary)).toEqual([]);
    // What both parts have under one name is there twice, and neither is lost.
    expect(part.items.filter((item) => item.path.endsWith('index.html'))).toHaveLength(2);
  });

  it('finds links and pictures across its parts', async () => {
    const file = fileOf(
      makeZip([
        zip('Part-1.zip', [{ name: 'a.md', data: 'a' }]),
        zip('Part-2.zip', [{ name: 'a/p.png', data: 'picture' }]),
      ]),
    );
    const archive = await openNested(file, mkdtempSync(path.join(tmpdir(), 'ainotebook-nested-')));
    expect([...archive.entries.keys()].sort()).toEqual(['a.md', 'a/p.png']);
    expect((await archive.read('a/p.png', 100)).toString()).toBe('picture');
    await expect(archive.read('b.png', 100)).rejects.toMatchObject({ code: 'gone' });
    archive.close();
  });
});

describe('what is all that a zip holds', () => {
  const only = (name: string, data: Buffer | string) =>
    readZip([
      { name: '__MACOSX/._x', data: 'x' },
      { name, data },
    ]);

  it('is read as if the zip were not there', async () => {
    expect(await only('vault.zip', makeZip([{ name: 'a/b.md', data: 'text' }]))).toMatchObject({
      total: 1,
      items: [{ kind: 'note', path: 'a/b.md', title: 'b' }],
    });
    const joplin = makeTar([
      { name: `${id('a')}.md`, data: 'Title\n\ntext\n\nparent_id: \ntype_: 1' },
    ]);
    expect(await only('notes.jex', joplin)).toMatchObject({ program: 'joplin', total: 1 });
    expect(await only('doc.zip', docxOf('one'))).toMatchObject({ program: 'docx', total: 1 });
    expect(await only('文档/doc.docx', docxOf('one'))).toMatchObject({ program: 'docx', total: 1 });
    const book = epubOf('book', ['<h1>a</h1>', '<p>b</p>']);
    expect(await only('book.epub', book)).toMatchObject({ program: 'epub', total: 2 });
    const ours = makeZip([{ name: 'manifest.json', data: manifestOf({ notebooks: [] }) }]);
    expect(await only('export.zip', ours)).toMatchObject({ program: 'ainotebook', total: 0 });
  });

  it('is refused as a whole for what is wrong with it', async () => {
    await expect(only('a.zip', 'PK\x03\x04 junk')).rejects.toMatchObject({ code: 'damaged' });
    await expect(only('a.zip', makeZip([]))).rejects.toMatchObject({ code: 'no_notes' });
  });
});

describe('an archive beside notes', () => {
  it('comes under its own name when it holds notes, and stays a file when it does not', async () => {
    const part = await readZip([
      { name: 'vault/a.md', data: 'a' },
      zip('vault/old.zip', [{ name: 'b.md', data: 'b' }]),
      zip('vault/code.zip', [{ name: 'main.c', data: 'c' }]),
      zip('vault/_resources/deep.zip', [{ name: 'c.md', data: 'c' }]),
      { name: 'vault/d.jex', data: makeTar([{ name: 'd.md', data: 'd' }]) },
    ]);
    expect(pathsOf(part)).toEqual([
      'nested_archive vault/_resources/deep.zip',
      'nested_archive vault/code.zip',
      'nested_archive vault/d.jex',
      'note vault/a.md',
      'note vault/old/b.md',
    ]);
    expect(noteOf(part, 'b').notebooks).toEqual(['old']);
  });

  it('is an item that says what is wrong with it, and nothing to the others', async () => {
    const part = await readZip([
      { name: 'a.md', data: 'a' },
      { name: 'b.zip', data: 'PK\x03\x04 junk' },
      { ...zip('c.zip', [{ name: 'c.md', data: 'c' }]), claimedCrc: 1 },
      zip('d.zip', [
        { name: 'd.md', data: 'd' },
        { name: '../e.md', data: 'e' },
        { name: 'f.md', data: 'f', flags: 0x801 },
      ]),
    ]);
    expect(pathsOf(part)).toEqual([
      'damaged b.zip',
      'damaged c.zip',
      'encrypted d/f.md',
      'note a.md',
      'note d/d.md',
      'unsafe_path d/../e.md',
    ]);
  });

  it('is opened one level deep: what is in it stays closed', async () => {
    const deepest = zip('three.zip', [{ name: 'three.md', data: '3' }]);
    const part = await readZip([
      zip('one.zip', [{ name: 'one.md', data: '1' }, zip('two.zip', [deepest])]),
    ]);
    expect(pathsOf(part)).toEqual(['nested_archive two.zip', 'note one.md']);
  });
});

describe('limits', () => {
  it('hold for both archives together: what looks harmless in each may be a bomb in all', async () => {
    // Each entry packs to a ninetieth, and the archive of a hundred alike to a thirtieth.
    const data = Buffer.concat([randomBytes(15_000), Buffer.alloc(1_500_000)]);
    const bomb = makeZip(Array.from({ length: 100 }, (_, i) => ({ name: `${i}.txt`, data })));
    const whole = [
      { name: 'a.md', data: 'a' },
      { name: 'bomb.zip', data: bomb },
    ];
    expect(bomb.length).toBeGreaterThan(data.length);
    expect(bomb.length / makeZip(whole).length).toBeLessThan(100);
    const part = await readZip(whole);
    expect(part.items).toHaveLength(101);
    const refused = part.items.filter((item) => item.kind === 'rejected');
    expect(new Set(refused.map(({ reason }) => reason))).toEqual(new Set(['archive_bomb']));
    expect(refused).toHaveLength(100);
    expect(noteOf(part, 'a').markdown.trim()).toBe('a');
  });

  it('do not unpack an archive that is a bomb to the one around it', async () => {
    const stored = makeZip([{ name: 'a.md', data: Buffer.alloc(30_000_000), method: 0 }]);
    const part = await readZip([
      { name: 'b.md', data: 'b' },
      { name: 'x.zip', data: stored },
    ]);
    expect(pathsOf(part)).toEqual(['archive_bomb x.zip', 'note b.md']);
  });

  it('count the bytes and the files of all', async () => {
    const before = { ...ARCHIVE_LIMITS };
    const bytes = [
      zip('Part-1.zip', [{ name: 'a.md', data: 'a'.repeat(700) }]),
      zip('Part-2.zip', [{ name: 'b.md', data: 'b'.repeat(700) }]),
    ];
    try {
      ARCHIVE_LIMITS.totalBytes = 1_000;
      await expect(readZip(bytes)).rejects.toMatchObject({ code: 'too_large' });
      Object.assign(ARCHIVE_LIMITS, before);
      ARCHIVE_LIMITS.entries = 2;
      expect(await readZip(bytes)).toMatchObject({ total: 2 });
      ARCHIVE_LIMITS.entries = 1;
      await expect(readZip(bytes)).rejects.toMatchObject({ code: 'too_many_files' });
    } finally {
      Object.assign(ARCHIVE_LIMITS, before);
    }
  });

  it('open no more than fifty archives', async () => {
    const many = Array.from({ length: 52 }, (_, i) =>
      zip(`${String(i).padStart(2, '0')}.zip`, [{ name: 'a.md', data: 'a' }]),
    );
    // Notes do not count.
    const notes = Array.from({ length: 60 }, (_, i) => ({ name: `0 ${i}.md`, data: 'b' }));
    const part = await readZip([...notes, ...many]);
    const closed = part.items.filter((item) => item.kind === 'rejected');
    expect(closed).toMatchObject([
      { path: '50.zip', reason: 'nested_archive' },
      { path: '51.zip', reason: 'nested_archive' },
    ]);
    expect(part.total).toBe(112);
  });
});

it('is unpacked once, and anew when somebody has cleared the folder', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-nested-'));
  const file = fileOf(makeZip([zip('Part-1.zip', [{ name: 'a.md', data: 'text' }])]));
  const read = async () => {
    const archive = await openNested(file, folder);
    const bytes = await archive.read('a.md', 100);
    archive.close();
    return bytes.toString();
  };
  expect(await read()).toBe('text');
  const [name = ''] = readdirSync(folder);
  expect(readdirSync(folder)).toEqual([name]);
  expect(await read()).toBe('text');
  expect(readdirSync(folder)).toEqual([name]);
  // Half of one, as a process that died would leave if it wrote there.
  writeFileSync(path.join(folder, name), 'PK');
  expect(await read()).toBe('text');
});

it('gives the same parts however it is asked', async () => {
  const bytes = makeZip([
    zip('Part-1.zip', [
      { name: 'a.md', data: 'a' },
      { name: 'b.md', data: 'b' },
    ]),
    zip('Part-2.zip', [{ name: 'c.md', data: 'c' }]),
  ]);
  const whole = await readAll(bytes, { name: 'x.zip' });
  const single = [];
  for (let at: number | null = 0; at !== null; ) {
    const part = await readAll(bytes, { name: 'x.zip', at, items: 1 });
    single.push(...part.items);
    at = part.next;
  }
  expect(single).toEqual(whole.items);
});
