import { readdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { snapshotDataDir, startEmbeddedPostgres } from './index.js';
import { query, scratchFolder } from './test-support.js';

let scratch: ReturnType<typeof scratchFolder>;
const log = () => undefined;
const settings = { fsync: 'off' };

beforeEach(() => {
  scratch = scratchFolder();
});
afterEach(async () => {
  await scratch.remove();
});

describe('copying the data folder aside', () => {
  it('is refused while the database runs; put in its place, a copy starts with the rows of its time', async () => {
    const dataDir = path.join(scratch.folder, 'pg');
    const to = path.join(scratch.folder, 'copies');
    const server = await startEmbeddedPostgres({ dataDir, log, settings });
    await query(server.url, 'create table note as select 1 as n');
    await expect(snapshotDataDir({ dataDir, to })).rejects.toThrow(/already in use by process/);
    await server.stop();
    const copy = await snapshotDataDir({ dataDir, to });

    const later = await startEmbeddedPostgres({ dataDir, log, settings });
    await query(later.url, 'update note set n = 2');
    await later.stop();

    renameSync(dataDir, path.join(scratch.folder, 'set-aside'));
    renameSync(copy, dataDir);
    const restored = await startEmbeddedPostgres({ dataDir, log, settings });
    expect(await query(restored.url, 'select n from note')).toEqual([{ n: 1 }]);
    await restored.stop();
  });

  it('keeps the last two copies and no half one', async () => {
    const dataDir = path.join(scratch.folder, 'pg');
    const to = path.join(scratch.folder, 'copies');
    await (await startEmbeddedPostgres({ dataDir, log, settings })).stop();
    const copies: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      copies.push(path.basename(await snapshotDataDir({ dataDir, to })));
    }
    expect(readdirSync(to).sort()).toEqual(copies.slice(1));
  });

  it('says so when there is nothing to copy', async () => {
    const dataDir = path.join(scratch.folder, 'empty');
    await expect(snapshotDataDir({ dataDir, to: scratch.folder })).rejects.toThrow(
      /There is no database in .*empty to copy/,
    );
  });
});
