import { schema } from '@ainotebook/db';
import { EgressError } from '@ainotebook/egress';
import { makeTar, makeZip, type ZipEntry } from '@ainotebook/testkit';
import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { collectBlobs } from '../files/collect-blobs.js';
import { PNG, useImports, VAULT } from './import-test-support.js';
import { readSlice } from './read-import.js';
import { runSlice } from './run-import.js';

const test = useImports();
const { run, jobs, preview, imported, notesOf } = test;
const { notebooks } = schema;

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
      ['rejected', []],
    ]);
    expect(await user.api.imports.get({ id })).toMatchObject({ status: 'done' });
    // The bytes of the source went when they were needed no more; those of the picture are kept.
    expect(await collectBlobs(test.services(), 0)).toBe(0);
  });

  it('follows links and pictures across the zips that an export was cut into', async () => {
    const user = await test.user();
    const part = (name: string, entries: ZipEntry[]) => ({ name, data: makeZip(entries) });
    await imported(user, [
      part('Export-Part-1.zip', [{ name: '一/a.md', data: '[b](../二/b.md) ![](../二/p.png)\n' }]),
      part('Export-Part-2.zip', [
        { name: '二/b.md', data: 'b\n' },
        { name: '二/p.png', data: PNG },
      ]),
    ]);
    const [note] = await notesOf(user);
    const { items: files } = await user.api.files.list();
    expect(note).toMatchObject({ content: `[[b]] ![](${files[0]?.url})\n` });
  });

  it('brings the pictures and links of a JEX archive of Joplin along', async () => {
    const user = await test.user();
    const [note, other, picture] = ['a', 'b', 'c'].map((letter) => letter.repeat(32));
    const text = (title: string, body: string) => `${title}\n\n${body}\n\nparent_id: \ntype_: 1`;
    const id = await imported(
      user,
      makeTar([
        { name: `${note}.md`, data: text('茶', `![杯](:/${picture}) 见 [水](:/${other})`) },
        { name: `${other}.md`, data: text('水', '清') },
        { name: `${picture}.md`, data: `cup.png\n\nid: ${picture}\ntype_: 4` },
        { name: `resources/${picture}.png`, data: PNG },
      ]),
    );
    expect(await user.api.imports.get({ id })).toMatchObject({
      program: 'joplin',
      counts: { accepted: 2, rejected: 0 },
    });
    const { items: files } = await user.api.files.list();
    const [water, tea] = await notesOf(user);
    expect(water).toMatchObject({ title: '水', content: '清\n' });
    expect(tea?.content).toBe(`![杯](${files[0]?.url}) 见 [[水]]\n`);
    const stranger = await test.user();
    expect((await stranger.api.files.list()).items).toEqual([]);
  });

  it('brings the pictures of a page along, and leaves those that it cannot have where they are', async () => {
    const user = await test.user();
    const asked: string[] = [];
    const web: Record<string, Buffer> = { '/a.png': PNG, '/b.png': Buffer.from('<svg/>') };
    const browsing = jobs({
      egress: {
        fetch: async (url) => {
          asked.push(url);
          const { host, pathname } = new URL(url);
          if (host === 'away.test') throw new EgressError('unreachable');
          const bytes = web[pathname];
          return {
            status: bytes ? 200 : 404,
            url,
            headers: new Headers(),
            mediaType: 'image/png',
            body: new Blob([bytes ?? 'no']).stream(),
          };
        },
      },
    });
    const pictures = [
      ...['a.png', 'a.png', 'b.png', 'gone.png'].map((name) => `https://cdn.test/${name}`),
      ...Array.from({ length: 9 }, (_, n) => `https://away.test/${n}.png`),
    ];
    const html = pictures.map((src) => `<p><img src="${src}" alt="图"></p>`).join('');
    const id = await test.upload(user, Buffer.from(`<!doctype lake>${html}`), '页.lake');
    await readSlice(browsing, run(), id);
    await user.api.imports.start({ id });
    await runSlice(browsing, run(), id);
    const { items: files } = await user.api.files.list();
    expect(files).toHaveLength(1);
    const [note] = await notesOf(user);
    const shown = pictures.map((src) => (src.endsWith('/a.png') ? (files[0]?.url ?? '') : src));
    expect(note?.content).toBe(shown.map((src) => `![图](${src})`).join('\n\n'));
    const { items } = await user.api.imports.items({ id });
    expect(items[0]?.warnings).toEqual([{ code: 'pictures_stay_remote', detail: null }]);
    // Each once; and a host that does not answer is asked no more.
    expect(new Set(asked).size).toBe(asked.length);
    expect(asked.filter((url) => url.includes('away.test')).length).toBeLessThan(9);
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
