import { EgressError } from '@ainotebook/egress';
import { makeZip } from '@ainotebook/testkit';
import { describe, expect, it } from 'vitest';
import { useImports, VAULT } from './import-test-support.js';
import { readSlice } from './read-import.js';
import { runSlice } from './run-import.js';

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

  it('names the files that no note shows, behind everything else', async () => {
    const user = await test.user();
    const id = await preview(user, [
      ...VAULT,
      { name: 'unseen.png', data: 'x' },
      { name: 'sub/p.png', data: 'x' },
      { name: 'plan.canvas', data: '{}' },
    ]);
    const { items } = await user.api.imports.items({ id });
    expect(items.map(({ path, reason }) => [path, reason])).toEqual([
      ['北京.md', null],
      ['日记/今天.md', null],
      ['plan.canvas', 'unsupported'],
      ['sub/p.png', 'unused'],
      ['unseen.png', 'unused'],
    ]);
    const session = await user.api.imports.get({ id });
    expect(session).toMatchObject({ status: 'ready', readCount: 5, totalCount: 5 });
    await user.api.imports.start({ id });
    await runSlice(jobs(), run(), id);
    expect(await user.api.imports.get({ id })).toMatchObject({
      status: 'done',
      counts: { pending: 0, accepted: 2, rejected: 3 },
    });
  });

  it('names folders where thousands of files are shown by no note', async () => {
    const user = await test.user();
    const files = Array.from({ length: 1_200 }, (_, i) => ({
      name: `f${i % 2}/${i}.png`,
      data: 'x',
    }));
    const id = await preview(user, [{ name: 'a.md', data: '![](f0/0.png)' }, ...files]);
    const { items } = await user.api.imports.items({ id, result: 'rejected' });
    expect(items.map(({ path }) => path)).toEqual(['f0/ × 599', 'f1/ × 600']);
  });

  it('is ready where the process died between the last note and the files', async () => {
    const user = await test.user();
    const id = await upload(user, makeZip([...VAULT, { name: 'unseen.png', data: 'x' }]));
    const dying = run();
    const stopped = { ...dying, signal: AbortSignal.abort(new Error('the process dies')) };
    const services = jobs();
    let signal = dying.signal;
    const failing = {
      ...stopped,
      get signal() {
        return signal;
      },
    };
    const readSource: typeof services.readSource = async (source, limits) => {
      const reading = await services.readSource(source, limits);
      signal = stopped.signal;
      return reading;
    };
    await expect(readSlice(jobs({ readSource }), failing, id)).rejects.toThrow('dies');
    expect(await user.api.imports.get({ id })).toMatchObject({ status: 'reading', readCount: 2 });
    await readSlice(services, run(), id);
    const { items } = await user.api.imports.items({ id });
    expect(items.map(({ path }) => path)).toEqual(['北京.md', '日记/今天.md', 'unseen.png']);
    expect(await user.api.imports.get({ id })).toMatchObject({ status: 'ready' });
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
