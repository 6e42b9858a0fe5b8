// Proof that a cluster drops no request: processes are replaced one by one (SIGHUP) under load, with
// idle connections kept open between requests and sessions that read and save.
//   node scripts/proof/reload.proof.mjs [--short] [--seed N]     30 reloads; 2 with --short
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCluster } from './cluster.mjs';
import { openProofDatabase } from './database.mjs';
import { seededRandom } from './random.mjs';

const isShort = process.argv.includes('--short');
const seedAt = process.argv.indexOf('--seed');
const seed = seedAt > 0 ? Number(process.argv[seedAt + 1]) : 1;
const random = seededRandom(seed);
const RELOADS = isShort ? 2 : 30;
const CLIENTS = 24;
const DEADLINE_MS = 20_000;

const database = await openProofDatabase();
const cluster = await openCluster({ databaseUrl: database.url, workers: 2 });
const failures = [];
const counts = { requests: 0, saves: 0 };
let isOver = false;

/** One connection at a time, kept between requests as a proxy keeps it. */
function createClient() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const call = (method, path, { token, body } = {}) =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? undefined : JSON.stringify({ json: body });
      const headers = {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      };
      const sent = request(
        `${cluster.baseUrl}${path}`,
        { agent, method, headers, timeout: DEADLINE_MS },
        (answer) => {
          let got = '';
          answer.setEncoding('utf8');
          answer.on('data', (chunk) => {
            got += chunk;
          });
          answer.on('end', () => resolve({ status: answer.statusCode, text: got }));
          answer.on('error', reject);
        },
      );
      sent.on('timeout', () => sent.destroy(new Error(`no answer in ${DEADLINE_MS} ms`)));
      sent.on('error', reject);
      sent.end(text);
    });
  return {
    call: async (method, path, options) => {
      counts.requests += 1;
      try {
        const answer = await call(method, path, options);
        if (answer.status >= 400)
          failures.push(`${method} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
        return answer.text;
      } catch (error) {
        failures.push(`${method} ${path}: ${error.code ?? error.message}`);
        return null;
      }
    },
    close: () => agent.destroy(),
  };
}

const dataOf = (text) => JSON.parse(text).result.data.json;

/** Reads and saves with pauses, so that connections are often idle when their process ends. */
async function live(index) {
  const client = createClient();
  const account = {
    email: `reload-${index}@example.com`,
    password: 'a long enough password',
    displayName: `Reload ${index}`,
    session: 'token',
  };
  const session = await client.call('POST', '/api/trpc/auth.register', { body: account });
  const token = dataOf(session).accessToken;
  const made = await client.call('POST', '/api/trpc/articles.create', {
    token,
    body: { title: `Note ${index}`, content: 'begin' },
  });
  let { id, revision } = dataOf(made);
  while (!isOver) {
    await sleep(random() * 120);
    if (random() < 0.5) {
      const input = encodeURIComponent(JSON.stringify({ json: { id } }));
      await client.call('GET', `/api/trpc/articles.get?input=${input}`, { token });
    } else {
      counts.saves += 1;
      const saved = await client.call('POST', '/api/trpc/articles.save', {
        token,
        body: {
          id,
          data: { title: `Note ${index}`, content: `text ${counts.saves}` },
          baseRevision: revision,
        },
      });
      if (saved === null) continue;
      revision = dataOf(saved).revision;
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
} finally {
  await cluster.stop();
  await database.close();
}

const isKept = failures.length === 0 && counts.requests > RELOADS * CLIENTS;
for (const failure of failures.slice(0, 10)) console.error(failure);
console.log(
  JSON.stringify({
    promise: 'replacing every process drops no request',
    figure: {
      reloads: RELOADS,
      requests: counts.requests,
      saves: counts.saves,
      failed: failures.length,
      slowestReloadMs: Math.round(slowest.ms),
    },
    seed,
    verdict: isKept ? 'kept' : 'BROKEN',
  }),
);
process.exitCode = isKept ? 0 : 1;
