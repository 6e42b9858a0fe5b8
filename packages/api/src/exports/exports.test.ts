import { createHash, randomBytes } from 'node:crypto';
import { createWriteStream, mkdtempSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Export } from '@ainotebook/contract';
import {
  type Archive,
  type ManifestRecord,
  openArchive,
  openOwnManifest,
  readRecord,
} from '@ainotebook/convert/places';
import { schema } from '@ainotebook/db';
import { blobKey } from '@ainotebook/files';
import { createDispatcher } from '@ainotebook/jobs';
import { eq, sql } from 'drizzle-orm';
import { v7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { toAppError } from '../errors.js';
import { collectBlobs } from '../files/collect-blobs.js';
import { storeUpload } from '../files/store-upload.js';
import { createJobHandlers } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';
import { deleteUserRows } from '../users/delete-user.js';
import { openExport, pruneExports } from './exports.service.js';
import { writeNoteArchive } from './note-archive.js';

const t = useApi();

const runJobs = () =>
  createDispatcher({
    db: t.services().db,
    handlers: createJobHandlers(testJobServices(t.services())),
  }).runDue();
const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: unknown) => toAppError(error).code,
  );

async function store(user: TestUser, name: string) {
  const bytes = randomBytes(300);
  const { tempFolder } = t.services().blobs;
  await mkdir(tempFolder, { recursive: true });
  const file = path.join(tempFolder, `${randomBytes(8).toString('hex')}.part`);
  await writeFile(file, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const upload = { path: file, name, mediaType: 'image/png' as const, size: 300, sha256 };
  const { file: kept } = await storeUpload(
    t.services(),
    { userId: user.id },
    { ...upload, image: null },
  );
  return { ...kept, bytes };
}

async function bytesOf(user: TestUser, { id }: Export): Promise<Buffer> {
  const opened = await openExport(t.services(), { userId: user.id }, id);
  const stream = opened && (await t.services().blobs.open(opened.key));
  if (!stream) throw new Error('the export cannot be opened');
  return buffer(stream);
}

/** Has the archive made and opens it. */
async function exported(
  user: TestUser,
  input: Parameters<TestUser['api']['exports']['create']>[0] = { kind: 'everything' },
): Promise<{ made: Export; archive: Archive }> {
  await user.api.exports.create(input);
  await runJobs();
  const [made] = (await user.api.exports.list()).items;
  if (!made) throw new Error('there is no export');
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'ainotebook-export-')), 'export.zip');
  await writeFile(file, await bytesOf(user, made));
  return { made, archive: await openArchive(file) };
}

/** What the manifest names, each entry read and its sum compared. */
async function recordsOf(archive: Archive): Promise<(ManifestRecord & { bytes: Buffer })[]> {
  const manifest = await openOwnManifest(archive);
  const all: (ManifestRecord & { bytes: Buffer })[] = [];
  for await (const { section, json } of manifest?.lines() ?? []) {
    const record = readRecord(section, json);
    if (!record) throw new Error(`unreadable: ${json}`);
    const bytes = 'sha256' in record ? await archive.read(record.path, 1e6) : Buffer.alloc(0);
    if ('sha256' in record)
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(record.sha256);
    // The schema of a section makes the record of that section.
    all.push({ ...({ section, record } as ManifestRecord), bytes });
  }
  return all;
}

async function contentsOf(archive: Archive) {
  const found: Record<string, string[]> = {};
  const notes: Record<string, string> = {};
  for (const { section, record, bytes } of await recordsOf(archive)) {
    found[section] = [...(found[section] ?? []), record.path];
    if (section === 'articles')
      notes[record.title] = bytes.toString().replace(/^---\n[\s\S]*?\n---\n\n/, '');
  }
  return { ...found, notes };
}

/** A person with a tree of notebooks, notes in and outside of it, pictures, and what must stay out. */
async function writer() {
  const user = await t.user();
  const travel = await user.api.notebooks.create({ name: '旅行' });
  const kyoto = await user.api.notebooks.create({ name: '京都', parentId: travel.id });
  const temple = await store(user, '寺.png');
  // Shown by no note.
  await store(user, '寺.png');
  const content = `![寺](${temple.url})\n\n正文`;
  await user.api.articles.create({
    title: '第一天',
    content,
    notebookId: kyoto.id,
    tags: ['旅行', 'a'],
  });
  await user.api.articles.create({ title: '', content: '---\nx: 1\n---\n\n没有题目' });
  const trashed = await user.api.articles.create({ title: '扔掉的' });
  await user.api.articles.delete({ id: trashed.id });
  return { user, kyoto };
}

