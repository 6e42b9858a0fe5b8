import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RecordOf } from '../format/manifest.js';
import type { ReadItem, ReadPart } from '../read/items.js';
import { openArchive } from '../read/open-archive.js';
import { openOwnManifest, readRecord } from '../read/own-manifest.js';
import { readSource } from '../read/read-source.js';
import { fileOf } from '../read/test-support.js';
import { writeLinks } from '../read/write-links.js';
import { createArchiveWriter, type FileToArchive, type NoteToArchive } from './archive.js';

const tempFolder = mkdtempSync(path.join(tmpdir(), 'ainotebook-archive-'));
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

interface Workspace {
  notebooks: { id: string; parentId: string | null; name: string }[];
  notes: NoteToArchive[];
  files: (FileToArchive & { bytes: Buffer })[];
}

async function write({ notebooks, notes, files }: Workspace, exportedAt = new Date(0)) {
  const output = new PassThrough();
  const whole = buffer(output);
  const options = { output, tempFolder, scope: 'everything' as const, exportedAt };
  const writer = await createArchiveWriter({ ...options, notebooks, files });
  for (const note of notes) await writer.addNote(note);
  for (const file of files) await writer.addFile(file, async () => Readable.from([file.bytes]));
  await writer.addDocument('account/profile.json', { name: '小明' });
  await writer.finish();
  await writer.close();
  return whole;
}

/** Reads an archive as an import does: its notes by `readSource`, and their addresses as of today. */
async function read(zip: Buffer): Promise<Workspace & { paths: string[] }> {
  const file = fileOf(zip);
  const archive = await openArchive(file);
  const manifest = await openOwnManifest(archive);
  if (!manifest) throw new Error('no manifest');
  const workspace: Workspace & { paths: string[] } = {
    notebooks: [],
    notes: [],
    files: [],
    paths: [],
  };
  const records = new Map<string, RecordOf<'articles'>>();
  const hashes = new Map<string, string>();
  for await (const { section, json } of manifest.lines()) {
    const record = readRecord(section, json);
    if (!record) throw new Error(`unreadable: ${json}`);
    workspace.paths.push(record.path);
    if ('parentId' in record) {
      const { path: _, ...notebook } = record;
      workspace.notebooks.push(notebook);
    }
    if ('mediaType' in record) {
      const { name, mediaType, size, sha256: hash } = record;
      const bytes = await archive.read(record.path, 1_000_000);
      hashes.set(record.path, hash);
      workspace.files.push({ id: idFor(hash), name, mediaType, size, sha256: hash, bytes });
    }
    if ('tags' in record) records.set(record.path, record);
  }
  archive.close();
  for (let at: number | null = 0; at !== null; ) {
    const part: ReadPart = await readSource(
      { file, folder: path.dirname(file), name: 'export.zip' },
      { at, items: 5, length: 1_000_000 },
    );
    expect(part.program).toBe('ainotebook');
    workspace.notes.push(...part.items.map((item) => noteOf(item, records, hashes)));
    at = part.next;
  }
  return workspace;
}

function noteOf(
  item: ReadItem,
  records: ReadonlyMap<string, RecordOf<'articles'>>,
  hashes: ReadonlyMap<string, string>,
): NoteToArchive {
  const record = records.get(item.path);
  if (item.kind !== 'note' || !item.archived || !record) throw new Error(JSON.stringify(item));
  const { title, tags, createdAt, updatedAt, ai, archived } = item;
  if (!createdAt || !updatedAt) throw new Error('a date is lost');
  const { markdown: content } = writeLinks(item, ({ target }) => {
    const hash = hashes.get(target) ?? '';
    return { kind: 'file', url: `/api/files/${idFor(hash)}`, isPicture: false };
  });
  const { notebookId, publication } = record;
  return { ...archived, title, tags, ai, content, createdAt, updatedAt, notebookId, publication };
}

/** In these tests the id of a file follows from its bytes. */
const idFor = (hash: string) =>
  hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const anyName = fc.oneof(
  fc.constantFrom('', '笔记', 'con', 'a/b', '..', ' x. ', 'É', 'e\u0301', 'README', 'readme'),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('国', 'a', '👩‍👩‍👧'), minLength: 60, maxLength: 90 }),
);
// One line, as titles and names of notebooks are.
const anyTitle = anyName.map((name) =>
  name
    .replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '')
    .trim()
    .slice(0, 80)
    .toWellFormed(),
);
const anyDate = fc.date({
  min: new Date('1970-01-03'),
  max: new Date('2026-01-01'),
  noInvalidDate: true,
});

