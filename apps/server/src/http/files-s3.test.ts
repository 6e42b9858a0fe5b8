import { mkdtempSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSchedules } from '@ainotebook/api/jobs';
import { createS3Store } from '@ainotebook/files';
import { type S3StandIn, startS3 } from '@ainotebook/testkit';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bearer, type Person, useServer } from '../test-support.js';

const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-s3-files-'));
let s3: S3StandIn;
beforeAll(async () => {
  s3 = await startS3();
});
const server = useServer({
  config: { fileQuotaBytes: 20_000 },
  blobs: () => createS3Store({ ...s3, folder, forcePathStyle: true }),
});
afterAll(() => s3.stop());

let shade = 0;
/** Another picture each time. */
const png = () => {
  shade += 1;
  const background = { r: shade, g: 80, b: 120 };
  return sharp({ create: { width: 600, height: 40, channels: 3, background } })
    .png()
    .toBuffer();
};

const post = (person: Person, bytes: Buffer) =>
  server.send({
    method: 'POST',
    path: '/api/files',
    headers: { 'content-type': 'multipart/form-data; boundary=b', ...bearer(person) },
    body: Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n\r\n'),
      bytes,
      Buffer.from('\r\n--b--\r\n'),
    ]),
  });
const get = (url: string, headers: Record<string, string>, method = 'GET') =>
  server.send({ path: url, method, headers: { accept: 'image/*', ...headers } });
const usedBy = async (person: Person) =>
  (await server.query('files.usage', undefined, bearer(person))).text;

async function uploaded(
  person: Person,
  bytes: Buffer,
): Promise<{ id: string; url: string; sha256: string }> {
  const answer = await post(person, bytes);
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json() as { id: string; url: string; sha256: string };
}

it('sends what lies in a bucket under the same headers, in part too, to its owner only', async () => {
  const [person, other] = [await server.register(), await server.register()];
  const bytes = await png();
  const { url } = await uploaded(person, bytes);
  expect([...s3.objects.keys()].map((key) => key.replace(/[\da-f]{64}/, 'sum')).sort()).toEqual([
    expect.stringMatching(/^[\da-f]{2}\/sum$/),
    expect.stringMatching(/sum\.480\.webp$/),
    expect.stringMatching(/sum\.600\.webp$/),
  ]);
  const whole = await get(url, { cookie: person.cookie });
  expect(whole.headers).toMatchObject({
    'content-type': 'image/png',
    'content-length': String(bytes.length),
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=31536000, immutable',
  });
  expect(whole.headers['content-security-policy']).toContain('sandbox');
  const part = await get(url, { cookie: person.cookie, range: 'bytes=1-3' });
  expect([part.status, part.text]).toEqual([206, 'PNG']);
  s3.requests.length = 0;
  expect((await get(url, { cookie: person.cookie }, 'HEAD')).status).toBe(200);
  const known = { cookie: person.cookie, 'if-none-match': String(whole.headers.etag) };
  expect((await get(url, known)).status).toBe(304);
  expect((await get(url, { cookie: other.cookie })).status).toBe(404);
  expect(s3.requests).toEqual([]);
  expect((await get(`${url}/480.webp`, { cookie: person.cookie })).status).toBe(200);
});

it('answers 503 while the bucket is away, keeps nothing half, and goes on after it', async () => {
  const person = await server.register();
  const { url } = await uploaded(person, await png());
  const before = await usedBy(person);
  const bytes = await png();
  await s3.down();
  const refused = await post(person, bytes);
  const shown = await get(url, { cookie: person.cookie });
  await s3.up();
  for (const answer of [refused, shown]) {
    expect([answer.status, answer.json()]).toMatchObject([503, { error: { code: 'unavailable' } }]);
    expect(answer.headers['retry-after']).toBe('5');
  }
  expect(shown.headers['cache-control']).toBe('no-store');
  expect(shown.headers['content-disposition']).toBeUndefined();
  expect(await readdir(path.join(folder, '.tmp'))).toEqual([]);
  expect(await usedBy(person)).toBe(before);
  expect((await post(person, bytes)).status).toBe(201);
  expect((await get(url, { cookie: person.cookie })).status).toBe(200);
});

it('removes from the bucket what nobody has, after an outage too', async () => {
  const person = await server.register();
  const { id, sha256 } = await uploaded(person, await png());
  const keys = () => [...s3.objects.keys()].filter((key) => key.includes(sha256));
  await server.mutate('files.remove', { id }, bearer(person));
  const { db, models } = server.services();
  await db.execute(`update blobs set touched_at = now() - interval '2 hours' where refs = 0`);
  // As a crash leaves it between the bytes and their row.
  const [first] = s3.objects.values();
  if (first) s3.objects.set(`${sha256.slice(0, 2)}/${sha256}.480.avif`, first);
  const collect = async () => {
    const [hourly] = createSchedules({ flushViewsMs: null, models });
    await db.transaction(async (tx) => hourly?.enqueue(tx, new Date()));
    await server.runJobs();
  };
  s3.behave('busy');
  await collect();
  expect(keys()).toHaveLength(4);
  s3.behave('serve');
  const again = async () => {
    await db.execute(`update outbox set next_at = now() where done_at is null`);
    await collect();
    return keys();
  };
  await expect.poll(again).toEqual([]);
});

it('counts the quota', async () => {
  const person = await server.register();
  const big = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(15_000, 'x')]);
  expect((await post(person, big)).status).toBe(201);
  expect((await post(person, Buffer.concat([big, Buffer.from('y')]))).status).toBe(422);
});
