import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobServices } from '@ainotebook/api/jobs';
import { createDiskStore, StorageFullError } from '@ainotebook/files';
import { makeAvif as makeAvifOf } from '@ainotebook/files/avif';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { bearer, dataOf, type Person, useServer } from '../test-support.js';

const MAX = 200_000;
const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-http-files-'));
const disk = createDiskStore(folder);
let isFull = false;
const server = useServer({
  config: { maxFileBytes: MAX, fileQuotaBytes: 1_000_000 },
  blobs: () => ({
    ...disk,
    put: async (...args) => {
      if (isFull) throw new StorageFullError('full');
      return disk.put(...args);
    },
  }),
});

const PDF = () => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(400)]);

function formOf(bytes: Buffer, name = 'a.png'): Buffer {
  return Buffer.concat([
    Buffer.from(
      `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: x/y\r\n\r\n`,
    ),
    bytes,
    Buffer.from('\r\n--b--\r\n'),
  ]);
}

const post = (person: Person | null, body: Buffer, headers: Record<string, string> = {}) =>
  server.send({
    method: 'POST',
    path: '/api/files',
    headers: {
      'content-type': 'multipart/form-data; boundary=b',
      ...(person ? bearer(person) : {}),
      ...headers,
    },
    body,
  });
const get = (url: string, headers: Record<string, string> = {}) =>
  server.send({ path: url, headers: { accept: 'image/*', ...headers } });
const codeOf = (answer: { json: () => Record<string, unknown> }) =>
  (answer.json() as { error: { code: string } }).error.code;
const png = () =>
  sharp({
    create: {
      width: 8,
      height: 8,
      channels: 3,
      background: {
        r: randomBytes(1)[0] ?? 0,
        g: randomBytes(1)[0] ?? 0,
        b: randomBytes(1)[0] ?? 0,
      },
    },
  })
    .png()
    .toBuffer();

async function uploaded(
  person: Person,
  bytes?: Buffer,
): Promise<{ id: string; url: string; sha256: string }> {
  const answer = await post(person, formOf(bytes ?? (await png())));
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.json() as { id: string; url: string; sha256: string };
}

describe('POST /api/files', () => {
  it('takes a file, and the same again as the same', async () => {
    const person = await server.register();
    const bytes = await png();
    const first = await post(person, formOf(bytes, '猫.png'));
    expect(first.status).toBe(201);
    expect(first.json()).toMatchObject({ name: '猫.png', mediaType: 'image/png' });
    const again = await post(person, formOf(bytes, 'other.png'));
    expect(again.status).toBe(200);
    expect(again.json()).toEqual(first.json());
    const list = await server.query('files.list', {}, bearer(person));
    expect(list.text).toContain('猫.png');
  });

  it('needs a token: a cookie, which another site could use, is not enough', async () => {
    const person = await server.register();
    expect((await post(null, formOf(await png()))).status).toBe(401);
    expect((await post(null, formOf(await png()), { cookie: person.cookie })).status).toBe(401);
  });

  it.each([
    ['too large', () => formOf(Buffer.alloc(MAX + 1)), 413, 'too_large'],
    ['empty', () => formOf(Buffer.alloc(0)), 400, 'file_empty'],
    ['HTML', () => formOf(Buffer.from('<script>alert(1)</script>')), 415, 'file_type_not_allowed'],
    [
      'SVG',
      () => formOf(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')),
      415,
      'file_type_not_allowed',
    ],
    ['broken off', () => formOf(PDF()).subarray(0, 300), 400, 'upload_incomplete'],
    [
      'two files',
      () => Buffer.concat([formOf(PDF()).subarray(0, -7), formOf(PDF())]),
      400,
      'one_file_only',
    ],
    ['not a form', () => Buffer.from('--x'), 400, 'upload_incomplete'],
  ])('refuses what is %s and keeps nothing', async (_, body, status, code) => {
    const person = await server.register();
    const answer = await post(person, body());
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    expect(await readdir(disk.tempFolder)).toEqual([]);
    expect((await server.query('files.usage', undefined, bearer(person))).text).toContain(
      '"usedBytes":0',
    );
  });

  it('says that the disk is full, counts nothing, and goes on once there is room', async () => {
    const person = await server.register();
    const bytes = await png();
    isFull = true;
    const answer = await post(person, formOf(bytes));
    isFull = false;
    expect([answer.status, codeOf(answer)]).toEqual([507, 'storage_full']);
    expect(await readdir(disk.tempFolder)).toEqual([]);
    expect((await post(person, formOf(bytes))).status).toBe(201);
  });

  it('says when the quota is spent', async () => {
    const person = await server.register();
    const big = () => Buffer.concat([PDF(), randomBytes(MAX - 1_000)]);
    for (let i = 0; i < 5; i++) expect((await post(person, formOf(big()))).status).toBe(201);
    const answer = await post(person, formOf(big()));
    expect([answer.status, codeOf(answer)]).toEqual([422, 'quota_exceeded']);
  });

  it('leaves no temporary file of a hundred senders who leave', async () => {
    const person = await server.register();
    const { port, hostname } = new URL(server.url());
    const leave = () =>
      new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(
            `POST /api/files HTTP/1.1\r\nHost: x\r\nAuthorization: ${bearer(person).authorization}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 100000\r\n\r\n`,
          );
          socket.write(formOf(PDF()).subarray(0, 300));
          setTimeout(() => socket.destroy(), 20 + Math.random() * 60);
        });
        socket.on('error', () => undefined);
        socket.on('close', () => resolve());
      });
    await Promise.all(Array.from({ length: 100 }, leave));
    for (let i = 0; i < 100 && (await readdir(disk.tempFolder)).length > 0; i++) await sleep(50);
    expect(await readdir(disk.tempFolder)).toEqual([]);
    expect((await post(person, formOf(await png()))).status).toBe(201);
  });
});

