import { createHash } from 'node:crypto';
import { makeZip, type ZipEntry } from '@ainotebook/testkit';
import { expect, it } from 'vitest';
import { codesOf, manifestOf, noteOf, readAll, readZip } from './test-support.js';

const ID = '01900000-0000-7000-8000-000000000001';
const HASH = 'a'.repeat(64);
const TEXT = '---\ntitle: "京都"\n---\n\n![](../attachments/p.png)\r\n';

const article = (more: object = {}) => ({
  id: ID,
  notebookId: null,
  title: '京都',
  tags: ['旅行'],
  isPinned: true,
  isArchived: false,
  createdAt: '2026-03-01T08:00:00.000Z',
  updatedAt: '2026-03-02T08:00:00.000Z',
  publication: null,
  links: { '../attachments/p.png': HASH },
  path: 'notes/京都.md',
  size: Buffer.byteLength(TEXT),
  sha256: createHash('sha256').update(TEXT).digest('hex'),
  ...more,
});
const attachment = {
  name: 'p.png',
  mediaType: 'image/png',
  isMissing: false,
  path: 'attachments/p.png',
  size: 3,
  sha256: HASH,
};

/** An archive as ours, with these lines in its manifest. */
const archiveOf = (articles: readonly unknown[], more: readonly ZipEntry[] = [], head = {}) =>
  makeZip([
    { name: 'notes/京都.md', data: TEXT },
    { name: 'attachments/p.png', data: 'png' },
    ...more,
    { name: 'manifest.json', data: manifestOf({ articles, attachments: [attachment] }, head) },
  ]);

it('is read as it was written: text, fields, and which addresses are attachments', async () => {
  const part = await readAll(archiveOf([article()]));
  expect(part).toMatchObject({ program: 'ainotebook', total: 1, next: null });
  expect(noteOf(part, '京都')).toMatchObject({
    markdown: '![](../attachments/p.png)\r\n',
    tags: ['旅行'],
    updatedAt: new Date('2026-03-02T08:00:00Z'),
    links: [{ start: 4, end: 24, form: 'html', target: 'attachments/p.png' }],
    warnings: [],
    // Of an archive that was made before it was told.
    ai: null,
    archived: { id: ID, isPinned: true, isArchived: false },
  });
});

it('takes a note that was changed by hand as any Markdown, and one that was added', async () => {
  const added = { name: 'notes/新/加的.md', data: '# 加的\n\n正文' };
  const part = await readAll(archiveOf([article({ sha256: HASH })], [added]));
  const changed = noteOf(part, 'notes/京都.md');
  expect(changed).toMatchObject({ title: '京都', notebooks: [] });
  expect(changed.archived).toBeUndefined();
  expect(changed.links).toMatchObject([{ form: 'image', target: '../attachments/p.png' }]);
  expect(noteOf(part, '加的')).toMatchObject({ notebooks: ['新'], markdown: '正文' });
  expect(part.total).toBe(2);
});

it('names the notes that are lost or cannot be understood, and takes the others', async () => {
  const part = await readAll(
    archiveOf([
      article({ path: 'notes/gone.md' }),
      { path: 'notes/x.md' },
      article({ path: '../outside.md' }),
      article(),
    ]),
  );
  expect(part.items.map((item) => (item.kind === 'note' ? item.title : item.reason))).toEqual([
    'gone',
    'damaged',
    'damaged',
    '京都',
  ]);
});

it('is not taken for what a later release can read, nor another manifest for ours', async () => {
  const later = readAll(archiveOf([article()], [], { version: 2 }));
  await expect(later).rejects.toMatchObject({ code: 'unsupported' });
  const other = await readZip([
    { name: 'manifest.json', data: '{\n"name": "an extension"\n}' },
    { name: 'a.md', data: 'text' },
  ]);
  expect(other).toMatchObject({ program: 'markdown', total: 2 });
  expect(codesOf(noteOf(other, 'a'))).toEqual([]);
});

it('is damaged when its manifest ends too early', async () => {
  const head =
    '{\n"format":"ainotebook-archive","version":1,"exportedAt":"2026-03-03T08:00:00.000Z","scope":"everything","mayDiffer":[],\n"notebooks":[\n';
  const zip = makeZip([{ name: 'manifest.json', data: head }]);
  await expect(readAll(zip)).rejects.toMatchObject({ code: 'damaged' });
});

it('is not read where its manifest names more than anybody has', async () => {
  const notebooks = Array.from({ length: 10_001 }, (_, i) => ({ id: i }));
  const zip = makeZip([{ name: 'manifest.json', data: manifestOf({ notebooks }) }]);
  await expect(readAll(zip)).rejects.toMatchObject({ code: 'too_complex' });
});
