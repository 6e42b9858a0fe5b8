import { randomUUID } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { LIMITS } from '@ainotebook/contract';
import { openArchive } from '@ainotebook/convert/places';
import { schema } from '@ainotebook/db';
import { receiveStream } from '@ainotebook/files';
import { eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { insertArticles } from '../articles/articles.create.js';
import { makeArchive } from '../exports/make-archive.js';
import { storeUpload } from '../files/store-upload.js';
import type { TestUser } from '../test-support.js';
import { PNG, useImports } from './import-test-support.js';
import { runSlice } from './run-import.js';
import { undoSlice } from './undo-import.js';

const test = useImports();
const { run, jobs, preview, imported, notesOf } = test;

/** More by `ROUND_TRIPS=500 npx vitest run round-trip`. */
const RUNS = Number(process.env.ROUND_TRIPS ?? 15);

interface Workspace {
  /** Parents before their children. */
  notebooks: { name: string; parent: number | null }[];
  files: { name: string; bytes: Buffer }[];
  notes: {
    title: string;
    /** Text, or the number of a file that is shown. */
    pieces: (string | number)[];
    notebook: number | null;
    tags: string[];
    isPinned: boolean;
    isArchived: boolean;
    aiDeclared: 'partly' | 'mostly' | null;
    isTrashed: boolean;
    createdAt: Date;
    updatedAt: Date;
  }[];
}

const anyLine = fc
  .oneof(
    fc.constantFrom('', '旅行', '京都', 'con', 'a/b', '..', 'É', 'e\u0301', 'README', 'readme'),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom('国', 'a', '👩‍👩‍👧'), minLength: 60, maxLength: 90 }),
  )
  .map((text) =>
    text
      .replace(/[\p{Cc}\p{Cs}\u2028\u2029]/gu, '')
      .slice(0, 80)
      .toWellFormed()
      .trim(),
  );
const anyDate = fc.date({
  min: new Date('1971-01-01'),
  max: new Date('2026-01-01'),
  noInvalidDate: true,
});
const anyPiece = fc.oneof(
  fc.nat(4),
  fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((text) => text.replaceAll('\0', '').toWellFormed()),
  fc.constantFrom(
    ...['---\n', '\r\n', '](', '[图](', ')', ' ', '[[京都]]', '![[a.pdf]]', '../attachments/a.pdf'],
    ...['[x](京都.md)', '<img src="a.pdf">', '- [ ] 事', '`/api/files/x`', '\ufeff', '# 京都\n\n'],
  ),
);
const anyTag = fc.constantFrom('旅行', 'idea', '"quoted"', "it's", 'B', 'ä');

const workspaces: fc.Arbitrary<Workspace> = fc.record({
  notebooks: fc
    .array(fc.record({ name: anyLine, parent: fc.nat(9) }), { maxLength: 8 })
    .map((all) =>
      all.map(({ name, parent }, i) => ({
        name: name || '无名',
        parent: parent < i ? parent : null,
      })),
    ),
  files: fc.uniqueArray(
    fc.record({
      name: anyLine,
      bytes: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from([...PDF, ...bytes])),
    }),
    { maxLength: 4, selector: ({ bytes }) => bytes.toString('hex') },
  ),
  notes: fc.array(
    fc.record({
      title: anyLine,
      pieces: fc.array(anyPiece, { maxLength: 12 }),
      notebook: fc.option(fc.nat(7)),
      tags: fc.uniqueArray(anyTag, { maxLength: 4 }),
      isPinned: fc.boolean(),
      isArchived: fc.boolean(),
      aiDeclared: fc.constantFrom(null, 'partly', 'mostly'),
      isTrashed: fc.nat(5).map((n) => n === 0),
      createdAt: anyDate,
      updatedAt: anyDate,
    }),
    { maxLength: 12 },
  ),
});

/** Enough to be taken for one. */
const PDF = Buffer.from('%PDF-1.7\n');

async function keep(user: TestUser, { name, bytes }: Workspace['files'][number]): Promise<string> {
  const { tempFolder } = test.services().blobs;
  const received = await receiveStream(Readable.from([bytes]), { tempFolder, name });
  const owner = { userId: user.id };
  return (await storeUpload(test.services(), owner, { ...received, image: null })).file.url;
}

async function fill(user: TestUser, { notebooks, files, notes }: Workspace): Promise<void> {
  const ids: string[] = [];
  for (const { name, parent } of notebooks) {
    const parentId = parent === null ? null : (ids[parent] ?? null);
    ids.push((await user.api.notebooks.create({ name, parentId })).id);
  }
  const urls: string[] = [];
  for (const file of files) urls.push(await keep(user, file));
  const textOf = (piece: string | number) =>
    typeof piece === 'string' ? piece : `![](${urls[piece] ?? '/api/files/none'})`;
  const articles = notes.map(({ pieces, notebook, isTrashed, ...note }) => ({
    ...note,
    id: v7(),
    content: pieces.map(textOf).join(''),
    notebookId: notebook === null ? null : (ids[notebook] ?? null),
  }));
  const { db } = test.services();
  if (articles.length > 0) await db.transaction((tx) => insertArticles(tx, user.id, articles));
  for (const [i, { isTrashed }] of notes.entries())
    if (isTrashed) await user.api.articles.delete({ id: articles[i]?.id ?? '' });
}