describe('GET /api/files/:id', () => {
  it('gives the owner the bytes with headers under which nothing runs', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const bytes = await png();
    const { url, sha256 } = await uploaded(person, bytes);
    const answer = await get(url, { cookie: person.cookie });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-length': String(bytes.length),
      etag: `"${sha256}"`,
      'cache-control': 'private, max-age=31536000, immutable',
    });
    expect(answer.headers['content-security-policy']).toContain('sandbox');
    expect(answer.headers['content-disposition']).toMatch(/^inline; filename\*=UTF-8''a\.png$/);
    expect((await get(url, bearer(person))).status).toBe(200);
    expect((await get(url, { cookie: person.cookie, 'if-none-match': `"${sha256}"` })).status).toBe(
      304,
    );
    const others: Record<string, string>[] = [{}, { cookie: other.cookie }, bearer(other)];
    for (const headers of others) {
      const refused = await get(url, headers);
      expect([refused.status, codeOf(refused)]).toEqual([404, 'not_found']);
    }
    expect((await get('/api/files/x')).status).toBe(404);
    expect((await get('/api/files/%00')).status).toBe(404);
  });

  it('sends a PDF to be saved, never to be shown here', async () => {
    const person = await server.register();
    const answer = await post(person, formOf(PDF(), '报告"; x=".pdf'));
    const { url } = answer.json() as { url: string };
    const { headers } = await get(url, { cookie: person.cookie });
    expect(headers['content-disposition']).toMatch(/^attachment; filename\*=UTF-8''[\w%.-]+\.pdf$/);
  });

  it('sends a part', async () => {
    const person = await server.register();
    const bytes = PDF();
    const { url } = await uploaded(person, bytes);
    const part = (range: string) => get(url, { cookie: person.cookie, range });
    const middle = await part('bytes=2-4');
    expect([middle.status, middle.text, middle.headers['content-range']]).toEqual([
      206,
      'DF-',
      `bytes 2-4/${bytes.length}`,
    ]);
    expect((await part('bytes=-3')).headers['content-length']).toBe('3');
    expect((await part(`bytes=${bytes.length}-`)).status).toBe(416);
    expect((await part('bytes=0-1,4-5')).status).toBe(200);
    expect((await part('lines=0-1')).status).toBe(200);
  });

  it('opens to the readers of a published article and is gone when that is withdrawn', async () => {
    const person = await server.register();
    const { url } = await uploaded(person);
    const made = await server.mutate(
      'articles.create',
      { title: 'With a picture', content: `![cat](${url})` },
      bearer(person),
    );
    const articleId = /"id":"([\da-f-]{36})"/.exec(made.text)?.[1];
    const published = await server.mutate('publications.publish', { articleId }, bearer(person));
    const slug = /"slug":"([^"]+)"/.exec(published.text)?.[1];
    const page = (await server.page(`/p/${slug}`)).text;
    expect(page).toContain(`<img src="${url}" alt="cat"`);
    expect(page).toContain(`width="8" height="8" srcset="${url}/8.webp 8w"`);
    const answer = await get(url);
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toMatch(/^public, max-age=300/);
    expect(answer.headers['cross-origin-resource-policy']).toBe('cross-origin');
    await server.mutate('publications.unpublish', { articleId }, bearer(person));
    expect((await get(url)).status).toBe(410);
  });

  it('opens to whoever a share was given to, for some hours', async () => {
    const person = await server.register();
    const { url } = await uploaded(person);
    const made = await server.mutate(
      'articles.create',
      { title: 'x', content: `![cat](${url})` },
      bearer(person),
    );
    const articleId = /"id":"([\da-f-]{36})"/.exec(made.text)?.[1];
    const share = await server.mutate('shares.create', { articleId }, bearer(person));
    const token = /\/s\/([\w-]+)/.exec(share.text)?.[1];
    const page = await server.page(`/s/${token}`);
    const signed = /<img src="([^"]+)"/.exec(page.text)?.[1]?.replace('&#x26;', '&') ?? '';
    expect(signed).toContain('signature=');
    expect((await get(signed)).status).toBe(200);
    const small = /srcset="([^ ]+) 8w"/.exec(page.text)?.[1]?.replace('&#x26;', '&') ?? '';
    expect(small).toContain('/8.webp?');
    expect((await get(small)).status).toBe(200);
    expect((await get(url)).status).toBe(404);
    expect((await get(signed.replace('signature=', 'signature=A'))).status).toBe(404);
  });
});

