import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { schema } from '@ainotebook/db';
import { blobKey, receiveAnyStream } from '@ainotebook/files';
import { makeZip } from '@ainotebook/testkit';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { toAppError } from '../errors.js';
import { collectBlobs } from '../files/collect-blobs.js';
import { useImports } from './import-test-support.js';
import { pruneImports } from './imports.jobs.js';
import { keepChunk } from './receive-import.js';
import { undoSlice } from './undo-import.js';

const test = useImports();
const { run, jobs, preview, imported, notesOf } = test;
const { importItems, importSessions } = schema;

describe('undo', () => {
  it('trashes what was made, keeps what was changed since, and removes empty notebooks', async () => {
    const user = await test.user();
    const id = await imported(user);
    const beijing = (await notesOf(user)).find(({ title }) => title === '北京');
    if (!beijing) throw new Error('no note');
    await user.api.articles.save({
      id: beijing.id,
      data: { title: '北京', content: 'changed' },
      baseRevision: 1,
    });
    expect(await user.api.imports.undo({ id })).toMatchObject({ status: 'undoing' });
    await undoSlice(jobs(), run(), id);
    expect(await user.api.imports.get({ id })).toMatchObject({
      status: 'undone',
      counts: { undone: 1, kept: 1 },
    });
    const rows = await notesOf(user);
    expect(
      rows.filter(({ deletedAt }) => deletedAt === null).map(({ content }) => content),
    ).toEqual(['changed']);
    expect(await user.api.notebooks.list()).toEqual([]);
  });

  it('keeps what was moved, tagged, pinned or shared since, and trashes what came with tags and folders', async () => {
    const user = await test.user();
    const names = ['moved', 'tagged', 'pinned', 'shared', 'untagged', 'still'];
    const data = '---\ntags: [Tea, 旅行]\n---\ntext';
    const id = await imported(
      user,
      names.map((name) => ({ name: `f/g/${name}.md`, data })),
    );
    const notes = new Map((await notesOf(user)).map((note) => [note.title, note.id]));
    const idOf = (title: string) => notes.get(title) ?? '';
    const elsewhere = await user.api.notebooks.create({ name: 'elsewhere' });
    const change = (title: string, fields: object) =>
      user.api.articles.update({ id: idOf(title), data: fields });
    await change('moved', { notebookId: elsewhere.id });
    await change('tagged', { tags: ['tea', '旅行', 'mine'] });
    await change('untagged', { tags: [] });
    await change('pinned', { isPinned: true });
    await user.api.shares.create({ articleId: idOf('shared') });
    await user.api.imports.undo({ id });
    await undoSlice(jobs(), run(), id);
    const left = (await notesOf(user)).filter(({ deletedAt }) => deletedAt === null);
    expect(left.map(({ title }) => title)).toEqual(['moved', 'pinned', 'shared', 'tagged']);
    expect(await user.api.imports.get({ id })).toMatchObject({ counts: { undone: 2, kept: 4 } });
  });
});

describe('the bytes of a source', () => {
  const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const isKept = async (bytes: Buffer) => {
    const { blobs, db } = test.services();
    const open = await blobs.open(blobKey(hashOf(bytes)));
    open?.destroy();
    const rows = await db
      .select({ sha256: schema.blobs.sha256 })
      .from(schema.blobs)
      .where(eq(schema.blobs.sha256, hashOf(bytes)));
    expect(rows.length).toBe(open ? 1 : 0);
    return open !== null;
  };

  it('go with the import that is removed, unless another one has them too', async () => {
    const [user, other] = [await test.user(), await test.user()];
    const bytes = makeZip([{ name: 'a.md', data: user.id }]);
    const id = await preview(user, bytes);
    const theirs = await preview(other, bytes);
    await user.api.imports.remove({ id });
    expect(await isKept(bytes)).toBe(true);
    await other.api.imports.remove({ id: theirs });
    expect(await isKept(bytes)).toBe(false);
    // The very same bytes may come again.
    expect(await test.imported(user, bytes)).toBeTypeOf('string');
    expect(await isKept(bytes)).toBe(false);
  });

  it('are not kept where the import is refused', async () => {
    const user = await test.user();
    const calls = Array.from({ length: 20 }, () =>
      user.api.imports.create({ url: 'https://example.org/' }),
    );
    await Promise.all(calls);
    const bytes = makeZip([{ name: 'a.md', data: `refused ${user.id}` }]);
    await expect(test.upload(user, bytes)).rejects.toMatchObject({ code: 'limit_reached' });
    expect(await isKept(bytes)).toBe(false);
  });

  it('that are removed while others send them are asked for once more', async () => {
    const { db } = test.services();
    const user = await test.user();
    const id = await preview(user);
    const row = { sessionId: id, start: 0, sha256: 'f'.repeat(64) };
    const failure = await db.insert(schema.importChunks).values(row).catch(toAppError);
    expect(failure).toMatchObject({ code: 'unavailable' });
  });
});

