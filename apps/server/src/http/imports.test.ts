import { randomBytes } from 'node:crypto';
import { schema } from '@ainotebook/db';
import { makeZip } from '@ainotebook/testkit';
import { describe, expect, it } from 'vitest';
import { bearer, type Person, useServer } from '../test-support.js';

const MAX = 50_000;
const server = useServer({ config: { maxImportBytes: MAX } });

function formOf(bytes: Buffer, name: string): Buffer {
  const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: x/y\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]);
}

function post(person: Person | null, bytes: Buffer, headers: Record<string, string> = {}) {
  const body = formOf(bytes, '../笔记.zip');
  const isChunked = headers['transfer-encoding'] === 'chunked';
  return server.send({
    method: 'POST',
    path: '/api/imports',
    headers: {
      'content-type': 'multipart/form-data; boundary=b',
      ...(isChunked ? {} : { 'content-length': `${body.length}` }),
      ...(person ? bearer(person) : {}),
      ...headers,
    },
    body,
  });
}

const idOf = (answer: { json: () => unknown }) => (answer.json() as { id: string }).id;

async function session(person: Person, id: string): Promise<Record<string, unknown>> {
  const answer = await server.query('imports.get', { id }, bearer(person));
  return (answer.json() as { result: { data: { json: Record<string, unknown> } } }).result.data
    .json;
}

describe('POST /api/imports', () => {
  it('takes a source, and threads read it and make its notes', async () => {
    const person = await server.register();
    const answer = await post(person, makeZip([{ name: '一.md', data: '# 一\n\n正文' }]));
    expect(answer.status).toBe(201);
    expect(answer.json()).toMatchObject({ status: 'reading', sourceName: '笔记.zip' });
    const id = idOf(answer);
    await server.runJobs();
    expect(await session(person, id)).toMatchObject({ status: 'ready', totalCount: 1 });
    await server.mutate('imports.start', { id }, bearer(person));
    await server.runJobs();
    expect(await session(person, id)).toMatchObject({ status: 'done', counts: { accepted: 1 } });
    expect((await server.query('articles.list', {}, bearer(person))).text).toContain('正文');
  });

  it('needs a token: a cookie, which another site could use, is not enough', async () => {
    const person = await server.register();
    const bytes = makeZip([{ name: 'a.md', data: 'a' }]);
    expect((await post(null, bytes)).status).toBe(401);
    expect((await post(null, bytes, { cookie: person.cookie })).status).toBe(401);
  });

  it('refuses more than the limit', async () => {
    const answer = await post(await server.register(), Buffer.alloc(MAX + 1));
    expect(answer.status).toBe(413);
    expect(answer.json()).toMatchObject({ error: { code: 'too_large' } });
  });

  it('keeps nothing of a source for which there is no room', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const { db } = server.database();
    const held = () => db.$count(schema.blobs);
    for (let n = 0; n < 2; n++) {
      expect((await post(person, randomBytes(MAX * 0.9))).status).toBe(201);
    }
    const before = await held();
    const announced = await post(person, randomBytes(MAX * 0.5));
    const unannounced = await post(person, randomBytes(MAX * 0.5), {
      'transfer-encoding': 'chunked',
    });
    for (const answer of [announced, unannounced]) {
      expect(answer.status).toBe(422);
      expect(answer.json()).toMatchObject({ error: { code: 'limit_reached' } });
    }
    expect(await held()).toBe(before);
    expect((await post(other, randomBytes(MAX * 0.5))).status).toBe(201);
    expect((await post(person, randomBytes(MAX * 0.1))).status).toBe(201);
  });

  it('counts together what of one person is on its way at once', async () => {
    const person = await server.register();
    const { db } = server.database();
    const before = await db.$count(schema.blobs);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => post(person, randomBytes(MAX * 0.9))),
    );
    const taken = answers.filter(({ status }) => status === 201).length;
    expect([1, 2]).toContain(taken);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(6 - taken);
    expect((await db.$count(schema.blobs)) - before).toBe(taken);
  });

  it('says of a source that no thread can read why', async () => {
    const person = await server.register();
    const id = idOf(await post(person, Buffer.from('%PDF-1.4 junk')));
    await server.runJobs();
    expect(await session(person, id)).toMatchObject({ status: 'failed', failure: 'damaged' });
  });
});