describe('pictures', () => {
  const photo = (width: number) =>
    sharp({ create: { width, height: 40, channels: 3, background: '#47a' } })
      .withMetadata({ exif: { IFD0: { Make: 'canary-camera' } } })
      .jpeg()
      .toBuffer();

  it('are sent without where and by what they were taken, also in smaller widths', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const bytes = await photo(1_000);
    expect(bytes.toString('latin1')).toContain('canary-camera');
    const { url, sha256 } = await uploaded(person, bytes);
    const again = await post(person, formOf(bytes));
    expect([again.status, (again.json() as { sha256: string }).sha256]).toEqual([200, sha256]);
    const whole = await get(url, { cookie: person.cookie });
    expect(whole.text).not.toContain('canary-camera');
    const small = await get(`${url}/480.webp`, { cookie: person.cookie });
    expect([small.status, small.headers['content-type']]).toEqual([200, 'image/webp']);
    expect(small.headers.etag).not.toBe(whole.headers.etag);
    for (const name of ['481.webp', '1600.webp', '480.avif', '480.png', '..%2f..%2fx']) {
      expect((await get(`${url}/${name}`, { cookie: person.cookie })).status).toBe(404);
    }
    expect((await get(`${url}/480.webp`, { cookie: other.cookie })).status).toBe(404);
    expect(await readdir(disk.tempFolder)).toEqual([]);
  });

  it('get smaller files as AVIF a little later, and pages then offer them', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
    const background = '#000';
    const bytes = await sharp({
      create: { width: 500, height: 60, channels: 3, background, noise },
    })
      .png()
      .toBuffer();
    const { url } = await uploaded(person, bytes);
    const made = await server.mutate(
      'articles.create',
      { title: 'Noise', content: `![noise](${url})` },
      bearer(person),
    );
    const articleId = /"id":"([\da-f-]{36})"/.exec(made.text)?.[1];
    const published = await server.mutate('publications.publish', { articleId }, bearer(person));
    const page = () => server.page(`/p/${/"slug":"([^"]+)"/.exec(published.text)?.[1]}`);
    const before = await page();
    expect(before.text).not.toContain('<picture>');
    // What the script of the page shows until the picture is there.
    expect(before.text).toMatch(/<img [^>]*data-blur="data:image\/webp;base64,[\w+/=]+"/);
    const found = await server.query('files.get', { id: url.slice(-36) }, bearer(person));
    expect(dataOf(found)).toMatchObject({
      picture: {
        width: 500,
        widths: [480, 500],
        placeholder: expect.stringMatching(/^data:image/),
      },
    });
    expect((await get(`${url}/480.avif`)).status).toBe(404);

    let runs = 0;
    const makeAvif: JobServices['makeAvif'] = (file, widths) => {
      runs += 1;
      return makeAvifOf(file, widths);
    };
    await server.runJobs({ makeAvif });
    const avif = await get(`${url}/480.avif`);
    expect([avif.status, avif.headers['content-type']]).toEqual([200, 'image/avif']);
    const after = await page();
    expect(after.text).toContain(
      `<picture><source type="image/avif" srcset="${url}/480.avif 480w, ${url}/500.avif 500w"`,
    );
    expect(after.headers.etag).not.toBe(before.headers.etag);
    const share = await server.mutate('shares.create', { articleId }, bearer(person));
    const shared = await server.page(`/s/${/\/s\/([\w-]+)/.exec(share.text)?.[1]}`);
    expect(shared.text).toMatch(/<source type="image\/avif" srcset="[^ ]+480\.avif\?expires=/);

    // The same bytes of another person: nothing is left to make.
    runs = 0;
    const same = await uploaded(other, bytes);
    await server.runJobs({ makeAvif });
    expect(runs).toBe(0);
    expect((await get(`${same.url}/480.avif`, { cookie: other.cookie })).status).toBe(200);
    expect((await get(`${same.url}/480.avif`, { cookie: person.cookie })).status).toBe(404);
    expect(await readdir(disk.tempFolder)).toEqual([]);
  });

  it('keep to WebP where AVIF is no smaller', async () => {
    const person = await server.register();
    const { url } = await uploaded(person);
    const makeAvif: JobServices['makeAvif'] = async (file, widths) =>
      (await makeAvifOf(file, widths)).map((variant) => ({ ...variant, size: 1_000_000 }));
    await server.runJobs({ makeAvif });
    expect((await get(`${url}/8.avif`, { cookie: person.cookie })).status).toBe(404);
    expect((await get(`${url}/8.webp`, { cookie: person.cookie })).status).toBe(200);
    expect(await readdir(disk.tempFolder)).toEqual([]);
  });

  it('that cannot be read are refused, and nothing stays', async () => {
    const person = await server.register();
    const answer = await post(person, formOf((await photo(2_000)).subarray(0, 700)));
    expect([answer.status, codeOf(answer)]).toEqual([422, 'file_damaged']);
    expect(await readdir(disk.tempFolder)).toEqual([]);
  });
});