async function exported(user: TestUser): Promise<Buffer> {
  const { blobs } = test.services();
  const scope = { userId: user.id, kind: 'everything' as const, notebookId: null };
  const made = await makeArchive(run(), blobs, scope);
  const bytes = await readFile(made.path);
  await rm(made.path);
  return bytes;
}

/** All before the manifest, byte for byte, and the manifest without what it says may differ. */
async function comparable(zip: Buffer) {
  const file = path.join(test.services().blobs.tempFolder, randomUUID());
  await writeFile(file, zip);
  const archive = await openArchive(file);
  const manifest = (await archive.read('manifest.json', 10_000_000)).toString();
  archive.close();
  await rm(file);
  const { exportedAt, mayDiffer } = JSON.parse(manifest);
  expect(mayDiffer).toEqual(['exportedAt', 'articles[].publication']);
  return {
    entries: zip.subarray(0, zip.lastIndexOf('PK\x03\x04', undefined, 'latin1')).toString('hex'),
    manifest: manifest.replace(exportedAt, '').replaceAll(/"publication":(?:null|\{[^}]*\})/g, ''),
  };
}

/** A small account with everything in it that an archive holds. */
async function writer(): Promise<TestUser> {
  const user = await test.user();
  const rest = { isPinned: false, isArchived: false, isTrashed: false, tags: [] };
  const note = { ...rest, aiDeclared: null };
  const date = (day: number) => new Date(Date.UTC(2025, 0, day));
  await fill(user, {
    notebooks: [
      { name: '旅行', parent: null },
      { name: '京都', parent: 0 },
      { name: '旅行', parent: null },
      { name: '空的', parent: 2 },
    ],
    files: [
      { name: '寺', bytes: Buffer.concat([PDF, Buffer.from(user.id)]) },
      { name: 'dot', bytes: PNG },
    ],
    notes: [
      {
        ...note,
        title: '同一篇',
        pieces: ['同样的字'],
        notebook: 1,
        createdAt: date(1),
        updatedAt: date(2),
      },
      {
        ...note,
        title: '同一篇',
        pieces: ['同样的字'],
        notebook: 1,
        createdAt: date(3),
        updatedAt: date(3),
      },
      { ...note, title: '', pieces: [], notebook: null, createdAt: date(4), updatedAt: date(4) },
      {
        ...note,
        ...{ title: '图', pieces: ['见 ', 0, ' 与 [[同一篇]]'], notebook: 2, tags: ['旅行'] },
        ...{ isPinned: true, isArchived: true, createdAt: date(5), updatedAt: date(6) },
      },
    ],
  });
  return user;
}

describe('export, import into an empty account, export', () => {
  it('gives the same bytes, whatever is in the account', async () => {
    await fc.assert(
      fc.asyncProperty(workspaces, async (workspace) => {
        const [user, heir] = [await test.user(), await test.user()];
        await fill(user, workspace);
        const first = await exported(user);
        const id = await imported(heir, first);
        const { counts, status, program } = await heir.api.imports.get({ id });
        expect({ status, program }).toEqual({ status: 'done', program: 'ainotebook' });
        expect(counts).toMatchObject({ pending: 0, rejected: 0, duplicate: 0 });
        const { items } = await heir.api.imports.items({ id, hasWarnings: true });
        expect(items).toEqual([]);
        expect(await comparable(await exported(heir))).toEqual(await comparable(first));
      }),
      { numRuns: RUNS },
    );
  });

  it('keeps how much of a note an AI wrote, and not which passages', async () => {
    const [user, heir] = [await writer(), await test.user()];
    const text = '岩茶产于武夷山，冲泡要用沸水，水温低了，岩骨花香出不来。';
    const { id: articleId } = await user.api.articles.create({ title: 'AI', content: text });
    await user.api.provenance.record({ id: v7(), articleId, source: 'answer', text });
    const first = await exported(user);
    expect((await comparable(first)).manifest).toContain('"ai":"mostly"');
    await imported(heir, first);
    expect(await comparable(await exported(heir))).toEqual(await comparable(first));
    const [note] = (await notesOf(heir)).filter(({ title }) => title === 'AI');
    expect(await heir.api.provenance.get({ articleId: note?.id ?? '' })).toMatchObject({
      level: 'mostly',
      declared: 'mostly',
      spans: [],
    });
  });

  it('names as differing what an import does not do: it publishes nothing', async () => {
    const [user, heir] = [await writer(), await test.user()];
    const [note] = (await user.api.articles.list({ limit: 1, isArchived: false })).items;
    await user.api.publications.publish({ articleId: note?.id ?? '', visibility: 'public' });
    const first = await exported(user);
    await imported(heir, first);
    expect(await comparable(await exported(heir))).toEqual(await comparable(first));
    expect((await notesOf(heir)).map(({ status }) => status)).not.toContain('published');
  });
});

