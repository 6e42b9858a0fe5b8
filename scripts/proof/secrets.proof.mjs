// Proof: no secret of the settings or of people gets into a log, a metric, an error, a command line or the database, whatever
// fails. Every secret is one that can be recognised; a server at its most talkative is asked everything and loses each of its
// dependencies; then all that it has left behind is searched.
//   node scripts/proof/secrets.proof.mjs [--short]     (build first; needs redis-server, pg_dump)
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findSecrets, formsOf, makeCanary } from '@ainotebook/testkit';
import { freePorts } from './ports.mjs';
import { askBadly, askEveryProcedure, createAsker, live } from './secrets-requests.mjs';
import { commandLines, openSecretWorld } from './secrets-world.mjs';
import { openVerdicts } from './verdicts.mjs';

const MAIN = fileURLToPath(new URL('../../apps/server/dist/main.js', import.meta.url));
const READY_MS = 90_000;
const { say, isKept } = openVerdicts();
const world = await openSecretWorld();
/** Everything that was said, by who said it. */
const sinks = new Map();
const keep = (name, text) => sinks.set(name, `${sinks.get(name) ?? ''}${text}\n`);

/** Starts the command, keeps what it says. */
function run(name, args, env) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: mkdtempSync(path.join(world.folder, 'run-')),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => keep(name, chunk));
  return { child, ended: once(child, 'close').then(([code]) => code) };
}

let server;
try {
  const [port] = await freePorts(1);
  const baseUrl = `http://127.0.0.1:${port}`;
  server = run('output of the server', ['serve'], { ...world.settings, PORT: String(port) });
  await untilReady(baseUrl);

  let failed = 0;
  const asker = createAsker(baseUrl, (status, text) => {
    if (status < 400) return keep('answers', text);
    failed += 1;
    keep('refusals', `${status} ${text}`);
  });
  const lived = await live(asker, world);
  const { secrets: ofPeople, token, keeperToken, cookies } = lived;
  const value = ofPeople.wrongPassword;
  await askBadly(asker, { value, apiKey: ofPeople.apiKey, cookies });
  const procedures = await askEveryProcedure(asker, { token, value });
  await failOutside(asker, lived);
  await runCommands();
  await lookAsOperator(asker, keeperToken);
  const dump = await failStores(asker, lived);
  server.child.kill('SIGTERM');
  await server.ended;
  const starts = await failToStart();
  keep('log of PostgreSQL', world.postgresLog());

  // Only its last characters are shown again, even to who has entered it.
  const ofServer = { ...world.secrets, providerKey: ofPeople.providerKey };
  const all = { ...ofServer, ...ofPeople };
  // What a person was given is in the answer that gave it.
  const hidden = [...sinks].filter(([name]) => name !== 'answers');
  const leaks = [
    ...hidden.flatMap(([name, text]) => leaksIn(name, text, all)),
    ...leaksIn('answers', sinks.get('answers'), ofServer),
    ...leaksIn('database', dump, withoutShown(all)),
  ];
  const bytes = [...sinks.values()].reduce((sum, text) => sum + text.length, 0);
  const spoke = (name, words) => words.every((word) => sinks.get(name)?.includes(word));
  const isReal =
    failed > 300 &&
    spoke('output of the server', ['Call refused', 'users.me', 'Request', 'Job failed']) &&
    spoke('metrics', ['http_request_duration_seconds', 'ai_requests_total']);
  say(
    'no secret of the settings or of a person is in a log, metric, refusal, command line, or report of a command',
    {
      secrets: Object.keys(all).length,
      procedures,
      requests: asker.count(),
      refusals: failed,
      brokenStarts: starts,
      kB: Math.round(bytes / 1000),
      leaks: leaks.length,
    },
    leaks.length === 0 && isReal,
  );
  for (const { where, name, form, after } of leaks.slice(0, 30)) {
    console.error(`${name} (${form}) in ${where}: ...${after.replaceAll('\n', ' ')}[here]`);
  }
  if (!isReal) for (const [name, text] of sinks) console.error(`${name}: ${text.length}`);

  const control = plant(all);
  say(
    'control: each secret is found in each way it can be written, planted into what was searched',
    control,
    control.planted > 150 && control.found === control.planted,
  );
} finally {
  if (server && server.child.exitCode === null) {
    server.child.kill('SIGKILL');
    await server.ended;
  }
  await world.close();
}
process.exitCode = isKept() ? 0 : 1;

