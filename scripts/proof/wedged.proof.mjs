// Proof that a process of the cluster that no longer answers is noticed, killed and replaced.
//   node scripts/proof/wedged.proof.mjs [--short]     (build first; Linux)
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster, SERVES } from './cluster.mjs';
import { openProofDatabase } from './database.mjs';
import { openVerdicts } from './verdicts.mjs';

const ROUNDS = process.argv.includes('--short') ? 1 : 5;
/** The supervisor's patience (15 s) and a start on a busy machine. */
const LIMIT_MS = 90_000;
const WEDGED = 'A process is wedged';

const { say, isKept } = openVerdicts();
const database = await openProofDatabase();
const cluster = await openCluster({ databaseUrl: database.url, workers: 2 });
const noticed = [];
const replaced = [];
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    const [pid] = workers();
    const before = { wedged: cluster.said(WEDGED), serves: cluster.said(SERVES) };
    const began = performance.now();
    process.kill(pid, 'SIGSTOP');
    await cluster.until(() => cluster.said(WEDGED) > before.wedged, 'not noticed', LIMIT_MS);
    noticed.push(Math.round(performance.now() - began));
    await cluster.until(() => cluster.said(SERVES) > before.serves, 'not replaced', LIMIT_MS);
    replaced.push(Math.round(performance.now() - began));
    // Nobody is killed who only works.
    await sleep(2_000);
  }
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => fetch(`${cluster.baseUrl}/health`).then(({ ok }) => ok)),
  );
  say(
    'a process that stands still is noticed and replaced, and no other one is',
    {
      rounds: ROUNDS,
      slowestNoticedMs: Math.max(...noticed),
      slowestReplacedMs: Math.max(...replaced),
      killed: cluster.said(WEDGED),
    },
    cluster.said(WEDGED) === ROUNDS && answers.every(Boolean),
  );
} finally {
  await cluster.stop();
  await database.close();
}
process.exitCode = isKept() ? 0 : 1;

/** The processes of the cluster beside the one that keeps them. */
function workers() {
  const children = `/proc/${cluster.pid}/task/${cluster.pid}/children`;
  return readFileSync(children, 'utf8').trim().split(' ').map(Number);
}
