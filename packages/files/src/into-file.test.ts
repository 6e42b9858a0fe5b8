import fs from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { intoFile } from './into-file.js';

it('makes no file after it has failed, however long the disk takes to open one', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'ainotebook-into-file-'));
  const file = path.join(folder, 'a.part');
  const open = fs.open;
  // A disk that is busy.
  const busy = vi.spyOn(fs, 'open').mockImplementation(((...args: Parameters<typeof open>) => {
    setTimeout(() => open(...args), 100);
  }) as typeof open);
  const broken = new Readable({
    read() {
      this.destroy(new Error('broken off'));
    },
  });
  await expect(intoFile(file, (out) => pipeline(broken, out))).rejects.toThrow('broken off');
  await rm(file, { force: true });
  await sleep(200);
  busy.mockRestore();
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