function leaksIn(where, text, secrets) {
  return findSecrets(text ?? '', secrets).map((leak) => ({ where, ...leak }));
}

/** Kept so that its owner can look it up: the address of a share, and where webhooks and imports go to. */
function withoutShown({ share: _share, hookToken: _hook, importPassword: _import, ...rest }) {
  return rest;
}

/** Puts each secret in each form somewhere into a real log, and looks. */
function plant(secrets) {
  const log = sinks.get('output of the server') ?? '';
  let planted = 0;
  let found = 0;
  for (const [name, value] of Object.entries(secrets)) {
    const [part] = value.includes('-----BEGIN') ? [value.split('\n')[3]] : [value];
    for (const written of formsOf(part).values()) {
      const at = (planted * 7919) % log.length;
      const text = `${log.slice(at, at + 5_000)}${written}${log.slice(at + 5_000, at + 10_000)}`;
      planted += 1;
      if (findSecrets(text, { [name]: value }).length > 0) found += 1;
    }
  }
  return { planted, found };
}

/** Those whom the server asks refuse, break off, or say everything again. */
async function failOutside(
  { tell, query, ask, dataOf },
  { token, keeperToken, secrets, webhookId },
) {
  const { smtp, s3, till } = world;
  for (let waited = 0; smtp.mails.length < 2 && waited < 10_000; waited += 100) await sleep(100);
  const links = smtp.mails.map(({ text }) => /token=([\w-]+)/.exec(text)?.[1]).filter(Boolean);
  links.forEach((link, index) => {
    secrets[`mailed link ${index + 1}`] = link;
  });
  for (const link of links) {
    await ask('GET', `/reset?token=${link}`);
    await tell('auth.verifyEmail', { token: link });
    await tell('auth.resetPassword', { token: link, newPassword: 'short' });
  }
  smtp.behave('refuse');
  await tell('auth.requestPasswordReset', { email: 'keeper@example.org' });
  await tell(
    'users.requestEmailChange',
    { email: 'w@example.org', password: secrets.password },
    { token },
  );
  s3.behave('busy');
  const form = new FormData();
  form.append('file', new Blob(['plain text']), `${secrets.wrongPassword}.txt`);
  await ask('POST', '/api/files', { headers: { authorization: `Bearer ${token}` }, body: form });
  const plan = dataOf(
    await tell(
      'admin.plans.create',
      {
        key: 'pro',
        name: 'Pro',
        description: '',
        benefits: {},
        prices: [{ period: 'month', amountFen: 1200 }],
      },
      { token: keeperToken },
    ),
  );
  for (const [channel, mode] of [
    ['alipay', 'qr'],
    ['wechat', 'qr'],
  ]) {
    for (const behaviour of ['answer', 'forged', 'broken', 'drop']) {
      till[channel].behave(behaviour);
      await tell('orders.create', { planId: plan.id, period: 'month', channel, mode }, { token });
    }
  }
  await query('webhooks.listDeliveries', { webhookId }, { token });
  // Mails, deliveries and passages are tried, and tried again.
  await sleep(3_000);
  s3.behave('serve');
}

async function runCommands() {
  const env = world.settings;
  const watch = setInterval(() => keep('command lines', commandLines()), 100);
  for (const args of [['doctor', '--live'], ['backup', '--json'], ['verify-backup']]) {
    await run(`ainotebook ${args[0]}`, args, env).ended;
  }
  clearInterval(watch);
}