describe('an archive of ours', () => {
  it('brings nothing twice: not into its own account, nor a second time elsewhere', async () => {
    const [user, heir] = [await writer(), await test.user()];
    const zip = await exported(user);
    for (const person of [user, heir, heir]) {
      const id = await imported(person, zip);
      expect(await person.api.imports.get({ id })).toMatchObject({ status: 'done' });
      expect(await comparable(await exported(person))).toEqual(await comparable(zip));
    }
  });

  it('brings a note again that has changed since, as another one', async () => {
    const user = await writer();
    const zip = await exported(user);
    const [note] = (await notesOf(user)).filter(({ title }) => title === '图');
    if (!note) throw new Error('no note');
    await user.api.articles.save({
      id: note.id,
      data: { title: '图', content: '改过了' },
      baseRevision: 1,
    });
    const id = await imported(user, zip);
    expect(await user.api.imports.get({ id })).toMatchObject({
      counts: { accepted: 1, duplicate: 3 },
    });
    const texts = (await notesOf(user)).filter(({ title }) => title === '图');
    expect(texts.map(({ content }) => content).sort()).toEqual([note.content, '改过了'].sort());
  });

  it('gives nobody the note of somebody else, nor its notebook, whatever ids it names', async () => {
    const [user, thief] = [await writer(), await test.user()];
    const zip = await exported(user);
    const id = await preview(thief, zip);
    const { db } = test.services();
    const [own] = await notesOf(user);
    const [notebook] = await user.api.notebooks.list();
    // As if the thief had found out how ids are mixed.
    await db
      .update(schema.importItems)
      .set({ noteId: own?.id ?? '' })
      .where(eq(schema.importItems.sessionId, id));
    await thief.api.imports.start({ id });
    await runSlice(jobs(), run(), id);
    expect(await thief.api.imports.get({ id })).toMatchObject({ counts: { accepted: 4 } });
    expect(await notesOf(thief)).toHaveLength(4);
    expect(await comparable(await exported(user))).toEqual(await comparable(zip));
    expect((await thief.api.notebooks.list()).map((each) => each.id)).not.toContain(notebook?.id);
  });

  it('is undone whole: archived notes too, and notebooks that it made', async () => {
    const [user, heir] = [await writer(), await test.user()];
    const id = await imported(heir, await exported(user));
    await heir.api.imports.undo({ id });
    await undoSlice(jobs(), run(), id);
    expect(await heir.api.imports.get({ id })).toMatchObject({
      status: 'undone',
      counts: { undone: 4, kept: 0 },
    });
    expect((await heir.api.articles.list()).items).toEqual([]);
    expect(await heir.api.notebooks.list()).toEqual([]);
  });

  it('says which of its files found no room, and goes on behind those it has kept', async () => {
    const [user, heir] = [await writer(), await test.user()];
    const id = await preview(heir, await exported(user));
    await heir.api.imports.start({ id });
    const { config } = test.services();
    const full = jobs({ config: { ...config, fileQuotaBytes: 10 } });
    await Promise.all([runSlice(full, run(), id), runSlice(full, run(), id)]);
    const { items } = await heir.api.imports.items({ id, result: 'rejected' });
    expect(items.map(({ path: name, reason }) => [name, reason]).sort()).toEqual([
      ['attachments/dot.png', 'no_room'],
      ['attachments/寺.pdf', 'no_room'],
    ]);
    expect(await heir.api.imports.get({ id })).toMatchObject({ status: 'done' });
  });

  it('goes into a notebook, as deep as notebooks may be', async () => {
    const [user, heir] = [await writer(), await test.user()];
    let parentId: string | null = null;
    for (let depth = 1; depth < LIMITS.notebookDepth; depth += 1)
      parentId = (await heir.api.notebooks.create({ name: String(depth), parentId })).id;
    const id = await preview(heir, await exported(user));
    await heir.api.imports.start({ id, notebookId: parentId });
    await runSlice(jobs(), run(), id);
    const { items } = await heir.api.imports.items({ id, hasWarnings: true });
    expect(items.map(({ title, warnings }) => [title, warnings[0]?.code])).toEqual([
      ['同一篇', 'folders_full'],
      ['同一篇', 'folders_full'],
    ]);
    const rows = await test.services().db.execute<{ name: string; parent: string }>(sql`
      select n.name, p.name as parent from notebooks n join notebooks p on p.id = n.parent_id
      where n.user_id = ${heir.id} and n.name = '旅行'`);
    expect(rows.rows).toEqual([
      { name: '旅行', parent: '7' },
      { name: '旅行', parent: '7' },
    ]);
  });
});