const workspaces = fc
  .record({
    files: fc.uniqueArray(
      fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }), name: anyName }),
      { maxLength: 5, selector: ({ bytes }) => bytes.join() },
    ),
    notebooks: fc.array(fc.record({ id: fc.uuid(), name: anyTitle, parent: fc.nat(8) }), {
      maxLength: 8,
    }),
    notes: fc.array(
      fc.record({
        id: fc.uuid(),
        notebook: fc.nat(9),
        title: anyTitle,
        pieces: fc.array(
          fc.oneof(
            fc.string({ unit: 'binary', maxLength: 40 }),
            fc.nat(5),
            fc.constantFrom('---\n', '\r\n', '](', '[图](', ')', ' ', '../attachments/a.png', './'),
          ),
          { maxLength: 12 },
        ),
        tags: fc.uniqueArray(fc.constantFrom('旅行', 'idea', '"quoted"', "it's"), { maxLength: 3 }),
        isPinned: fc.boolean(),
        isArchived: fc.boolean(),
        ai: fc.constantFrom(null, 'partly', 'mostly'),
        createdAt: anyDate,
        updatedAt: anyDate,
      }),
      { maxLength: 12 },
    ),
  })
  .map(({ files, notebooks, notes }): Workspace => {
    const kept = files
      .map(({ bytes: array, name }) => {
        const bytes = Buffer.from(array);
        const hash = sha256(bytes);
        const common = { mediaType: 'image/png', size: bytes.length, sha256: hash, bytes };
        return { ...common, id: idFor(hash), name: `${name}.png` };
      })
      .sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
    const tree = notebooks.map(({ id, name, parent }, index) => ({
      id,
      name: name || '无名',
      parentId: notebooks[Math.min(parent, index - 1)]?.id ?? null,
    }));
    return {
      files: kept,
      notebooks: tree,
      notes: notes.map(({ pieces, notebook, ...note }) => ({
        ...note,
        notebookId: tree[notebook]?.id ?? null,
        publication: null,
        content: pieces
          .map((piece) =>
            typeof piece === 'string'
              ? piece.replaceAll('\0', '')
              : `![](/api/files/${kept[piece]?.id ?? '0190'})`,
          )
          .join('')
          .toWellFormed(),
      })),
    };
  });

const named = ({ files, notes }: Workspace) =>
  files.filter(({ id }) => notes.some(({ content }) => content.includes(`(/api/files/${id}`)));

describe('an archive', () => {
  it('gives back the workspace that was written, whatever is in it', async () => {
    await fc.assert(
      fc.asyncProperty(workspaces, async (workspace) => {
        const { paths, ...again } = await read(await write(workspace));
        expect(again.notebooks).toEqual(workspace.notebooks);
        expect(again.notes).toEqual(workspace.notes);
        const withoutIds = (files: Workspace['files']) => files.map(({ id: _, ...file }) => file);
        expect(withoutIds(again.files)).toEqual(withoutIds(workspace.files));
        for (const { sha256: hash } of named(workspace)) {
          expect(again.files.find((file) => file.sha256 === hash)?.id).toBe(idFor(hash));
        }
        const folded = paths.map((each) => each.normalize('NFKC').toLowerCase());
        expect(new Set(folded).size).toBe(paths.length);
      }),
      { numRuns: 60 },
    );
  });

  it('has the same bytes when it is written again', async () => {
    await fc.assert(
      fc.asyncProperty(workspaces, async (workspace) => {
        const [first, second] = [await write(workspace), await write(workspace)];
        expect(sha256(second)).toBe(sha256(first));
      }),
      { numRuns: 20 },
    );
  });

  it('uses names that every system takes', async () => {
    await fc.assert(
      fc.asyncProperty(workspaces, async (workspace) => {
        const { paths } = await read(await write(workspace));
        for (const segment of paths.flatMap((each) => each.split('/'))) {
          expect(segment).not.toMatch(/[<>:"\\|?*\p{Cc}]|^[\s.]|[\s.]$|^(con|nul)(\.|$)/iu);
          expect(Buffer.byteLength(segment)).toBeLessThanOrEqual(255);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('names its notes and files as people do', async () => {
    const bytes = Buffer.from('png');
    const hash = sha256(bytes);
    const file = { id: idFor(hash), name: '京都 (1).png', mediaType: 'image/png', size: 3 };
    const note = {
      id: '01900000-0000-7000-8000-000000000001',
      notebookId: '01900000-0000-7000-8000-000000000000',
      title: '京都三日: 第一天',
      tags: ['旅行'],
      isPinned: true,
      isArchived: false,
      ai: null,
      publication: null,
      content: `见 ![寺](/api/files/${file.id}) 和 https://other.example/api/files/${file.id}`,
      createdAt: new Date('2026-03-01T08:00:00Z'),
      updatedAt: new Date('2026-03-02T08:00:00Z'),
    };
    const twin = { ...note, id: '01900000-0000-7000-8000-000000000002', content: '' };
    const notebooks = [{ id: note.notebookId, parentId: null, name: '旅行' }];
    const zip = await write({
      notebooks,
      notes: [note, twin],
      files: [{ ...file, sha256: hash, bytes }],
    });
    expect((await read(zip)).paths).toEqual([
      'notes/旅行',
      'notes/旅行/京都三日- 第一天.md',
      'notes/旅行/京都三日- 第一天 (2).md',
      'attachments/京都 (1).png',
      'account/profile.json',
    ]);
    const archive = await openArchive(fileOf(zip));
    const text = await archive.read('notes/旅行/京都三日- 第一天.md', 10_000);
    expect(text.toString().split('\n')).toEqual([
      '---',
      'title: "京都三日: 第一天"',
      'created: 2026-03-01T08:00:00.000Z',
      'updated: 2026-03-02T08:00:00.000Z',
      'tags: ["旅行"]',
      'pinned: true',
      '---',
      '',
      '见 ![寺](../../attachments/%E4%BA%AC%E9%83%BD%20%281%29.png) 和 ' +
        `https://other.example/api/files/${file.id}`,
    ]);
    const manifest = await openOwnManifest(archive);
    expect(manifest?.head).toMatchObject({ format: 'ainotebook-archive', scope: 'everything' });
    archive.close();
  });

  it('leaves nothing beside its output', () => {
    expect(readdirSync(tempFolder)).toEqual([]);
  });
});
