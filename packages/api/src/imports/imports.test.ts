import { Readable } from 'node:stream';
import { schema } from '@ainotebook/db';
import { EgressError } from '@ainotebook/egress';
import { receiveAnyStream } from '@ainotebook/files';
import type { JobRun } from '@ainotebook/jobs';
import { makeZip, type ZipEntry } from '@ainotebook/testkit';
import { eq, sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { collectBlobs } from '../files/collect-blobs.js';
import type { JobServices } from '../jobs.js';
import { type TestUser, testJobServices, useApi } from '../test-support.js';
import { createFileImport } from './create-import.js';
import { pruneImports } from './imports.jobs.js';
import { readSlice } from './read-import.js';
import { runSlice } from './run-import.js';
import { undoSlice } from './undo-import.js';

const test = useApi();
const { articles, importItems, importSessions, notebooks } = schema;

/** A whole PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const VAULT: ZipEntry[] = [
  { name: '.obsidian/app.json', data: '{}' },
  { name: 'p.png', data: PNG },
  {
    name: '日记/今天.md',
    data: '---\ndate: 2020-01-02\ntags: [旅行]\n---\n去 [[北京|首都]]\n\n![[p.png]] ![[none.png]]\n',
  },
  { name: '北京.md', data: '见 [今天](日记/今天.md)，[没有](x.md)\n' },
];

const run = (): JobRun => ({
  db: test.services().db,
  outboxId: '00000000-0000-7000-8000-000000000000',
  attempt: 1,
  signal: new AbortController().signal,
  report: async () => undefined,
  once: () => Promise.reject(new Error('not used')),
});
const jobs = (more: Partial<JobServices> = {}) => testJobServices(test.services(), more);

async function upload(user: TestUser, bytes: Buffer, name = 'vault.zip'): Promise<string> {
  const { blobs } = test.services();
  const received = await receiveAnyStream(Readable.from([bytes]), {
    tempFolder: blobs.tempFolder,
    name,
  });
  return (await createFileImport(test.services(), { userId: user.id }, received)).id;
}

/** Uploads and reads. */
async function preview(user: TestUser, entries = VAULT): Promise<string> {
  const id = await upload(user, makeZip(entries));
  await readSlice(jobs(), run(), id);
  return id;
}

/** All the way. */
async function imported(user: TestUser, entries = VAULT): Promise<string> {
  const id = await preview(user, entries);
  await user.api.imports.start({ id });
  await runSlice(jobs(), run(), id);
  return id;
}

const notesOf = (user: TestUser) =>
  test
    .services()
    .db.select()
    .from(articles)
    .where(eq(articles.userId, user.id))
    .orderBy(articles.title);

describe('preview', () => {
  it('shows what is in a source before anything is made', async () => {
    const user = await test.user();
    const id = await preview(user);
    expect(await user.api.imports.get({ id })).toMatchObject({
      status: 'ready',
      program: 'obsidian',
      sourceName: 'vault.zip',
      readCount: 2,
      totalCount: 2,
      counts: { pending: 2, accepted: 0 },
    });
    const { items } = await user.api.imports.items({ id });
    expect(items).toMatchObject([
      { path: '北京.md', title: '北京', notebooks: [], result: 'pending', articleId: null },
      { path: '日记/今天.md', title: '今天', notebooks: ['日记'], warnings: [] },
    ]);
    expect(await notesOf(user)).toEqual([]);
  });

  it('goes on where it ended, a part at a time, and keeps none twice', async () => {
    const user = await test.user();
    const entries = Array.from({ length: 120 }, (_, i) => ({ name: `${i}.md`, data: `note ${i}` }));
    const id = await upload(user, makeZip(entries));
    const services = jobs();
    let parts = 0;
    const dying = jobs({
      readSource: async (source, limits) => {
        parts += 1;
        if (parts === 2) throw new Error('the process dies');
        return services.readSource(source, limits);
      },
    });
    await expect(readSlice(dying, run(), id)).rejects.toThrow('dies');
    expect(await user.api.imports.get({ id })).toMatchObject({ status: 'reading', readCount: 50 });
    await Promise.all([readSlice(services, run(), id), readSlice(services, run(), id)]);
    expect(await user.api.imports.get({ id })).toMatchObject({
      status: 'ready',
      counts: { pending: 120 },
    });
  });

  it('names the one item that is too much for a thread, and takes the others', async () => {
    const user = await test.user();
    const id = await upload(
      user,
      makeZip(['a', 'b', 'c'].map((name) => ({ name: `${name}.md`, data: name }))),
    );
    const { readSource } = jobs();
    const services = jobs({
      readSource: async (source, limits) => {
        const reading = await readSource(source, limits);
        const reachesB = limits.at <= 1 && limits.at + limits.items > 1;
        return reachesB && !limits.isSkipped ? { kind: 'overrun' } : reading;
      },
    });
    await readSlice(services, run(), id);
    const { items } = await user.api.imports.items({ id });
    expect(items.map(({ path, reason }) => [path, reason])).toEqual([
      ['a.md', null],
      ['b.md', 'too_complex'],
      ['c.md', null],
    ]);
  });

  it('says why a source cannot be read', async () => {
    const user = await test.user();
    const id = await upload(user, Buffer.from('PK\x03\x04 and no more'));
    await readSlice(jobs(), run(), id);
    expect(await user.api.imports.get({ id })).toMatchObject({
      status: 'failed',
      failure: 'damaged',
    });
  });
});

describe('addresses', () => {
  const answering = (status: number, body: string, type = 'text/html') =>
    jobs({
      egress: {
        fetch: async (url) => ({
          status,
          url,
          headers: new Headers({ 'content-type': `${type}; charset=utf-8` }),
          mediaType: type,
          body: new Blob([body]).stream(),
        }),
      },
    });

  it('are fetched through the guard and read as pages', async () => {
    const user = await test.user();
    const { id } = await user.api.imports.create({ url: 'https://example.org/page' });
    await readSlice(answering(200, `<title>页</title><p>${'一段话。'.repeat(50)}</p>`), run(), id);
    expect(await user.api.imports.get({ id })).toMatchObject({ status: 'ready', program: 'page' });
    const { items } = await user.api.imports.items({ id });
    expect(items).toMatchObject([{ title: '页' }]);
  });

  it('that cannot be fetched say why; our own are never fetched', async () => {
    const user = await test.user();
    const refusing = jobs({
      egress: {
        fetch: async () => {
          throw new EgressError('refused');
        },
      },
    });
    for (const [url, services, failure] of [
      ['http://127.0.0.1/', refusing, 'address_refused'],
      ['https://notes.test/p/x', answering(200, '<p>x</p>'), 'address_refused'],
      ['https://example.org/gone', answering(404, 'no'), 'address_unreachable'],
    ] as const) {
      const { id } = await user.api.imports.create({ url });
      await readSlice(services, run(), id);
      expect(await user.api.imports.get({ id })).toMatchObject({ status: 'failed', failure });
    }
  });
});

describe('import', () => {
  it('makes notes with their folders, dates, tags, links and pictures', async () => {
    const user = await test.user();
    const parent = await user.api.notebooks.create({ name: 'Imported' });
    // Bytes that no other test has.
    const id = await preview(user, [...VAULT, { name: 'one.canvas', data: '{}' }]);
    await user.api.imports.start({ id, notebookId: parent.id });
    await runSlice(jobs(), run(), id);
    const [beijing, today] = await notesOf(user).then((rows) =>
      rows.sort((a) => (a.title === '北京' ? -1 : 1)),
    );
    const { items: files } = await user.api.files.list();
    expect(files).toHaveLength(1);
    expect(today).toMatchObject({
      title: '今天',
      content: `去 [[北京|首都]]\n\n![p.png](${files[0]?.url}) ![[none.png]]\n`,
      createdAt: new Date('2020-01-02T00:00:00Z'),
      revision: 1,
    });
    expect(beijing).toMatchObject({
      content: '见 [[今天]]，[没有](x.md)\n',
      notebookId: parent.id,
    });
    const [folder] = await test
      .services()
      .db.select()
      .from(notebooks)
      .where(eq(notebooks.name, '日记'));
    expect(folder).toMatchObject({ parentId: parent.id, id: today?.notebookId });
    expect(await user.api.articles.get({ id: today?.id ?? '' })).toMatchObject({ tags: ['旅行'] });
    const { items } = await user.api.imports.items({ id });
    expect(items.map(({ result, warnings }) => [result, warnings])).toEqual([
      ['accepted', [{ code: 'link_unresolved', detail: 'x.md' }]],
      ['accepted', [{ code: 'attachment_missing', detail: 'none.png' }]],
    ]);
    expect(await user.api.imports.get({ id })).toMatchObject({ status: 'done' });
    // The bytes of the source are needed no more; those of the picture are.
    expect(await collectBlobs(test.services(), 0)).toBe(1);
  });

  it('skips what is there already, and takes it again once that is in the trash', async () => {
    const user = await test.user();
    await imported(user);
    const again = await imported(user);
    expect(await user.api.imports.get({ id: again })).toMatchObject({
      status: 'done',
      counts: { duplicate: 2, accepted: 0 },
    });
    expect(await notesOf(user)).toHaveLength(2);
    for (const { id } of await notesOf(user)) await user.api.articles.delete({ id });
    const third = await imported(user);
    expect(await user.api.imports.get({ id: third })).toMatchObject({ counts: { accepted: 2 } });
  });

  it('makes one note of two that are the same in one source', async () => {
    const user = await test.user();
    const id = await imported(user, [
      { name: 'a/x.md', data: '# Same\n\ntext' },
      { name: 'a/y.md', data: '# Same\n\ntext' },
    ]);
    expect(await user.api.imports.get({ id })).toMatchObject({
      counts: { accepted: 1, duplicate: 1 },
    });
  });

  it('leaves a picture out that finds no room, and says so', async () => {
    const user = await test.user();
    const id = await preview(user);
    await user.api.imports.start({ id });
    const { config } = test.services();
    await runSlice(jobs({ config: { ...config, fileQuotaBytes: 10 } }), run(), id);
    const { items } = await user.api.imports.items({ id, hasWarnings: true });
    expect(items.flatMap(({ warnings }) => warnings.map(({ code }) => code))).toContain(
      'attachment_no_room',
    );
    expect(await user.api.files.list()).toMatchObject({ items: [] });
  });

  it('makes each note once although runs overlap and die', async () => {
    const user = await test.user();
    const entries = Array.from({ length: 45 }, (_, i) => ({
      name: `${i}.md`,
      data: `${i} ![](p.png)`,
    }));
    const id = await preview(user, [...entries, { name: 'p.png', data: PNG }]);
    await user.api.imports.start({ id });
    let pictures = 0;
    const { prepareImage } = jobs();
    const dying = jobs({
      prepareImage: async (file) => {
        pictures += 1;
        if (pictures === 1) throw new Error('the process dies');
        return prepareImage(file);
      },
    });
    await expect(runSlice(dying, run(), id)).rejects.toThrow('dies');
    await Promise.all([1, 2, 3].map(() => runSlice(jobs(), run(), id)));
    expect(await user.api.imports.get({ id })).toMatchObject({
      status: 'done',
      counts: { accepted: 45, pending: 0 },
    });
    expect(await notesOf(user)).toHaveLength(45);
    const { items } = await user.api.files.list();
    expect(items).toHaveLength(1);
  });

  it('stops when it is paused, and goes on when it is resumed', async () => {
    const user = await test.user();
    const id = await preview(user);
    await user.api.imports.start({ id });
    expect(await user.api.imports.pause({ id })).toMatchObject({ status: 'paused' });
    await runSlice(jobs(), run(), id);
    expect(await notesOf(user)).toEqual([]);
    await expect(user.api.imports.start({ id })).rejects.toMatchObject({
      cause: { code: 'conflict' },
    });
    await user.api.imports.resume({ id });
    await runSlice(jobs(), run(), id);
    expect(await user.api.imports.get({ id })).toMatchObject({ status: 'done' });
  });
});

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
});