describe('another user', () => {
  it('finds none of it', async () => {
    const owner = await test.user();
    const id = await preview(owner);
    const { api } = await test.user();
    const refused = { cause: { code: 'not_found' } };
    for (const call of [
      () => api.imports.get({ id }),
      () => api.imports.items({ id }),
      () => api.imports.start({ id }),
      () => api.imports.pause({ id }),
      () => api.imports.resume({ id }),
      () => api.imports.undo({ id }),
      () => api.imports.remove({ id }),
    ]) {
      await expect(call()).rejects.toMatchObject(refused);
    }
    expect((await api.imports.list()).items).toEqual([]);
    const notebook = await api.notebooks.create({ name: 'x' });
    await expect(owner.api.imports.start({ id, notebookId: notebook.id })).rejects.toMatchObject(
      refused,
    );
  });

  it('is not told that a note of the same source is there', async () => {
    await imported(await test.user());
    const other = await test.user();
    const id = await preview(other);
    expect(await other.api.imports.get({ id })).toMatchObject({ counts: { duplicate: 0 } });
  });
});

describe('bounds', () => {
  it('are kept on open imports, also under concurrency', async () => {
    const user = await test.user();
    const calls = Array.from({ length: 25 }, () =>
      user.api.imports.create({ url: 'https://example.org/' }),
    );
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
    const [first] = (await user.api.imports.list({ limit: 1 })).items;
    await user.api.imports.remove({ id: first?.id ?? '' });
    await user.api.imports.create({ url: 'https://example.org/' });
  });

  it('forget old imports and free those whose job is gone; their notes stay', async () => {
    const user = await test.user();
    const { db } = test.services();
    const id = await imported(user);
    const running = await preview(user, [{ name: 'a.md', data: 'a' }]);
    await user.api.imports.start({ id: running });
    const age = (days: number, which: string) =>
      db
        .update(importSessions)
        .set({ updatedAt: sql`now() - make_interval(days => ${days})` })
        .where(eq(importSessions.id, which));
    await age(31, id);
    await age(1, running);
    expect(await pruneImports(db)).toBe(1);
    await expect(user.api.imports.get({ id })).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    expect(await db.select().from(importItems).where(eq(importItems.sessionId, id))).toEqual([]);
    expect(await user.api.imports.get({ id: running })).toMatchObject({ status: 'paused' });
    expect(await notesOf(user)).toHaveLength(2);
  });

  it('forget a file of which no part has come for three days, and its bytes with it', async () => {
    const user = await test.user();
    const { db, blobs } = test.services();
    const mine = { userId: user.id };
    const part = async (id: string, text: string) => {
      const { tempFolder } = blobs;
      const received = await receiveAnyStream(Readable.from([Buffer.from(text)]), {
        tempFolder,
        name: '',
      });
      return keepChunk(test.services(), { ...mine, id }, { start: 0, received });
    };
    const idle = await user.api.imports.receive({ name: 'a.zip', size: 10 });
    const whole = await user.api.imports.receive({ name: 'b.zip', size: 6 });
    await part(idle.id, 'a part');
    await part(whole.id, 'it all');
    const age = (hours: number) =>
      db
        .update(importSessions)
        .set({ updatedAt: sql`now() - make_interval(hours => ${hours})` })
        .where(eq(importSessions.userId, user.id));
    await age(71);
    await pruneImports(db);
    const upload = { size: 10, received: 6 };
    expect(await user.api.imports.get({ id: idle.id })).toMatchObject({ upload });
    await age(73);
    expect(await pruneImports(db)).toBe(1);
    await expect(user.api.imports.get({ id: idle.id })).rejects.toMatchObject({
      cause: { code: 'not_found' },
    });
    // All of that one was here: its job is what is missing.
    expect(await user.api.imports.get({ id: whole.id })).toMatchObject({ status: 'failed' });
    await db.update(schema.blobs).set({ touchedAt: sql`now() - interval '2 hours'` });
    await collectBlobs({ db, blobs });
    const sha256 = createHash('sha256').update('a part').digest('hex');
    expect(await blobs.open(blobKey(sha256))).toBeNull();
  });
});
