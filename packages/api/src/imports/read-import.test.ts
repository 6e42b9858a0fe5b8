import { EgressError } from '@ainotebook/egress';
import { makeZip } from '@ainotebook/testkit';
import { describe, expect, it } from 'vitest';
import { useImports } from './import-test-support.js';
import { readSlice } from './read-import.js';

const test = useImports();
const { run, jobs, upload, preview, notesOf } = test;

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
