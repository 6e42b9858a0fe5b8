#!/usr/bin/env node
import path from 'node:path';
import type { WebSearch } from '@ainotebook/ai';
import {
  type ApiConfig,
  createAccessTokens,
  createAnswering,
  createCaches,
  createLive,
  createPasswords,
  createRateLimits,
  createViewBuffer,
  createViewCounter,
  createWebResearch,
  modelWriter,
  quotingWriter,
  type Services,
  type ViewBuffer,
  type WebResearch,
} from '@ainotebook/api';
import { createJobHandlers } from '@ainotebook/api/jobs';
import { createChangeFeed, createDb } from '@ainotebook/db';
import { createEgress } from '@ainotebook/egress';
import { type BlobStore, createDiskStore, createS3Store } from '@ainotebook/files';
import { watchMemory } from '@ainotebook/jobs';
import { Command } from 'commander';
import { createAi } from './ai-in-use.js';
import { readWorkers } from './cluster/workers-option.js';
import { addBackupCommands } from './commands/backup-commands.js';
import { cdnUploadCommand } from './commands/cdn-upload.js';
import { createAdminCommand } from './commands/create-admin.js';
import { addDoctorCommand } from './commands/doctor.js';
import { migrateCommand } from './commands/migrate.js';
import { reindexCommand } from './commands/reindex.js';
import { seedCommand } from './commands/seed.js';
import { serve } from './commands/serve.js';
import { workerCommand } from './commands/worker.js';
import { parseDurationMs } from './env/kinds.js';
import { listOf, loadSettings, readS3, type Settings } from './env.js';
import { envExample, envReference } from './env-example.js';
import { failWith } from './failure.js';
import { createAiMetrics } from './http/ai-metrics.js';
import { composeJobs, type JobsRuntime, queueRedisUrl } from './jobs.js';
import type { Logger } from './logger.js';
import { makeMailer } from './mail.js';
import { createPayments } from './payments.js';
import { createPdfPrinter, type PdfPrinter } from './pdf/print-pdf.js';
import { keepHeapSmall } from './process/heap.js';
import { connectRedis } from './redis.js';
import type { Compose } from './runtime.js';
import { readSecrets } from './secrets.js';
import { version } from './version.js';
import { createWorkPool, type WorkPool } from './work/pool.js';
import { prepareImageIn, readPageIn, readSourceIn } from './work/tasks.js';

/** Pictures can wait for texts, and take long on a small machine. */
const DRAWING = { weight: 50_000, timeoutMs: 60_000 };

