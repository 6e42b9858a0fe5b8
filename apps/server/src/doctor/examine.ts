import { findEmbeddedPostgres } from '@ainotebook/db/embedded';
import type { BlobStore } from '@ainotebook/files';
import { connect } from '../backup/connect.js';
import { EnvError, type Settings } from '../env.js';
import { postgresFolder } from '../postgres.js';
import { checkAddress } from './address.js';
import { checkConnections, checkDatabase, checkJobs, checkMigrations } from './database.js';
import { type CheckName, type Finding, reasonOf } from './finding.js';
import { checkBackup, checkClock, checkDisk, checkFiles, checkSettings } from './host.js';
import { checkPdf } from './pdf.js';
import { checkProviders } from './providers.js';
import { checkRedis } from './redis.js';
import { checkSealedKeys } from './sealed-keys.js';

/** Longest time of one check; a live call of a provider may take as long as an answer. */
const WAIT_MS = 15_000;
const LIVE_WAIT_MS = 60_000;

/** Looks at everything a server stands on. One check that fails stops no other. */
export async function examine(
  settings: Settings,
  { blobs, isLive }: { blobs: BlobStore; isLive: boolean },
): Promise<Finding[]> {
  const found = [
    ...(await inTime('settings', async () => checkSettings(settings))),
    ...(await examineDatabase(settings)),
    ...(await inTime('redis-queue', () => checkRedis(settings))),
    ...(await inTime('disk', () => checkDisk(settings))),
    ...(await inTime('files', () => checkFiles(settings, blobs))),
    ...(await inTime('pdf', () => checkPdf(settings))),
    ...(await inTime('address', () => checkAddress(settings))),
    ...(await inTime('backup', () => checkBackup(settings))),
  ];
  const ask = () => checkProviders(settings, { isLive });
  return [...found, ...(await inTime('providers', ask, isLive ? LIVE_WAIT_MS : WAIT_MS))];
}

/** Settings so broken that nothing else can be looked at. */
export const unreadable = ({ lines }: EnvError): Finding[] =>
  lines.map((line) => ({
    check: 'settings',
    status: 'fail',
    says: line,
    mend: 'Mend it in .env.',
  }));

async function examineDatabase(settings: Settings): Promise<Finding[]> {
  const url =
    settings.databaseUrl ?? findEmbeddedPostgres({ dataDir: postgresFolder(settings) })?.url;
  if (url === undefined) {
    const says = 'The embedded PostgreSQL is not running: start the server and look again.';
    return [{ check: 'database', status: 'off', says }];
  }
  try {
    const client = await connect(url);
    try {
      await client.query("set statement_timeout = '10s'");
      return [
        ...(await inTime('database', () => checkDatabase(client))),
        ...(await inTime('migrations', () => checkMigrations(client))),
        ...(await inTime('connections', () => checkConnections(client, settings, url))),
        ...(await inTime('jobs', () => checkJobs(client))),
        ...(await inTime('clock', () => checkClock(client))),
        ...(await inTime('providers', () => checkSealedKeys(client, settings))),
      ];
    } finally {
      await client.end();
    }
  } catch (error) {
    const mend = 'Is it running, and are address, user and password in DATABASE_URL right?';
    return [{ check: 'database', status: 'fail', says: reasonOf(error), mend }];
  }
}

async function inTime(
  check: CheckName,
  run: () => Promise<Finding[]>,
  waitMs = WAIT_MS,
): Promise<Finding[]> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${waitMs / 1000} s`)), waitMs);
  });
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    if (error instanceof EnvError) return unreadable(error).map((one) => ({ ...one, check }));
    return [{ check, status: 'fail', says: reasonOf(error) }];
  } finally {
    clearTimeout(timer);
  }
}
