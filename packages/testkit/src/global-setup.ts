import { migrate } from '@ainotebook/db';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import type { TestProject } from 'vitest/node';
import { findRedisServer, findSystemPostgres, hasStatements } from './find-programs.js';
import { withClient, withDatabase } from './postgres.js';
import { startRedis } from './private-redis.js';
import {
  makeRunFolder,
  postgresFolder,
  removeAbandonedRuns,
  removeRunFolder,
} from './run-folder.js';
import { claimRun, removeAbandonedDatabases, removeDatabases } from './server-run.js';

/** What to take back at the end, in reverse order. */
type Undo = (() => unknown)[];

// These databases live for one run: nothing is waited for that only guards against a power cut.
const FORGETFUL = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '200',
};

/**
 * Vitest's global setup: finds or starts PostgreSQL and Redis, makes the migrated template database and
 * tells the workers where all of it is. Returns the teardown.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeAbandonedRuns();
  const folder = makeRunFolder();
  const undo: Undo = [() => removeRunFolder(folder)];
  const teardown = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const given = process.env.TEST_DATABASE_URL;
    const maintenanceUrl = given ?? (await startPostgres(folder, undo));
    if (given) await removeAbandonedDatabases(given);
    const run = await claimRun(maintenanceUrl);
    undo.push(() => run.release());
    if (given) undo.push(() => removeDatabases(given, run.prefix));

    const template = `${run.prefix}_template`;
    await withClient(maintenanceUrl, (client) =>
      client.query(`create database ${template} template template0 encoding 'UTF8' locale 'C'`),
    );
    await migrate(withDatabase(maintenanceUrl, template));
    // A single forgotten connection to the template would make every copy fail.
    await withClient(maintenanceUrl, (client) =>
      client.query(`alter database ${template} allow_connections false`),
    );
    project.provide('testServer', { maintenanceUrl, template, prefix: run.prefix });
    project.provide(
      'testRedisUrl',
      process.env.TEST_REDIS_URL ?? (await startPrivateRedis(folder, undo)),
    );
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}

async function startPostgres(folder: string, undo: Undo): Promise<string> {
  const binDir = findSystemPostgres();
  const server = await startEmbeddedPostgres({
    dataDir: postgresFolder(folder),
    binDir,
    // Of the shipped configuration.
    settings: hasStatements(binDir)
      ? { ...FORGETFUL, shared_preload_libraries: 'pg_stat_statements' }
      : FORGETFUL,
    log: () => undefined,
  });
  undo.push(() => server.stop());
  return server.url;
}

async function startPrivateRedis(folder: string, undo: Undo): Promise<string | undefined> {
  const program = findRedisServer();
  if (!program) return undefined;
  const redis = await startRedis(program, folder);
  undo.push(() => redis.stop());
  return redis.url;
}