/** The one place where parts meet. */
const compose: Compose = (options) => {
  const { settings, databaseUrl, log, poolMax, cacheEpoch, demo, hasWorkers } = options;
  const { env } = settings;
  const secrets = readSecrets(settings);
  // The schema admits durations only.
  const ttlMs = (value: string) => parseDurationMs(value) ?? 0;
  const database = createDb(databaseUrl, {
    max: poolMax,
    min: env.PG_POOL_MIN,
    idleTimeoutMs: env.PG_IDLE_TIMEOUT_MS,
    statementTimeoutMs: env.PG_STATEMENT_TIMEOUT_MS,
    ...(env.PG_CONNECT_TIMEOUT_MS ? { connectTimeoutMs: env.PG_CONNECT_TIMEOUT_MS } : {}),
    onError: (error) => log.warn('An idle database connection was lost', { err: error }),
  });
  const redis = env.REDIS_URL
    ? connectRedis(env.REDIS_URL, { log, without: 'limits are counted per process' })
    : null;
  const views = createViewCounter({ db: database.db, buffer: makeViewBuffer(settings, log) });
  const changes = createChangeFeed(database.pool, {
    epoch: cacheEpoch,
    onOtherEpoch: options.onRestored,
    onError: (error) =>
      log.warn('The change log cannot be read; caches are passed by', { err: error }),
    onRecovered: () => log.info('The change log can be read again'),
  });
  const mailer = makeMailer(env);
  const refreshTokenTtlMs = ttlMs(env.JWT_REFRESH_EXPIRES_IN);
  const aiMetrics = createAiMetrics();
  const work = createWorkPool();
  const { inUse, ...ai } = createAi(settings, {
    db: database.db,
    feed: changes,
    encryption: secrets.encryption,
    warn: (line) => log.warn(line),
    onCall: aiMetrics.onCall,
    onFault: (message, error) => log.error(message, { err: error }),
  });
  const { models } = ai;
  // Of the environment alone, which stays as it is.
  const { webSearch } = models().aiModels;
  const research = webSearch && researchWith(webSearch, ai.ledger, work);
  const config: ApiConfig = {
    version,
    appName: env.APP_NAME,
    appUrl: settings.appUrl,
    registration: env.REGISTRATION,
    setupToken: env.SETUP_TOKEN ?? null,
    tokenSecret: secrets.refresh,
    refreshTokenTtlMs,
    maxFileBytes: env.MAX_FILE_SIZE,
    maxImportBytes: env.MAX_IMPORT_SIZE,
    fileQuotaBytes: env.FILE_QUOTA,
    articleQuota: env.ARTICLE_QUOTA || null,
    variables: settings.variables,
    hasMail: mailer !== null,
    hasWebSearch: webSearch !== null,
    hasPdf: env.CHROMIUM_PATH !== undefined,
    demo,
  };
  const payments = createPayments(settings, (line) => log.warn(line));
  const blobs = makeBlobStore(settings);
  const egress = createEgress({ privateHosts: listOf(env.IMPORT_ALLOW_PRIVATE_HOSTS) });
  const jobs: JobsRuntime = composeJobs({
    settings,
    db: database.db,
    handlers: createJobHandlers({
      config,
      drawSocialCard: async (card) =>
        Buffer.from(await work.run<Uint8Array>({ name: 'card', input: card, ...DRAWING })),
      makeAvif: (file, widths) => work.run({ name: 'avif', input: { file, widths }, ...DRAWING }),
      mailer,
      views,
      blobs,
      payments,
      models,
      egress,
      webhookEgress: createEgress({ privateHosts: listOf(env.WEBHOOK_ALLOW_PRIVATE_HOSTS) }),
      readSource: (source, limits) => readSourceIn({ work, log }, source, limits),
      prepareImage: (file) => prepareImageIn(work, file),
      nudgeJobs: () => jobs.nudge(),
    }),
    models,
    log,
    hasWorkers,
  });
  return {
    database,
    redis,
    changes,
    jobs,
    work,
    pdf: makePdfPrinter(env),
    mailer,
    aiMetrics,
    modelsInUse: inUse,
    services: {
      db: database.db,
      ...createCaches({
        db: database.db,
        feed: changes,
        // Some connections are left for what is never read through the cache.
        maxLoads: Math.max(Math.ceil(poolMax / 2), poolMax - 4),
        // As long as the pool itself lets a caller wait.
        loadWaitMs: 2_000,
        redis: env.REDIS_URL
          ? { url: env.REDIS_URL, release: `${version}:${cacheEpoch}` }
          : undefined,
        log,
      }),
      limits: createRateLimits({ redis, pool: database.pool }),
      passwords: createPasswords(),
      accessTokens: createAccessTokens({
        secret: secrets.access,
        ttlMs: ttlMs(env.JWT_EXPIRES_IN),
        readTtlMs: refreshTokenTtlMs,
      }),
      live: createLive(changes),
      views,
      blobs,
      payments,
      ...ai,
      answering: createAnswering({
        db: database.db,
        research,
        means() {
          const { chat, embedding } = models();
          return { embedding, writer: chat ? modelWriter(chat) : quotingWriter() };
        },
        onFault: (error) => log.error('An answer could not be written', { err: error }),
      }),
      nudgeJobs: () => jobs.nudge(),
      config,
    },
  };
};

