import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { NoteToExport, Services } from '@ainotebook/api';
import { createDiskStore } from '@ainotebook/files';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { bearer, dataOf, type Person, useServer } from '../test-support.js';
import { loadPictures } from './note-pictures.js';

describe('the pictures of a document', () => {
  const kept = (key: string, size: number, mediaType = 'image/jpeg') => ({ key, size, mediaType });
  const picture = (address: string, size: number) => ({
    address,
    width: 4000,
    height: 3000,
    original: kept(`${address} itself`, size),
    webp: null,
  });
  const noteOf = (pictures: NoteToExport['pictures']) => ({ pictures }) as NoteToExport;
  const blobs = (sizes: Record<string, number>) =>
    ({
      open: async (key: string) => {
        const size = sizes[key];
        return size === undefined ? null : Readable.from([Buffer.alloc(size)]);
      },
    }) as Services['blobs'];

  it('are those that find room, whatever stands before them, and the others are counted', async () => {
    const sizes = { 'a itself': 30_000_000, 'b itself': 15_000_000, 'c itself': 9_000_000 };
    const pictures = Object.entries(sizes).map(([key, size]) => picture(key.slice(0, 1), size));
    const found = await loadPictures(noteOf([...pictures, picture('lost', 10)]), blobs(sizes));
    expect(found.loaded.map(({ address }) => address)).toEqual(['a', 'c']);
    expect([...found.leftOut]).toEqual(['b', 'lost']);
  });

  it('are the smaller file that is kept, and what every program shows where that is asked for', async () => {
    const photo = { ...picture('a', 4_000_000), webp: kept('a small', 200, 'image/webp') };
    const icon = { ...picture('b', 100), webp: kept('b small', 300, 'image/webp') };
    const store = blobs({ 'a small': 200, 'b itself': 100 });
    const { loaded } = await loadPictures(noteOf([photo, icon]), store);
    expect(loaded.map(({ mediaType }) => mediaType)).toEqual(['image/webp', 'image/jpeg']);
    const png = { bytes: Buffer.from('png'), mediaType: 'image/png' as const };
    const plain = await loadPictures(noteOf([photo, icon]), store, async () => png);
    expect(plain.loaded.map(({ bytes }) => bytes.length)).toEqual([3, 100]);
  });
});

describe('a document of a note with pictures', () => {
  const disk = createDiskStore(mkdtempSync(path.join(tmpdir(), 'ainotebook-note-pictures-')));
  let isLost = false;
  const server = useServer({
    blobs: () => ({ ...disk, open: async (...args) => (isLost ? null : disk.open(...args)) }),
  });

  async function uploaded(person: Person, bytes: Buffer, name: string): Promise<string> {
    const head = `--b\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: x/y\r\n\r\n`;
    const answer = await server.send({
      method: 'POST',
      path: '/api/files',
      headers: { 'content-type': 'multipart/form-data; boundary=b', ...bearer(person) },
      body: Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n--b--\r\n')]),
    });
    return (answer.json() as { url: string }).url;
  }

  async function written(person: Person): Promise<string> {
    const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
    const canvas = { width: 2400, height: 1200, channels: 3, background: '#000', noise } as const;
    const photo = await uploaded(
      person,
      await sharp({ create: canvas }).jpeg().toBuffer(),
      'a.jpg',
    );
    const pdf = await uploaded(person, Buffer.from('%PDF-1.7\nx'), 'a.pdf');
    const note = { title: '京都', content: `![](${photo})\n\n[a.pdf](${pdf})` };
    const made = await server.mutate('articles.create', note, bearer(person));
    return (dataOf(made) as { id: string }).id;
  }

  const get = (person: Person, id: string, rest: string) =>
    fetch(`${server.url()}/api/exports/notes/${id}.${rest}`, { headers: bearer(person) });

  it('holds them as wide as a screen, in a format that whoever it is for knows', async () => {
    const person = await server.register();
    const id = await written(person);
    const pictureOf = async (query: string) => {
      const page = await (await get(person, id, `html${query}`)).text();
      const [, type, data] = /<img src="data:(image\/\w+);base64,([^"]+)"/.exec(page) ?? [];
      const { width } = await sharp(Buffer.from(data ?? '', 'base64')).metadata();
      expect(page).toMatch(/<a href="https:\/\/notes\.test\/api\/files\/[\da-f-]{36}"/);
      return [type, width];
    };
    expect(await pictureOf('')).toEqual(['image/webp', 1600]);
    expect(await pictureOf('?pictures=plain')).toEqual(['image/jpeg', 1600]);
    const word = await get(person, id, 'docx');
    expect(word.headers.get('x-pictures-left-out')).toBeNull();
    const bytes = Buffer.from(await word.arrayBuffer());
    expect(bytes.toString('latin1')).toMatch(/word\/media\/[\w-]+\.jpg/);
  });

  it('says how many it does not hold', async () => {
    const person = await server.register();
    const id = await written(person);
    isLost = true;
    try {
      for (const format of ['html', 'docx']) {
        const answer = await get(person, id, format);
        expect([answer.status, answer.headers.get('x-pictures-left-out')]).toEqual([200, '1']);
      }
    } finally {
      isLost = false;
    }
  });

  it('is an archive with all of them, for its owner alone', async () => {
    const [person, other] = [await server.register(), await server.register()];
    const id = await written(person);
    const answer = await get(person, id, 'zip');
    expect(answer.headers.get('content-disposition')).toContain(encodeURIComponent('京都.zip'));
    expect(answer.headers.get('content-type')).toBe('application/zip');
    const bytes = Buffer.from(await answer.arrayBuffer()).toString();
    for (const name of [
      'notes/京都.md',
      'attachments/a.jpg',
      'attachments/a.pdf',
      'manifest.json',
    ]) {
      expect(bytes).toContain(name);
    }
    expect((await get(other, id, 'zip')).status).toBe(404);
  });
});