const linesOf = (bytes: Buffer): unknown[] =>
  bytes
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown);

describe('an export of everything', () => {
  it('holds the notes, notebooks and files of its owner, and nothing of anybody else', async () => {
    const { user } = await writer();
    const { user: other } = await writer();
    const { made, archive } = await exported(user);
    expect(made).toMatchObject({ kind: 'everything', status: 'ready', progress: null });
    expect(made.name).toMatch(/^AI-NoteBook \d{4}-\d\d-\d\d\.zip$/);
    expect(await contentsOf(archive)).toEqual({
      notebooks: ['notes/旅行', 'notes/旅行/京都'],
      articles: expect.arrayContaining(['notes/untitled.md', 'notes/旅行/京都/第一天.md']),
      attachments: expect.arrayContaining(['attachments/寺.png', 'attachments/寺 (2).png']),
      notes: {
        第一天: expect.stringMatching(
          /^!\[寺\]\((\.\.\/){3}attachments\/%E5%AF%BA.*\.png\)\n\n正文$/,
        ),
        '': '---\nx: 1\n---\n\n没有题目',
      },
    });
    expect((await other.api.exports.list()).items).toEqual([]);
    expect(await openExport(t.services(), { userId: other.id }, made.id)).toBeNull();
    expect(await codeOf(other.api.exports.remove({ id: made.id }))).toBe('not_found');
    const { items } = await user.api.notifications.list();
    expect(items.map(({ event }) => event.kind)).toEqual(['export_ready']);
    expect(await readdir(t.services().blobs.tempFolder)).toEqual([]);
  });

  it('of an account tells what else the server keeps', async () => {
    const { user } = await writer();
    const text = '岩茶产于武夷山，冲泡要用沸水。';
    const { id: articleId } = await user.api.articles.create({ title: '茶', content: text });
    await user.api.provenance.record({ id: v7(), articleId, source: 'answer', text });
    const { made, archive } = await exported(user, { kind: 'account' });
    const key = { id: v7(), scopes: ['exports:read' as const] };
    expect(await openExport(t.services(), { userId: user.id, key }, made.id)).toBeNull();
    const documents: Record<string, unknown> = {};
    for (const { section, record, bytes } of await recordsOf(archive))
      if (section === 'documents')
        documents[record.path] = record.path.endsWith('.jsonl')
          ? linesOf(bytes)
          : JSON.parse(bytes.toString());
    expect(documents).toMatchObject({
      'account/profile.json': { email: user.email },
      'account/sessions.json': [{ kind: 'token' }],
      'account/audit-events.json': [],
      'account/ai-passages.json': [{ title: '茶', source: 'answer', text }],
    });
    expect(JSON.stringify(documents)).not.toContain('none');
  });
});

describe('an export of a notebook', () => {
  it('holds what is in it and below, and the files that these texts show', async () => {
    const { user, kyoto } = await writer();
    const { archive, made } = await exported(user, { kind: 'notebook', notebookId: kyoto.id });
    expect(made.name).toMatch(/^京都 /);
    expect(await contentsOf(archive)).toMatchObject({
      notebooks: ['notes/京都'],
      articles: ['notes/京都/第一天.md'],
      attachments: ['attachments/寺.png'],
    });
    const other = await t.user();
    const foreign = other.api.exports.create({ kind: 'notebook', notebookId: kyoto.id });
    expect(await codeOf(foreign)).toBe('not_found');
  });
});

