// Proof that a webhook is told of every committed event although the server is killed between sending and noting
// down, and that a receiver can tell a repetition by its id.
//   node scripts/proof/webhooks.proof.mjs [--short]     (build first)
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@ainotebook/sdk';
import { verifyWebhook } from '@ainotebook/sdk/webhooks';
import { openProofServer } from './server.mjs';
import { openVerdicts } from './verdicts.mjs';

const isShort = process.argv.includes('--short');
const KILLS = isShort ? 4 : 20;
const ARTICLES = 3;
const DEADLINE_MS = 60_000;
const { say, isKept } = openVerdicts();

/** Requests by the id of their delivery, in the order in which they arrived. */
const arrived = new Map();
let refused = 0;
let secret;
const answer = (response) => response.writeHead(204).end();
/** What is done with a request that arrived. */
let onArrival = answer;

const receiver = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  try {
    const event = await verifyWebhook(body, request.headers, secret);
    arrived.set(event.id, [...(arrived.get(event.id) ?? []), body]);
    onArrival(response);
  } catch {
    refused += 1;
    response.writeHead(400).end();
  }
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
const host = `127.0.0.1:${receiver.address().port}`;
const server = await openProofServer({ env: { WEBHOOK_ALLOW_PRIVATE_HOSTS: host } });
try {
  await server.start();
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = await guest.auth.register({
    email: 'hooks@example.org',
    password: 'correct horse battery',
    displayName: 'Hooks',
    session: 'token',
  });
  const notes = guest.withOptions({ auth: session.accessToken, maxRetries: 0 });
  const webhook = await notes.webhooks.create({
    url: `http://${host}/hook`,
    events: ['article.published'],
  });
  secret = webhook.secret;
  await prove(notes);
} finally {
  await server.close();
  receiver.closeAllConnections();
  receiver.close();
}
process.exitCode = isKept() ? 0 : 1;

async function prove(notes) {
  let published = 0;
  let kills = 0;
  for (let round = 0; round < KILLS; round += 1) {
    const held = [];
    onArrival = (response) => held.push(response);
    for (let n = 0; n < ARTICLES; n += 1) {
      const { id } = await notes.articles.create({ title: `${round} ${n}` });
      // An answer is what says that it was committed.
      await notes.publications.publish({ articleId: id });
      published += 1;
    }
    for (let waits = 0; held.length === 0 && waits < 1_000; waits += 1) await sleep(10);
    onArrival = answer;
    kills += 1;
    // Before the answer, or when it has just been sent: in a moment it would be noted down.
    if (round % 2 === 1) await new Promise((resolve) => held[0].writeHead(204).end(resolve));
    process.kill(server.pid(), 'SIGKILL');
    await server.kill();
    await server.start();
    // As if the lease of the run that died were over.
    await server.query(
      `update outbox set run_until = null, next_at = now()
       where topic = 'webhooks.deliver' and done_at is null`,
    );
  }
  const rows = await untilSettled();
  const bodies = [...arrived.values()];
  const repeated = bodies.filter((all) => all.length > 1).length;
  const ids = new Set(rows.map(({ id }) => id));
  say(
    'each publishing that was answered is an event for its webhook although the server is killed',
    { published, deliveries: rows.length, kills },
    kills === KILLS && published === KILLS * ARTICLES && rows.length === published,
  );
  say(
    'none is lost: each is noted down as delivered, and the receiver has it',
    {
      undelivered: rows.filter(({ status }) => status !== 'delivered').length,
      missing: rows.filter(({ id }) => !arrived.has(id)).length,
    },
    rows.every(({ id, status }) => status === 'delivered' && arrived.has(id)),
  );
  say(
    'what arrives twice has one id, one body and a good signature, and nothing arrives that is no event',
    { repeated, refused, strangers: bodies.length - ids.size },
    repeated > 0 &&
      refused === 0 &&
      bodies.length === ids.size &&
      bodies.every((all) => new Set(all).size === 1),
  );
}

/** The deliveries, once none waits. */
async function untilSettled() {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const rows = await server.query('select id, status from webhook_deliveries');
    if (!rows.some(({ status }) => status === 'pending')) return rows;
    if (performance.now() > deadline) return rows;
    await sleep(200);
  }
}
