import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { beforeAll, inject } from 'vitest';

/** Where the databases of a test run are; handed from the global setup to the workers. */
export interface TestServer {
  /** A database on the server to connect to for making others. */
  maintenanceUrl: string;
  /** The migrated database all others are copies of. */
  template: string;
  /** What the names of all databases of this run start with. */
  prefix: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer;
    testRedisUrl: string | undefined;
  }
}

/** A database of a test file. */
export interface TestDatabase {
  /** Its address; the database is there from the first `beforeAll` on. */
  url: string;
}

let used = 0;

/**
 * A migrated, empty database for the tests of the calling file or `describe`, made anew in a `beforeAll`.
 * Call it before the hooks that use it. Connections left open are cut when the next file takes the name.
 */
export function useTestDatabase(): TestDatabase {
  const server = testServer();
  used += 1;
  const name = `${server.prefix}_worker${process.env.VITEST_POOL_ID ?? '0'}_${used}`;
  beforeAll(() =>
    withClient(server.maintenanceUrl, async (client) => {
      await client.query(`drop database if exists ${name} with (force)`);
      await client.query(`create database ${name} ${copyOf(server.template)}`);
    }),
  );
  return { url: withDatabase(server.maintenanceUrl, name) };
}

/** A database without any schema (for migrations); call `drop` when done with it. */
export async function createEmptyDatabase(): Promise<TestDatabase & { drop(): Promise<void> }> {
  return createDatabase(copyOf('template0'));
}

/** A migrated database of its own, for a test that cannot share its file's; call `drop` when done with it. */
export async function createTestDatabase(): Promise<TestDatabase & { drop(): Promise<void> }> {
  return createDatabase(copyOf(testServer().template));
}

async function createDatabase(options: string): Promise<TestDatabase & { drop(): Promise<void> }> {
  const { maintenanceUrl, prefix } = testServer();
  const name = `${prefix}_own_${randomBytes(6).toString('hex')}`;
  await withClient(maintenanceUrl, (client) => client.query(`create database ${name} ${options}`));
  return {
    url: withDatabase(maintenanceUrl, name),
    drop: async () => {
      await withClient(maintenanceUrl, (client) =>
        client.query(`drop database if exists ${name} with (force)`),
      );
    },
  };
}

/** Runs `work` on a connection that is closed afterwards. */
export async function withClient<T>(
  url: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server address with another database. */
export function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}

// Copying files was measured several times faster than copying through the write-ahead log.
function copyOf(template: string): string {
  return `template ${template} strategy file_copy`;
}

function testServer(): TestServer {
  const server = inject('testServer');
  if (server) return server;
  throw new Error(
    'No test database here: this project of vitest.config.ts runs without the global setup of @ainotebook/testkit.',
  );
}
