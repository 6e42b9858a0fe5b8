import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startEmbeddedPostgres } from './embedded/index.js';
import { query, scratchFolder, serverPid } from './embedded/test-support.js';
import { createChangeFeed, createDb, migrate } from './index.js';

// With a server that may be stopped; everything else of the feed is tested in testkit.
let scratch: ReturnType<typeof scratchFolder>;
beforeEach(() => {
  scratch = scratchFolder();
});
afterEach(() => scratch.remove());

it('goes on after the server was stopped and after it was killed, and misses nothing', async () => {
  const dataDir = path.join(scratch.folder, 'pg');
  const options = { dataDir, log: () => undefined };
  let server = await startEmbeddedPostgres(options);
  await migrate(server.url);
  const { pool, close } = createDb(server.url, { max: 2 });
  const happened: string[] = [];
  const feed = createChangeFeed(pool, {
    intervalMs: 20,
    onError: () => void happened.push('failed'),
    onRecovered: () => void happened.push('recovered'),
  });
  const told = new Set<string>();
  let proof = 0;
  feed.subscribe({
    onChanges: (changes) => {
      for (const { key } of changes) told.add(key);
    },
    onProof: (issuedAtMs) => {
      proof = issuedAtMs;
    },
  });
  feed.start();
  const insert = (slug: string) =>
    query(server.url, `insert into cache_inval (key) values ('slug:${slug}')`);
  const isTold = (slug: string) =>
    expect.poll(() => told.has(`slug:${slug}`), { timeout: 15_000 }).toBe(true);
  const failures = () => happened.filter((what) => what === 'failed').length;

  await insert('first');
  await isTold('first');

  await server.stop();
  await expect.poll(failures).toBe(1);
  const stoppedAt = performance.now();
  server = await startEmbeddedPostgres(options);
  await insert('after the stop');
  await isTold('after the stop');
  await expect.poll(() => proof).toBeGreaterThan(stoppedAt);

  const killed = serverPid(dataDir);
  if (killed === undefined) throw new Error('no server runs');
  await insert('right before the kill');
  process.kill(killed, 'SIGKILL');
  await expect
    .poll(
      () =>
        insert('after the kill').then(
          () => true,
          () => false,
        ),
      { timeout: 15_000 },
    )
    .toBe(true);
  await isTold('right before the kill');
  await isTold('after the kill');
  await expect.poll(() => happened.at(-1)).toBe('recovered');

  await feed.close();
  await close();
  await server.stop();
}, 60_000);
