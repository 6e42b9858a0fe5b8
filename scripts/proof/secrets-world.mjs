// Everything a server can be given a secret for, real or stood in for, each with a secret that can be recognised.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import {
  makeCanary,
  startModels,
  startS3,
  startSearchEngines,
  startSmtp,
} from '@ainotebook/testkit';
import { Redis } from 'ioredis';
import pg from 'pg';
import { envNames, variableMeta } from '../../apps/server/dist/env-schema.js';
import { openTill } from '../../e2e/till.mjs';
import { findRedisServer, findSystemPostgres } from '../../packages/testkit/dist/find-programs.js';
import {
  makeRunFolder,
  postgresFolder,
  removeRunFolder,
} from '../../packages/testkit/dist/run-folder.js';
import { openDatabase, postgresSettings } from './deploy-settings.mjs';
import { freePorts } from './ports.mjs';

/** @typedef {Awaited<ReturnType<typeof openSecretWorld>>} World */

export async function openSecretWorld() {
  const folder = makeRunFolder();
  const secret = {
    database: `${makeCanary('database')} @:/#%+"`,
    redis: makeCanary('redis'),
    smtp: makeCanary('smtp'),
    ark: makeCanary('ark'),
    openai: makeCanary('openai'),
    search: makeCanary('search'),
  };
  const binDir = findSystemPostgres();
  const postgres = await startEmbeddedPostgres({
    dataDir: postgresFolder(folder),
    binDir,
    settings: postgresSettings(binDir),
    log: () => undefined,
  });
  const database = new URL(postgres.url);
  const query = async (text, name = 'ainotebook') => {
    const url = new URL(database);
    url.pathname = `/${name}`;
    const client = new pg.Client({ connectionString: url.href });
    await client.connect();
    try {
      return (await client.query(text)).rows;
    } finally {
      await client.end();
    }
  };
  await openDatabase(postgres.url, secret.database);

  const redis = await startRedisWith(secret.redis, folder);
  const [smtp, ark, openai, engines, s3, till] = await Promise.all([
    startSmtp({ auth: { user: 'notes', pass: secret.smtp } }),
    // Another key than ours: its answer says ours again.
    startModels({ kind: 'ark', apiKey: makeCanary('other') }),
    startModels({ kind: 'openai', apiKey: secret.openai }),
    startSearchEngines({ apiKey: makeCanary('other'), pages: [] }),
    startS3(),
    openTill(),
  ]);
  const receiver = await startEcho();
  const settings = {
    // Payment channels without TLS are refused in production.
    NODE_ENV: 'development',
    LOG_LEVEL: 'silly',
    DATA_DIR: path.join(folder, 'data'),
    UPLOAD_DIR: path.join(folder, 'uploads'),
    BACKUP_DIR: path.join(folder, 'backups'),
    APP_URL: 'http://localhost',
    TRUST_PROXY: 'loopback',
    REGISTRATION: 'open',
    DATABASE_URL: `postgresql://ainotebook@${database.host}/ainotebook`,
    DB_PASSWORD: secret.database,
    PG_POOL_MAX: '8',
    REDIS_URL: `redis://:${secret.redis}@127.0.0.1:${redis.port}/0`,
    REDIS_QUEUE_URL: `redis://:${secret.redis}@127.0.0.1:${redis.port}/1`,
    JWT_SECRET: makeCanary('jwt'),
    JWT_REFRESH_SECRET: makeCanary('refresh'),
    ENCRYPTION_KEY: makeCanary('encryption'),
    ENCRYPTION_KEY_FORMER: makeCanary('former'),
    SETUP_TOKEN: makeCanary('setup'),
    METRICS_TOKEN: makeCanary('metrics'),
    SMTP_URL: smtp.url,
    MAIL_FROM: 'Notes <notes@example.org>',
    AI_PROVIDERS: 'volcengine,openai',
    VOLCENGINE_API_KEY: secret.ark,
    VOLCENGINE_BASE_URL: ark.baseUrl,
    VOLCENGINE_CHAT_MODEL: 'chat',
    VOLCENGINE_EMBEDDING_MODEL: 'embed',
    OPENAI_API_KEY: secret.openai,
    OPENAI_BASE_URL: openai.baseUrl,
    OPENAI_CHAT_MODEL: 'gpt-6',
    OPENAI_EMBEDDING_MODEL: 'text-embedding-3',
    SEARCH_ENGINE_PROVIDER: 'tavily',
    SEARCH_ENGINE_API_KEY: secret.search,
    SEARCH_ENGINE_BASE_URL: `${engines.url}/tavily`,
    S3_ENDPOINT: s3.endpoint,
    S3_REGION: s3.region,
    S3_BUCKET: s3.bucket,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    BACKUP_KEY: await makeAgeKey(),
    WECHAT_API_KEY: makeCanary('v2').slice(0, 32),
    WEBHOOK_ALLOW_PRIVATE_HOSTS: receiver.host,
    IMPORT_ALLOW_PRIVATE_HOSTS: receiver.host,
    AI_ALLOW_PRIVATE_HOSTS: receiver.host,
    ...till.env,
  };
  for (const name of ['data', 'uploads', 'backups']) mkdirSync(path.join(folder, name));
  return {
    folder,
    settings,
    secrets: secretsOf(settings),
    query,
    superuserUrl: (name) => Object.assign(new URL(database), { pathname: `/${name}` }).href,
    databasePassword: secret.database,
    redis,
    smtp,
    s3,
    till,
    receiver,
    /** What PostgreSQL has written down. */
    postgresLog: () =>
      readdirSync(postgresFolder(folder), { recursive: true })
        .filter((name) => /(^|\/)[^/]*\.log(\.\d+)?$/.test(name))
        .map((name) => readFileSync(path.join(postgresFolder(folder), name), 'utf8'))
        .join('\n'),
    close: async () => {
      await Promise.all([smtp, ark, openai, engines, s3].map((one) => one.stop()));
      await till.close();
      await receiver.stop();
      await redis.stop();
      await postgres.stop();
      removeRunFolder(folder);
    },
  };
}

