import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { schema } from '@ainotebook/db';
import { createDiskStore, createS3Store } from '@ainotebook/files';
import { makeZip, type S3StandIn, startS3 } from '@ainotebook/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, dataOf, type Person, useServer } from '../test-support.js';

const CHUNK = 4_194_304;
const MAX = 20_000_000;
const folder = () => mkdtempSync(path.join(tmpdir(), 'ainotebook-parts-'));
let s3: S3StandIn;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.stop());

/** A note and what makes the archive take two parts and a bit. */
const vault = () =>
  makeZip([
    { name: '一.md', data: '# 一\n\n正文' },
    { name: 'x.pdf', data: randomBytes(2 * CHUNK + 1000) },
  ]);

describe.each([
  ['a folder', () => createDiskStore(folder())],
  ['a bucket', () => createS3Store({ ...s3, folder: folder(), forcePathStyle: true })],
])('a file that comes in parts, kept in %s', (_, blobs) => {
  const server = useServer({ config: { maxImportBytes: MAX }, blobs });

  const announce = (person: Person, size: number) =>
    server.mutate('imports.receive', { name: '../笔记.zip', size }, bearer(person));
  const announced = async (person: Person, size: number) =>
    (dataOf(await announce(person, size)) as { id: string }).id;
  const send = (person: Person | null, id: string, part: Buffer, start: number | string) =>
    server.send({
      method: 'PATCH',
      path: `/api/imports/${id}/source`,
      headers: { 'upload-offset': String(start), ...(person ? bearer(person) : {}) },
      body: part,
    });
  const session = async (person: Person, id: string) =>
    dataOf(await server.query('imports.get', { id }, bearer(person)));
  const codeOf = (answer: { json: () => object }) =>
    (answer.json() as { error: { code: string } }).error.code;
  const rest = (bytes: Buffer, from: number) => bytes.subarray(from, from + CHUNK);

  it('is made whole and read once its last part is here', async () => {
    const person = await server.register();
    const bytes = vault();
    const id = await announced(person, bytes.length);
    expect(await session(person, id)).toMatchObject({
      status: 'receiving',
      sourceName: '笔记.zip',
      upload: { size: bytes.length, received: 0, chunkBytes: CHUNK },
    });
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const answer = await send(person, id, rest(bytes, at), at);
      expect(answer.status).toBe(200);
      const received = Math.min(bytes.length, at + CHUNK);
      expect(answer.headers['upload-offset']).toBe(String(received));
      expect(answer.json()).toMatchObject({ upload: { received } });
    }
    await server.runJobs();
    expect(await session(person, id)).toMatchObject({
      status: 'ready',
      upload: null,
      // The note, and the file that it does not show.
      totalCount: 2,
      sourceSize: bytes.length,
    });
    const { importChunks, importSources } = schema;
    const { db } = server.services();
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await db.select().from(importSources)).toMatchObject([{ sessionId: id, sha256 }]);
    // Its parts are held by nothing any more.
    expect(await db.select().from(importChunks)).toEqual([]);
    await server.mutate('imports.start', { id }, bearer(person));
    await server.runJobs();
    expect(await session(person, id)).toMatchObject({ status: 'done', counts: { accepted: 1 } });
  });

  it('goes on where it was cut off', async () => {
    const person = await server.register();
    const bytes = vault();
    const id = await announced(person, bytes.length);
    await send(person, id, rest(bytes, 0), 0);
    const socket = connect(Number(new URL(server.url()).port), '127.0.0.1');
    socket.write(
      `PATCH /api/imports/${id}/source HTTP/1.1\r\nHost: notes.test\r\nContent-Length: ${CHUNK}\r\nUpload-Offset: ${CHUNK}\r\nAuthorization: Bearer ${person.accessToken}\r\n\r\n`,
    );
    await new Promise((resolve) => socket.write(bytes.subarray(CHUNK, CHUNK + 100_000), resolve));
    socket.destroy();
    expect(await session(person, id)).toMatchObject({ upload: { received: CHUNK } });
    expect((await send(person, id, rest(bytes, CHUNK), CHUNK)).status).toBe(200);
    const left = async () =>
      (await readdir(server.services().blobs.tempFolder)).filter((name) => name.endsWith('.part'));
    await expect.poll(left).toEqual([]);
  });

  it('says where the missing part begins to whoever repeats one or leaves one out', async () => {
    const person = await server.register();
    const bytes = vault();
    const id = await announced(person, bytes.length);
    await send(person, id, rest(bytes, 0), 0);
    for (const start of [0, 2 * CHUNK, 17]) {
      const answer = await send(person, id, rest(bytes, start), start);
      expect(answer.status).toBe(409);
      expect(answer.headers['upload-offset']).toBe(String(CHUNK));
      expect(codeOf(answer)).toBe('conflict');
    }
    const short = await send(person, id, bytes.subarray(0, 10), CHUNK);
    expect(codeOf(short)).toBe('upload_incomplete');
    expect(codeOf(await send(person, id, rest(bytes, CHUNK), 'x'))).toBe('bad_input');
    expect(await session(person, id)).toMatchObject({ upload: { received: CHUNK } });
  });

  it('keeps one of several parts that are sent for the same place at once', async () => {
    const person = await server.register();
    const bytes = vault();
    const id = await announced(person, bytes.length);
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => send(person, id, rest(bytes, 0), 0)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    expect(await session(person, id)).toMatchObject({ upload: { received: CHUNK } });
  });

  it('is closed to everybody else', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const bytes = vault();
    const id = await announced(person, bytes.length);
    expect((await send(other, id, rest(bytes, 0), 0)).status).toBe(404);
    expect((await send(null, id, rest(bytes, 0), 0)).status).toBe(401);
    expect((await send(person, 'x', rest(bytes, 0), 0)).status).toBe(404);
    expect(await session(person, id)).toMatchObject({ upload: { received: 0 } });
  });

  it('is no larger than allowed, and neither are all sources of a person together', async () => {
    const [person, other] = [await server.register(), await server.register()];
    expect((await announce(person, MAX + 1)).text).toContain('"too_large"');
    const id = await announced(person, MAX);
    await announced(person, MAX);
    expect((await announce(person, 1)).text).toContain('"limit_reached"');
    expect((await announce(other, 1)).status).toBe(200);
    await server.mutate('imports.remove', { id }, bearer(person));
    expect((await announce(person, 1)).status).toBe(200);
    expect((await send(person, id, Buffer.alloc(CHUNK), 0)).status).toBe(404);
  });
});
