import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { schema } from '@ainotebook/db';
import { blobKey, receiveAnyStream } from '@ainotebook/files';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
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