async function lookAsOperator({ ask, query }, token) {
  const headers = { authorization: `Bearer ${world.settings.METRICS_TOKEN}` };
  const metrics = await ask('GET', '/metrics', { headers, isOperator: true });
  keep('metrics', metrics.text);
  for (const target of [
    '/ready',
    '/health',
    '/queues',
    '/queues/api/queues?status=failed',
    '/api/v1/openapi.json',
  ]) {
    await ask('GET', target, { headers, isOperator: true });
  }
  for (const path of [
    'admin.server.variables',
    'admin.server.slowQueries',
    'admin.jobs.listFailed',
    'admin.site.listAudit',
    'admin.site.getSettings',
    'admin.ai.get',
    'admin.orders.list',
    'admin.users.list',
  ]) {
    keep('administration', (await query(path, undefined, { token })).text);
  }
}

/** PostgreSQL and Redis change their passwords under the server. @returns what the database holds */
async function failStores({ query, tell }, { token, secrets }) {
  await world.redis.lockOut();
  for (let i = 0; i < 5; i += 1) await query('users.me', undefined, { token });
  await world.redis.letIn();
  const dumped = spawnSync('pg_dump', ['--inserts', '-d', world.superuserUrl('ainotebook')], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (dumped.status !== 0) throw new Error(`no dump: ${dumped.stderr}`);
  await world.query(`alter role ainotebook password '${makeCanary('other')}'`, 'postgres');
  await world.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ainotebook'`,
    'postgres',
  );
  for (let i = 0; i < 5; i += 1) {
    await query('articles.list', { limit: 5 }, { token });
    await tell('auth.login', { email: 'writer@example.org', password: secrets.password });
  }
  await run('ainotebook doctor', ['doctor'], world.settings).ended;
  await run('ainotebook backup', ['backup'], world.settings).ended;
  return dumped.stdout;
}

/** Starts that must fail, each because of one secret that is wrong, or of where it is sent. @returns how many did */
async function failToStart() {
  const { settings, secrets } = world;
  const odd = secrets.JWT_SECRET;
  const broken = [
    { DATABASE_URL: `postgresql://notes:${encodeURIComponent(odd)}@127.0.0.1:1/notes` },
    { DATABASE_URL: `postgresql://notes:${encodeURIComponent(odd)}@[bad/notes` },
    { DATABASE_URL: `mysql://notes:${odd}@127.0.0.1/notes` },
    { REDIS_URL: `http://:${odd}@127.0.0.1:1` },
    { SMTP_URL: `smtp://notes:${odd}@127.0.0.1:1?pool=true` },
    { JWT_SECRET: secrets.JWT_REFRESH_SECRET },
    { METRICS_TOKEN: odd.slice(0, 20) },
    { BACKUP_KEY: odd },
    { OPENAI_BASE_URL: `http://${odd}@127.0.0.1:1/v1?key=${odd}` },
    { ALIPAY_PRIVATE_KEY: odd, WECHAT_MCH_PRIVATE_KEY: odd, PORT: '1x' },
    { AI_PRICES_JSON: `{"${odd}": ${odd}}` },
  ];
  let ended = 0;
  const start = async (wrong) => {
    const env = { ...settings, NODE_ENV: 'production', ...wrong };
    const { child, ended: end } = run('broken starts', ['serve'], env);
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    if ((await end) !== null) ended += 1;
    clearTimeout(timer);
  };
  // Two at a time.
  const lane = async () => {
    for (let wrong = broken.pop(); wrong; wrong = broken.pop()) await start(wrong);
  };
  const all = broken.length;
  await Promise.all([lane(), lane()]);
  return `${ended} of ${all}`;
}

async function untilReady(baseUrl) {
  for (const deadline = performance.now() + READY_MS; performance.now() < deadline; ) {
    const answer = await fetch(`${baseUrl}/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok) return;
    if (server.child.exitCode !== null) break;
    await sleep(50);
  }
  throw new Error(`The server is not ready: ${sinks.get('output of the server')}`);
}
