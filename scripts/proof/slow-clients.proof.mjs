// Proof that clients which send a byte a second, or do not read, are cut off and keep nobody from being served.
//   node scripts/proof/slow-clients.proof.mjs [--short]     (build first)
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from './cluster.mjs';
import { openProofDatabase } from './database.mjs';
import { createHttpClient, openPerson } from './http-client.mjs';
import { openVerdicts } from './verdicts.mjs';

const isShort = process.argv.includes('--short');
const SOCKETS = isShort ? 100 : 250;
const QUIET_MS = 3_000;
/** The server's own limits (10 s for the head, 30 s for all), its look every 5 s, and some time for a busy machine. */
const HEAD_LIMIT_MS = 20_000;
const BODY_LIMIT_MS = 45_000;

const { say, isKept } = openVerdicts();
const database = await openProofDatabase();
const cluster = await openCluster({ databaseUrl: database.url, workers: 2 });
const failures = [];
let times = [];
let isOver = false;

/** Sends `beginning` and then a byte a second. @returns when the server ended it, in ms */
function drip(beginning) {
  return new Promise((resolve) => {
    const began = performance.now();
    const socket = net.connect(cluster.port, '127.0.0.1', () => socket.write(beginning));
    const timer = setInterval(() => socket.write('a'), 1_000);
    socket.resume();
    // A reset is an end, too.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearInterval(timer);
      resolve(performance.now() - began);
    });
  });
}

const many = (beginning) => Promise.all(Array.from({ length: SOCKETS }, () => drip(beginning)));
const summary = () => {
  const sorted = times.toSorted((a, b) => a - b);
  times = [];
  return {
    answers: sorted.length,
    p99Ms: Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? 0),
  };
};

try {
  const http = createHttpClient(cluster.baseUrl, {
    onFailure: (text) => failures.push(text),
    onAnswer: (ms) => times.push(ms),
  });
  const person = await openPerson(http, 'reader');
  const reading = (async () => {
    while (!isOver) {
      await person.read();
      // Within what one person may ask for.
      await sleep(60);
    }
  })();
  times = [];
  await sleep(QUIET_MS);
  const quiet = summary();
  const head = 'POST /api/trpc/auth.login HTTP/1.1\r\nHost: localhost\r\n';
  const heads = many(`${head}X-Slow: `);
  const bodies = many(`${head}Content-Type: application/json\r\nContent-Length: 10000\r\n\r\n{`);
  const freedHeads = Math.max(...(await heads));
  const freedBodies = Math.max(...(await bodies));
  const besieged = summary();
  isOver = true;
  await reading;
  http.close();
  say(
    'a client that sends its request a byte a second is cut off',
    {
      sockets: 2 * SOCKETS,
      headsAfterMs: Math.round(freedHeads),
      bodiesAfterMs: Math.round(freedBodies),
    },
    freedHeads < HEAD_LIMIT_MS && freedBodies < BODY_LIMIT_MS,
  );
  const answer = await fetch(`${cluster.baseUrl}/health`);
  const keptS = Number(/timeout=(\d+)/.exec(answer.headers.get('keep-alive') ?? '')?.[1]);
  say(
    'an idle connection is kept longer than a proxy keeps its side (60 s)',
    { seconds: keptS },
    keptS > 60,
  );
  for (const failure of failures.slice(0, 5)) console.error(failure);
  say(
    'others are served meanwhile',
    { quietP99Ms: quiet.p99Ms, ...besieged, failed: failures.length },
    failures.length === 0 && besieged.answers > 100,
  );
} finally {
  isOver = true;
  await cluster.stop();
  await database.close();
}
process.exitCode = isKept() ? 0 : 1;
