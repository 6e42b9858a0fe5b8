import { randomBytes } from 'node:crypto';
import {
  AbortError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  createClient,
  NotFoundError,
  type StoredSession,
  UnsupportedByServerError,
} from '@ainotebook/sdk';
import { makeZip } from '@ainotebook/testkit';
import { describe, expect, it } from 'vitest';
import { useServer } from '../test-support.js';

const server = useServer();
let people = 0;

/** Registers somebody new as another program would. */
async function register() {
  people += 1;
  const guest = createClient({ baseUrl: server.url(), maxRetries: 0 });
  const session = await guest.auth.register({
    email: `sdk${people}@example.org`,
    password: 'correct horse battery',
    displayName: `SDK ${people}`,
    session: 'token',
  });
  return { guest, session, notes: guest.withSession(session) };
}

describe('a program with the SDK', () => {
  it('registers, writes, finds, publishes and reads', async () => {
    const { guest, notes } = await register();
    const notebook = await notes.notebooks.create({ name: '茶' });
    const article = await notes.articles.create({
      title: '龙井笔记',
      content: '# 龙井\n\n明前茶最嫩。\n',
      notebookId: notebook.id,
      tags: ['茶'],
    });
    expect(article.createdAt).toBeInstanceOf(Date);
    const saved = await notes.articles.save({
      id: article.id,
      baseRevision: article.revision,
      data: { title: article.title, content: `${article.content}第二泡最香。\n` },
    });
    expect(saved).toMatchObject({ status: 'saved', revision: article.revision + 1 });

    await server.runJobs();
    const { items } = await notes.search.query({ q: '最香' });
    expect(items.map((hit) => hit.articleId)).toEqual([article.id]);

    const { slug } = await notes.publications.publish({ articleId: article.id });
    const read = await guest.publications.read({ slug });
    expect(read.content).toContain('第二泡最香');
    const page = await fetch(`${server.url()}/p/${encodeURIComponent(slug)}`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('第二泡最香');
  });

  it('uploads bytes, Blobs and streams, and hears how far they are', async () => {
    const { notes } = await register();
    const bytes = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(300_000, 7)]);
    const heard: [number, number | null][] = [];
    const onProgress = (sent: number, total: number | null) => void heard.push([sent, total]);
    const first = await notes.files.upload(bytes, { name: '茶"单".pdf', onProgress });
    expect(first).toMatchObject({ mediaType: 'application/pdf', size: bytes.length });
    expect(first.createdAt).toBeInstanceOf(Date);
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.at(-1)).toEqual([bytes.length, bytes.length]);
    const same = [new Blob([bytes]), new Blob([bytes]).stream()];
    for (const source of same) expect((await notes.files.upload(source)).id).toBe(first.id);
    expect((await notes.files.list()).items.map(({ id }) => id)).toEqual([first.id]);
    const back = await fetch(`${server.url()}${first.url}`);
    expect(back.status).toBe(404);
  });

  it('hears why a file is refused, and gives an upload up', async () => {
    const { guest, notes } = await register();
    const html = new TextEncoder().encode('<script>alert(1)</script>');
    await expect(notes.files.upload(html)).rejects.toMatchObject({
      code: 'file_type_not_allowed',
      status: 415,
      path: 'files.upload',
    });
    await expect(guest.files.upload(html)).rejects.toBeInstanceOf(AuthenticationError);
    const never = new ReadableStream<Uint8Array>({
      pull: () => new Promise(() => undefined),
    });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 200);
    await expect(notes.files.upload(never, { signal: controller.signal })).rejects.toBeInstanceOf(
      AbortError,
    );
    expect((await notes.files.usage()).fileCount).toBe(0);
  });

  it('sends a large import in parts, and goes on after requests and answers that are lost', async () => {
    const { notes } = await register();
    const bytes = makeZip([
      { name: 'a.md', data: 'a' },
      { name: 'b.pdf', data: randomBytes(9_000_000), method: 0 },
    ]);
    let calls = 0;
    const lossy: typeof fetch = async (input, init) => {
      if (init?.method !== 'PATCH') return fetch(input, init);
      calls += 1;
      if (calls === 2) throw new TypeError('fetch failed');
      const answer = await fetch(input, init);
      // The part has come, and nobody hears of it.
      if (calls === 4) throw new TypeError('terminated');
      return answer;
    };
    const heard: number[] = [];
    const session = await notes.withOptions({ fetch: lossy }).imports.upload(bytes, {
      name: 'vault.zip',
      onProgress: (received) => void heard.push(received),
    });
    expect(session).toMatchObject({ sourceName: 'vault.zip', status: 'receiving' });
    expect(session.createdAt).toBeInstanceOf(Date);
    expect(session.upload).toMatchObject({ size: bytes.length, received: bytes.length });
    expect(heard).toEqual([0, 4_194_304, 4_194_304, 8_388_608, bytes.length]);
    await server.runJobs();
    expect(await notes.imports.get({ id: session.id })).toMatchObject({
      status: 'ready',
      counts: { pending: 1 },
    });
  });

  it('takes an import up again with the file that it waits for, and nobody else does', async () => {
    const { notes } = await register();
    const { notes: stranger } = await register();
    const bytes = Buffer.alloc(5_000_000, 'x');
    const { id } = await notes.imports.receive({ name: 'a.zip', size: bytes.length });
    const controller = new AbortController();
    const given = notes.imports.upload(bytes, {
      importId: id,
      signal: controller.signal,
      onProgress: (received) => received > 0 && controller.abort(),
    });
    await expect(given).rejects.toBeInstanceOf(AbortError);
    await expect(stranger.imports.upload(bytes, { importId: id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const other = notes.imports.upload(bytes.subarray(1), { importId: id });
    await expect(other).rejects.toBeInstanceOf(TypeError);
    const heard: number[] = [];
    const onProgress = (received: number) => void heard.push(received);
    await notes.imports.upload(bytes, { importId: id, onProgress });
    expect(heard).toEqual([4_194_304, 5_000_000]);
    await notes.imports.remove({ id });
  });

  it('sees both texts of a conflict, and nothing is lost', async () => {
    const { notes } = await register();
    const { id, revision } = await notes.articles.create({ title: 'a', content: 'base' });
    const write = (content: string) =>
      notes.articles.save({ id, baseRevision: revision, data: { title: 'a', content } });
    expect(await write('first')).toMatchObject({ status: 'saved' });
    const second = await write('second');
    expect(second).toMatchObject({ status: 'conflict', current: { content: 'first' } });
    if (second.status !== 'conflict') throw new Error('unreachable');
    const kept = await notes.revisions.get({ id: second.kept.revisionId });
    expect(kept.content).toBe('second');
  });

  it('walks through every page of a list', async () => {
    const { notes } = await register();
    const items = Array.from({ length: 25 }, (_, i) => ({ title: `note ${i}` }));
    expect((await notes.articles.createMany({ items })).created).toBe(25);
    const titles = new Set<string>();
    for await (const article of notes.articles.list({ limit: 10 })) titles.add(article.title);
    expect(titles.size).toBe(25);
  });

  it('cannot reach what is another’s', async () => {
    const [one, two] = [await register(), await register()];
    const { id } = await one.notes.articles.create({ title: 'mine' });
    await expect(two.notes.articles.get({ id })).rejects.toBeInstanceOf(NotFoundError);
    await expect(two.guest.articles.get({ id })).rejects.toBeInstanceOf(AuthenticationError);
  });
});

describe('its errors', () => {
  it('name the field that was refused, with a request id to quote', async () => {
    const { notes } = await register();
    const error = await notes.articles.get({ id: 'not an id' }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(error).toMatchObject({
      code: 'bad_input',
      path: 'articles.get',
      issues: [{ path: 'id' }],
    });
    expect(error).toHaveProperty('requestId', expect.stringMatching(/^[\w-]{8,}$/));
  });

  it('have a stable code', async () => {
    const { session, guest } = await register();
    const again = guest.auth.register({
      email: session.user.email,
      password: 'correct horse battery',
      displayName: 'again',
    });
    await expect(again).rejects.toBeInstanceOf(ConflictError);
    await expect(again).rejects.toMatchObject({ code: 'email_taken' });
  });

  it('tell a procedure the server does not have', async () => {
    const { notes } = await register();
    await expect(notes.$call('query', 'future.thing')).rejects.toBeInstanceOf(
      UnsupportedByServerError,
    );
    await expect(notes.$call('mutation', '__proto__.polluted')).rejects.toMatchObject({
      status: 404,
    });
  });

  it('tell a call that its caller ended', async () => {
    const { notes } = await register();
    const signal = AbortSignal.abort();
    await expect(notes.tags.list({ signal })).rejects.toBeInstanceOf(AbortError);
  });
});

describe('its session', () => {
  it('is renewed when the access token has ended, once for all calls that wait', async () => {
    const { guest, session } = await register();
    const stored: StoredSession[] = [];
    const stale = { ...session, accessTokenExpiresAt: new Date(0) };
    const notes = guest.withSession(stale, { onChange: (changed) => stored.push(changed) });
    await Promise.all(Array.from({ length: 5 }, () => notes.tags.list()));
    expect(stored).toHaveLength(1);
    expect(stored[0]?.refreshToken).not.toBe(session.refreshToken);
    const later = guest.withSession({ ...stale, ...stored[0] });
    expect((await later.users.me()).email).toBe(session.user.email);
  });

  it('ends everywhere at once', async () => {
    const { guest, session, notes } = await register();
    await notes.$call('mutation', 'auth.logoutEverywhere');
    await expect(notes.users.me()).rejects.toBeInstanceOf(AuthenticationError);
    const { refreshToken } = session;
    if (refreshToken === null) throw new Error('a program holds its refresh token');
    await expect(guest.auth.refresh({ refreshToken })).rejects.toMatchObject({
      code: 'session_revoked',
    });
  });
});

describe('a mutation sent again after its answer was lost', () => {
  it('has run once', async () => {
    const { notes } = await register();
    const idempotencyKey = 'lost-answer-0001';
    const first = await notes.notebooks.create({ name: 'once' }, { idempotencyKey });
    const again = await notes.notebooks.create({ name: 'once' }, { idempotencyKey });
    expect(again).toEqual(first);
    expect(await notes.notebooks.list()).toHaveLength(1);
    const other = notes.notebooks.create({ name: 'other' }, { idempotencyKey });
    await expect(other).rejects.toMatchObject({ code: 'idempotency_mismatch' });
  });
});
