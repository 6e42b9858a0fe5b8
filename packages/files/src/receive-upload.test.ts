import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type ReceivedFile, receiveBody, receiveUpload } from './receive-upload.js';
import { UploadError } from './upload-error.js';

/** A whole PNG of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const MAX = 10_000;

let folder: string;
let server: Server;
let outcome: (value: ReceivedFile | unknown) => void = () => {};

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ainotebook-receive-'));
  server = createServer((req, res) => {
    const slowest = { bytes: 1, windowMs: 200 };
    const taking =
      req.headers['content-type'] === 'part'
        ? receiveBody(req, { tempFolder: folder, bytes: MAX, slowest })
        : receiveUpload(req, { tempFolder: folder, maxBytes: MAX, slowest });
    taking.then(
      (file) => {
        res.end('taken');
        outcome(file);
      },
      (error: unknown) => {
        if (!res.destroyed) res.writeHead(400, { connection: 'close' }).end();
        outcome(error);
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});
afterEach(async () => {
  for (const name of await readdir(folder)) await rm(path.join(folder, name));
});

const part = (name: string, body: Buffer | string, head = `filename="${name}"`) =>
  Buffer.concat([
    Buffer.from(
      `--b\r\nContent-Disposition: form-data; name="file"; ${head}\r\nContent-Type: text/html\r\n\r\n`,
    ),
    Buffer.from(body),
    Buffer.from('\r\n'),
  ]);
const form = (...parts: Buffer[]) => Buffer.concat([...parts, Buffer.from('--b--\r\n')]);
const MULTIPART = 'multipart/form-data; boundary=b';

/** Sends a body; `end: 'cut'` breaks the connection after it, `'wait'` leaves it open. */
function post(
  body: Buffer,
  { type = MULTIPART, end = 'whole', length = null as number | null } = {},
): Promise<ReceivedFile | UploadError> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve) => {
    outcome = (value) => resolve(value as ReceivedFile | UploadError);
    const headers = {
      'content-type': type,
      ...(length === null ? { 'transfer-encoding': 'chunked' } : { 'content-length': length }),
    };
    const req = request({ port, host: '127.0.0.1', method: 'POST', headers, agent: false });
    req.on('error', () => undefined);
    req.on('response', (res) => res.resume());
    req.write(body, () => {
      if (end === 'cut') setTimeout(() => req.destroy(), 50);
    });
    if (end === 'whole') req.end();
  });
}

async function failureOf(...args: Parameters<typeof post>): Promise<string> {
  const error = await post(...args);
  if (!(error instanceof UploadError)) throw new Error(`taken: ${JSON.stringify(error)}`);
  return error.failure;
}

it('takes a file, hashed, under the type of its bytes and a safe name', async () => {
  const file = (await post(form(part('../../../etc/图 片.html', PNG)))) as ReceivedFile;
  expect(file).toMatchObject({ name: '图 片.png', mediaType: 'image/png', size: PNG.length });
  expect(file.sha256).toBe(createHash('sha256').update(PNG).digest('hex'));
  expect(await readFile(file.path)).toEqual(PNG);
});

it('takes a file of exactly the largest size and not one byte more', async () => {
  const fill = (size: number) => Buffer.concat([PNG, Buffer.alloc(size - PNG.length)]);
  expect(await post(form(part('a.png', fill(MAX))))).toMatchObject({ size: MAX });
  expect(await failureOf(form(part('a.png', fill(MAX + 1))))).toBe('too_large');
});

