// Proof that a cluster drops no request: processes are replaced one by one (SIGHUP) under load, with
// idle connections kept open between requests, sessions that read and save, and browsers that are told of changes.
//   node scripts/proof/reload.proof.mjs [--short] [--seed N]     30 reloads; 2 with --short
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from './cluster.mjs';
import { openProofDatabase } from './database.mjs';
import { createHttpClient, openPerson } from './http-client.mjs';
import { openLiveClient } from './live-client.mjs';
import { seededRandom } from './random.mjs';

const isShort = process.argv.includes('--short');
const seedAt = process.argv.indexOf('--seed');
const seed = seedAt > 0 ? Number(process.argv[seedAt + 1]) : 1;
const random = seededRandom(seed);
const RELOADS = isShort ? 2 : 30;
const CLIENTS = 24;

const database = await openProofDatabase();
const cluster = await openCluster({ databaseUrl: database.url, workers: 2 });
const failures = [];
let requests = 0;
let saves = 0;
let isOver = false;
/** Of every third person. */
const lines = [];

/** Reads and saves with pauses, so that connections are often idle when their process ends. */
async function live(index) {
  const client = createHttpClient(cluster.baseUrl, {
    address: `192.0.2.${index + 1}`,
    onRequest: () => {
      requests += 1;
    },
    onFailure: (text) => failures.push(text),
  });
  const person = await openPerson(client, `reload-${index}`);
  if (index % 3 === 0) {
    lines.push(openLiveClient(cluster.baseUrl, person.token, (text) => failures.push(text)));
  }
  while (!isOver) {
    await sleep(random() * 120);
    if (random() < 0.5) await person.read();
    else {
      saves += 1;
      await person.save(`text ${saves}`);
    }
  }
  client.close();
}

const slowest = { ms: 0 };
try {
  const clients = Array.from({ length: CLIENTS }, (_, index) =>
    live(index).catch((error) => failures.push(String(error))),
  );
  await sleep(1_000);
  for (let round = 0; round < RELOADS; round += 1) {
    const begunAt = performance.now();
    await cluster.reload();
    slowest.ms = Math.max(slowest.ms, performance.now() - begunAt);
  }
  isOver = true;
  await Promise.all(clients);
  await Promise.all(lines.map((line) => line.close()));
} finally {
  await cluster.stop();
  await database.close();
}

const sumOf = (name) => lines.reduce((sum, { counts }) => sum + counts[name], 0);
const isKept =
  failures.length === 0 &&
  requests > RELOADS * CLIENTS &&
  sumOf('restarts') > 0 &&
  sumOf('changes') > 0;
for (const failure of failures.slice(0, 10)) console.error(failure);
console.log(
  JSON.stringify({
    promise: 'replacing every process drops no request, and who is told of changes comes again',
    figure: {
      reloads: RELOADS,
      requests,
      saves,
      liveLines: lines.length,
      cameAgain: sumOf('restarts'),
      changesTold: sumOf('changes'),
      failed: failures.length,
      slowestReloadMs: Math.round(slowest.ms),
    },
    seed,
    verdict: isKept ? 'kept' : 'BROKEN',
  }),
);
process.exitCode = isKept ? 0 : 1;
