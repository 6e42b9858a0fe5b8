import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { makeAvif } from './avif.js';
import { asPlain, type PreparedImage, prepareImage } from './images.js';

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ainotebook-images-'));
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  for (const name of await readdir(folder)) await rm(path.join(folder, name));
  file = path.join(folder, 'a.part');
});

const blank = (width: number, height: number): Sharp =>
  sharp({ create: { width, height, channels: 3, background: '#4a7' } });
const GPS = {
  exif: {
    IFD3: { GPSLatitude: '48/1 51/1 0/1', GPSLatitudeRef: 'N' },
    IFD0: { Make: 'canary-camera' },
  },
};

async function prepared(bytes: Buffer): Promise<PreparedImage> {
  await writeFile(file, bytes);
  const result = await prepareImage(file);
  if (result.kind !== 'prepared') throw new Error(result.kind);
  return result.image;
}

it('takes place and camera out, turns upright, and says what is then kept', async () => {
  const bytes = await blank(900, 600)
    .withMetadata({ ...GPS, orientation: 6 })
    .jpeg()
    .toBuffer();
  expect(bytes.toString('latin1')).toContain('canary-camera');
  const image = await prepared(bytes);
  const kept = await readFile(file);
  expect([image.width, image.height]).toEqual([600, 900]);
  expect(kept.toString('latin1')).not.toContain('canary-camera');
  const { exif, orientation } = await sharp(kept).metadata();
  expect([exif, orientation]).toEqual([undefined, undefined]);
  expect(image.size).toBe(kept.length);
  expect(image.sha256).toBe(createHash('sha256').update(kept).digest('hex'));
  // What was cleaned once keeps its very bytes.
  expect((await prepared(kept)).sha256).toBe(image.sha256);
});

it.each(['jpeg', 'png', 'webp', 'avif'] as const)(
  'takes them out of %s, whose type stays',
  async (type) => {
    const bytes = await blank(64, 64).withMetadata(GPS).toFormat(type).toBuffer();
    await prepared(bytes);
    const kept = await readFile(file);
    expect(kept.toString('latin1')).not.toContain('canary-camera');
    expect((await sharp(kept).metadata()).format).toBe(type === 'avif' ? 'heif' : type);
  },
);

it('keeps the very bytes of a picture that tells nothing', async () => {
  const bytes = await blank(64, 64).png().toBuffer();
  const { sha256 } = await prepared(bytes);
  expect(await readFile(file)).toEqual(bytes);
  expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
});

it.each([
  [300, [300]],
  [480, [480]],
  [1000, [480, 768, 1000]],
  [2400, [480, 768, 1024, 1600]],
])('makes of %i pixels the widths %j and never enlarges', async (width, widths) => {
  const image = await prepared(await blank(width, 200).jpeg().toBuffer());
  expect(image.variants.map((variant) => variant.width)).toEqual(widths);
  for (const variant of image.variants) {
    const { format, width: real } = await sharp(variant.path).metadata();
    expect([format, real]).toEqual(['webp', variant.width]);
  }
  expect(image.placeholder).toMatch(/^data:image\/webp;base64,/);
  expect(image.placeholder.length).toBeLessThan(500);
});

it('keeps an animation as it is, with its frames', async () => {
  const frames = await Promise.all(
    ['#f00', '#0f0', '#00f'].map((background) =>
      sharp({ create: { width: 32, height: 32, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const bytes = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  const image = await prepared(bytes);
  expect([image.width, image.height, image.variants]).toEqual([32, 32, []]);
  expect(await readFile(file)).toEqual(bytes);
});

/** The head of a PNG that claims to be so large. */
function claimedPng(width: number, height: number): Buffer {
  const head = Buffer.from(
    '89504e470d0a1a0a0000000d49484452000000000000000008020000000000000049444154',
    'hex',
  );
  head.writeUInt32BE(width, 16);
  head.writeUInt32BE(height, 20);
  return head;
}

it.each([
  ['50,000 by 50,000 pixels', async () => claimedPng(50_000, 50_000), ['too_large', 'damaged']],
  ['more pixels than allowed', () => blank(9_000, 9_000).png().toBuffer(), ['too_large']],
  [
    'a head with junk behind it',
    async () => Buffer.concat([claimedPng(9, 9), Buffer.alloc(500, 7)]),
    ['damaged'],
  ],
  [
    'a picture cut in half',
    async () => (await blank(800, 800).jpeg({ quality: 100 }).toBuffer()).subarray(0, 900),
    ['damaged'],
  ],
])('refuses %s and leaves nothing beside it', async (_, bytes, kinds) => {
  await writeFile(file, await bytes());
  expect(kinds).toContain((await prepareImage(file)).kind);
  expect(await readdir(folder)).toEqual(['a.part']);
});

it('makes AVIF in the widths asked for, and leaves none when it cannot', async () => {
  await writeFile(file, await blank(900, 600).png().toBuffer());
  const made = await makeAvif(file, [480, 900]);
  for (const [index, width] of [480, 900].entries()) {
    const { path: at, size } = made[index] ?? { path: '', size: 0 };
    const { format, compression, width: found } = await sharp(at).metadata();
    expect([format, compression, found]).toEqual(['heif', 'av1', width]);
    expect((await readFile(at)).length).toBe(size);
    await rm(at);
  }
  await writeFile(file, 'no picture');
  await expect(makeAvif(file, [480])).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['a.part']);
});

it('is made a JPEG for programs that know no newer format, or a PNG where it is transparent', async () => {
  const photo = await asPlain(await blank(300, 200).webp().toBuffer());
  expect(photo.mediaType).toBe('image/jpeg');
  expect(await sharp(photo.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 300 });
  const glass = { r: 0, g: 90, b: 0, alpha: 0.5 };
  const drawing = sharp({ create: { width: 30, height: 20, channels: 4, background: glass } });
  const kept = await asPlain(await drawing.webp().toBuffer());
  expect(kept.mediaType).toBe('image/png');
  expect(await sharp(kept.bytes).metadata()).toMatchObject({ format: 'png', hasAlpha: true });
});