const CASES: [string, Parameters<typeof post>, string][] = [
  ['10 GB declared', [form(), { length: 10_737_418_240, end: 'wait' }], 'too_large'],
  [
    'more than the largest size, chunked and endless',
    [part('a.png', Buffer.alloc(200_000)), { end: 'wait' }],
    'too_large',
  ],
  ['an empty file', [form(part('a.png', ''))], 'empty'],
  ['a form without a file', [form()], 'no_file'],
  ['two files', [form(part('a.png', PNG), part('b.png', PNG))], 'several_files'],
  ['a form that breaks off', [part('a.png', PNG.subarray(0, 40))], 'incomplete'],
  ['a sender who leaves', [part('a.png', PNG.subarray(0, 40)), { end: 'cut' }], 'gone'],
  ['a sender who stands still', [part('a.png', PNG.subarray(0, 40)), { end: 'wait' }], 'too_slow'],
  ['JSON', [Buffer.from('{}'), { type: 'application/json' }], 'not_multipart'],
  ['no boundary', [form(part('a.png', PNG)), { type: 'multipart/form-data; x=y' }], 'malformed'],
  ['HTML named .png', [form(part('a.png', '<script>alert(1)</script>'))], 'type_not_allowed'],
  ['SVG', [form(part('a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'))], 'type_not_allowed'],
  [
    'SVG behind an XML declaration',
    [form(part('a.png', '<?xml version="1.0"?><svg/>'))],
    'type_not_allowed',
  ],
  [
    'a program',
    [form(part('a.png', Buffer.from('7f454c460201010000000000', 'hex')))],
    'type_not_allowed',
  ],
  ['a zip', [form(part('a.pdf', Buffer.from('504b0304140000000000', 'hex')))], 'type_not_allowed'],
  [
    'many parts',
    [
      form(
        ...Array.from({ length: 50 }, () =>
          Buffer.from('--b\r\nContent-Disposition: form-data; name="x"\r\n\r\ny\r\n'),
        ),
      ),
    ],
    'malformed',
  ],
];

it.each(CASES)('refuses %s and leaves nothing', async (_, args, failure) => {
  expect(await failureOf(...args)).toBe(failure);
  expect(await readdir(folder)).toEqual([]);
});

it.each([
  ['a\0.png', 'a.png'],
  ['CON.png', 'file.png'],
  ['photo\u202egnp.exe', 'photognp.png'],
  ['.htaccess', 'file.png'],
  ['???.png', 'file.png'],
  ['旅行😀.png', '旅行😀.png'],
  ['C:\\Users\\me\\cat.jpeg', 'cat.png'],
])('names %j safely', async (given, name) => {
  const head = `filename*=UTF-8''${encodeURIComponent(given)}`;
  const taken = (await post(form(part('', PNG, head)))) as ReceivedFile;
  expect(taken.name).toBe(name);
});

it('cuts a long name, and no character in two', async () => {
  const head = `filename="${'长'.repeat(115)}😀😀.png"`;
  const taken = (await post(form(part('', PNG, head)))) as ReceivedFile;
  expect(taken.name).toBe(`${'长'.repeat(115)}.png`);
  // Nothing is left to be taken off when it is received again.
  const spaced = (await post(
    form(part('', PNG, `filename="${'长'.repeat(115)} 长.png"`)),
  )) as ReceivedFile;
  expect(spaced.name).toBe(`${'长'.repeat(115)}.png`);
});

it('takes a body of as many bytes as were asked for, whatever they are', async () => {
  const bytes = Buffer.alloc(MAX, 'x');
  const taken = (await post(bytes, { type: 'part' })) as ReceivedFile;
  expect(taken.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  expect(await readFile(taken.path)).toEqual(bytes);
});

it.each<[string, number, 'whole' | 'cut' | 'wait', string]>([
  ['more bytes', MAX + 1, 'whole', 'too_large'],
  ['fewer bytes', MAX - 1, 'whole', 'incomplete'],
  ['a sender who leaves', 10, 'cut', 'gone'],
  ['a sender who stands still', 10, 'wait', 'too_slow'],
])('refuses a body of %s and leaves nothing', async (_, bytes, end, failure) => {
  expect(await failureOf(Buffer.alloc(bytes), { type: 'part', end })).toBe(failure);
  expect(await readdir(folder)).toEqual([]);
});
