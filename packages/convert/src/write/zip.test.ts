import { createWriteStream, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import { fromBuffer } from 'yauzl';
import { createZipWriter } from './zip.js';

const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-zip-'));

function countEntries(file: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    fromBuffer(file, { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      let count = 0;
      zip.on('entry', () => {
        count += 1;
        zip.readEntry();
      });
      zip.on('end', () => resolve(count));
      zip.on('error', reject);
      zip.readEntry();
    });
  });
}

describe('a zip', () => {
  it('holds more entries than 16 bits can count', async () => {
    const output = new PassThrough();
    const whole = buffer(output);
    const zip = createZipWriter(output);
    const count = 65_600;
    const nothing = Buffer.alloc(0);
    for (let each = 0; each < count; each += 1) await zip.add(`${each}`, nothing, new Date(0));
    await zip.finish();
    expect(await countEntries(await whole)).toBe(count);
  });

  it('fails with its output, whoever is waiting', async () => {
    const full = () =>
      new Writable({
        highWaterMark: 1,
        write: (_chunk, _encoding, callback) => void setImmediate(callback, new Error('full')),
      });
    const bytes = Buffer.alloc(100_000, 'a');
    const zip = createZipWriter(full());
    await expect(zip.add('a', bytes, new Date(0))).rejects.toThrow('full');
    const streamed = createZipWriter(full());
    await expect(streamed.add('a', Readable.from([bytes]), new Date(0))).rejects.toThrow('full');
  });

  it('fails with a source that fails', async () => {
    const output = createWriteStream(path.join(folder, 'broken.zip'));
    const zip = createZipWriter(output);
    const source = new Readable({
      read() {
        this.destroy(new Error('gone'));
      },
    });
    await expect(zip.add('a', source, new Date(0))).rejects.toThrow('gone');
    output.destroy();
    await finished(output).catch(() => undefined);
  });
});