/** The value of each variable that holds a secret; of an address its password. @throws where a variable is left out */
function secretsOf(settings) {
  const names = envNames.filter((name) => variableMeta(name).isSecret);
  const missing = names.filter((name) => !settings[name]);
  if (missing.length > 0) throw new Error(`this proof gives no value to ${missing.join(', ')}`);
  const values = names.map((name) => [name, settings[name]]);
  return Object.fromEntries(
    values.map(([name, value]) => {
      if (!/^[a-z]+:\/\//.test(value)) return [name, value];
      const password = decodeURIComponent(new URL(value).password);
      return [name, password || settings.DB_PASSWORD];
    }),
  );
}

async function makeAgeKey() {
  const { resolve } = createRequire(new URL('../../apps/server/package.json', import.meta.url));
  const { generateIdentity } = await import(pathToFileURL(resolve('age-encryption')).href);
  return generateIdentity();
}

/** A Redis with a password, which can be changed under those who know the old one. */
async function startRedisWith(password, folder) {
  const program = findRedisServer();
  if (!program) throw new Error('redis-server is not on PATH');
  const [port] = await freePorts(1);
  const args = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  args.push('--requirepass', password, '--maxmemory-policy', 'noeviction');
  const child = spawn(program, args.map(String), { stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  for (let waited = 0; !output.includes('Ready to accept'); waited += 20) {
    if (waited > 10_000) throw new Error(`redis-server did not start: ${output}`);
    await sleep(20);
  }
  const ended = once(child, 'exit');
  const change = async (from, to) => {
    const client = new Redis({ host: '127.0.0.1', port, password: from });
    await client.config('SET', 'requirepass', to);
    await client.client('KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    client.disconnect();
  };
  return {
    port,
    lockOut: () => change(password, 'another'),
    letIn: () => change('another', password),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Answers 500 and says everything it was sent, headers too. */
async function startEcho() {
  const server = createServer(async (req, res) => {
    let body = '';
    for await (const chunk of req) body += chunk;
    res.writeHead(500, { 'content-type': 'text/plain', 'x-echo': req.url });
    res.end(`${req.method} ${req.url}\n${JSON.stringify(req.headers)}\n${body}`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: `127.0.0.1:${server.address().port}`,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

/** Command lines of everything that runs here now. */
export const commandLines = () =>
  spawnSync('ps', ['-ww', '-eo', 'args='], { encoding: 'utf8' }).stdout;