/** Looks things up in the web, and reaches nothing of the own network while doing so. */
function researchWith(search: WebSearch, ledger: Services['ledger'], work: WorkPool): WebResearch {
  return createWebResearch({
    search,
    ledger,
    egress: createEgress(),
    readHtml: (page) => readPageIn(work, page),
  });
}

/** Null where no Chromium is set up. */
function makePdfPrinter({ CHROMIUM_PATH, CHROMIUM_SANDBOX }: Settings['env']): PdfPrinter | null {
  if (CHROMIUM_PATH === undefined) return null;
  return createPdfPrinter({ path: CHROMIUM_PATH, hasSandbox: CHROMIUM_SANDBOX });
}

/** Views wait where jobs wait; null without a queue Redis. */
function makeViewBuffer(settings: Settings, log: Logger): ViewBuffer | null {
  const url = queueRedisUrl(settings);
  if (url === null) return null;
  const redis = connectRedis(url, { log, without: 'views are counted one by one' });
  const memory = watchMemory(redis);
  return createViewBuffer({ redis, isFull: memory.isFull });
}

/** A bucket, or the folder that all processes share. Half configured outside production counts as off. */
function makeBlobStore({ env }: Settings): BlobStore {
  const folder = env.UPLOAD_DIR ?? path.join(env.DATA_DIR, 'uploads');
  const s3 = readS3(env);
  return s3 && env.S3_BUCKET
    ? createS3Store({ ...s3, bucket: env.S3_BUCKET, folder })
    : createDiskStore(folder);
}

keepHeapSmall();

const program = new Command('ainotebook')
  .description('AI-NoteBook: write, find, publish.')
  .version(version)
  .showHelpAfterError();

program
  .command('serve')
  .description('serve web and API on one port; migrates first, seeds a local demo once')
  .option(
    '--workers <count>',
    'processes that share the port: a number, or "max" for one a core',
    '1',
  )
  .action(({ workers }) => serve(loadSettings(), compose, readWorkers(workers)));

program
  .command('worker')
  .description('do the jobs of the servers; needs DATABASE_URL and REDIS_QUEUE_URL')
  .action(() => workerCommand(loadSettings(), compose));

program
  .command('migrate')
  .description('bring the database to this release')
  .action(() => migrateCommand(loadSettings()));

program
  .command('seed')
  .description('add the demo account and its articles; what exists already stays as it is')
  .option('--email <address>', 'of the demo account', 'demo@example.com')
  .option('--yes', 'really do it in production')
  .action((options) => seedCommand(loadSettings(), compose, options));

program
  .command('reindex')
  .description('queue articles whose search index is missing or of an older release')
  .option('--all', 'queue every article')
  .option('--user <email>', 'only the articles of this account')
  .action((options) => reindexCommand(loadSettings(), compose, options));

program
  .command('create-admin')
  .description('make an administrator, or an existing account one')
  .requiredOption('--email <address>')
  .option('--name <name>', 'shown to people', 'Admin')
  .option('--password-stdin', 'read the password from standard input instead of asking')
  .action((options) => createAdminCommand(loadSettings(), compose, options));

program
  .command('cdn-upload')
  .description('bring the bucket of the CDN to the web build; see CDN_BUCKET')
  .option('--dry-run', 'only say what would be sent')
  .option('--prefix <path>', 'folder of the bucket', '')
  .option('--folder <path>', 'another web build')
  .action((options) => cdnUploadCommand(loadSettings(), options));

addBackupCommands(program, { compose, makeBlobStore });

addDoctorCommand(program, { makeBlobStore });

program
  .command('env-example')
  .description('print .env.example')
  .option('--markdown', 'print docs/configuration.md instead')
  .action(({ markdown }) => {
    process.stdout.write(markdown ? envReference() : envExample());
  });

await program.parseAsync().catch(failWith);