describe('the exports of a person', () => {
  it('are made one at a time', async () => {
    const [user, other] = [await t.user(), await t.user()];
    const begin = (person: TestUser) => codeOf(person.api.exports.create({ kind: 'everything' }));
    const codes = await Promise.all([begin(user), begin(user), begin(user), begin(other)]);
    expect(codes.slice(0, 3).sort()).toEqual(['limit_reached', 'limit_reached', 'ok']);
    expect(codes[3]).toBe('ok');
    await runJobs();
    expect(await begin(user)).toBe('ok');
  });

  it('go when they are given up, also before they are made, and leave no bytes', async () => {
    const { user } = await writer();
    const { made } = await exported(user);
    await user.api.exports.create({ kind: 'everything' });
    for (const { id } of (await user.api.exports.list()).items)
      await user.api.exports.remove({ id });
    await runJobs();
    expect((await user.api.exports.list()).items).toEqual([]);
    expect(await openExport(t.services(), { userId: user.id }, made.id)).toBeNull();
    await expectNoArchive();
  });

  it('go after their time, and with their owner', async () => {
    const [a, b] = [await t.user(), await t.user()];
    const { made } = await exported(a);
    await exported(b);
    const { db } = t.services();
    await db
      .update(schema.exports)
      .set({ expiresAt: sql`now() - interval '1 second'` })
      .where(eq(schema.exports.id, made.id));
    expect((await a.api.exports.list()).items).toEqual([]);
    expect(await pruneExports(db)).toBe(1);
    await db.transaction((tx) => deleteUserRows(tx, b.id, { actorId: null, ip: undefined }));
    await expectNoArchive();
  });

  it('have not failed in the moment in which their job ends', async () => {
    const { user } = await writer();
    await user.api.exports.create({ kind: 'everything' });
    // As who reads the exports before it and their jobs behind it sees them.
    await t
      .services()
      .db.update(schema.outbox)
      .set({ doneAt: sql`now()` })
      .where(eq(schema.outbox.userId, user.id));
    expect((await user.api.exports.list()).items).toMatchObject([{ status: 'running', url: null }]);
  });

  it('say so when they cannot be made', async () => {
    const { user } = await writer();
    await user.api.exports.create({ kind: 'everything' });
    const { db } = t.services();
    await db
      .update(schema.outbox)
      .set({ failedAt: sql`now()` })
      .where(eq(schema.outbox.userId, user.id));
    expect((await user.api.exports.list()).items).toMatchObject([{ status: 'failed', url: null }]);
    expect(await codeOf(user.api.exports.create({ kind: 'everything' }))).toBe('ok');
  });
});

/** All archives are gone once the time of grace is over. */
async function expectNoArchive(): Promise<void> {
  const { db, blobs } = t.services();
  const archives = () =>
    db.select().from(schema.blobs).where(eq(schema.blobs.mediaType, 'application/zip'));
  const idle = (await archives()).filter(({ refs }) => refs === 0);
  expect(idle.length).toBeGreaterThan(0);
  await db.update(schema.blobs).set({ touchedAt: sql`now() - interval '2 hours'` });
  await collectBlobs({ db, blobs });
  for (const { sha256 } of idle) expect(await blobs.open(blobKey(sha256))).toBeNull();
  expect((await archives()).filter(({ refs }) => refs === 0)).toEqual([]);
}

describe('one note', () => {
  const archived = async (user: TestUser, id: string, hasAiLabel = true) => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'ainotebook-note-')), 'note.zip');
    const wanted = { id, userId: user.id, hasAiLabel };
    await writeNoteArchive(t.services(), wanted, createWriteStream(file));
    return openArchive(file);
  };

  it('is an archive with the files of its owner that it names, and nobody else has it', async () => {
    const [user, other] = [await t.user(), await t.user()];
    const notebook = await user.api.notebooks.create({ name: '旅行' });
    const shown = await store(user, '图.png');
    await store(user, 'unused.png');
    const foreign = await store(other, 'foreign.png');
    const { id } = await user.api.articles.create({
      title: '京都',
      notebookId: notebook.id,
      content: `![](${shown.url}) ![](${foreign.url})`,
    });
    const archive = await archived(user, id);
    expect(await contentsOf(archive)).toEqual({
      articles: ['notes/京都.md'],
      attachments: ['attachments/图.png'],
      notes: { 京都: `![](../attachments/%E5%9B%BE.png) ![](${foreign.url})` },
    });
    archive.close();
    expect(await codeOf(archived(other, id))).toBe('not_found');
  });

  it('says how much of it an AI wrote, unless its owner does not want that', async () => {
    const user = await t.user();
    const { id } = await user.api.articles.create({ title: '字', content: '文' });
    await user.api.provenance.declare({ articleId: id, declared: 'partly' });
    for (const hasAiLabel of [true, false]) {
      const archive = await archived(user, id, hasAiLabel);
      const [note] = await recordsOf(archive);
      expect(note?.record).toMatchObject({ ai: hasAiLabel ? 'partly' : null });
      expect(note?.bytes.toString().includes('ai: partly')).toBe(hasAiLabel);
      archive.close();
    }
  });
});
