import { randomBytes } from 'node:crypto';
import { migrate } from '@ainotebook/db';
import { startEmbeddedPostgres } from '@ainotebook/db/embedded';
import { Redis } from 'ioredis';
import pg from 'pg';
import { findRedisServer, findSystemPostgres } from '../../packages/testkit/dist/find-programs.js';
import { keeperUrl, startRedis } from '../../packages/testkit/dist/private-redis.js';
import {
  makeRunFolder,
  postgresFolder,
  removeRunFolder,
} from '../../packages/testkit/dist/run-folder.js';

/**
 * A migrated database of its own for a proof: on the server of `DATABASE_URL`, else on one started
 * for it. `close` removes all of it.
 */
export async function openProofDatabase() {
  const server = process.env.DATABASE_URL
    ? { url: process.env.DATABASE_URL, stop: async () => {} }
    : await startServer();
  const name = `proof_${randomBytes(6).toString('hex')}`;
  await query(server.url, `create database ${name}`);
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await migrate(url.href);
  return {
    url: url.href,
    close: async () => {
      await query(server.url, `drop database if exists ${name} with (force)`);
      await server.stop();
    },
  };
}

/** A Redis of its own for a proof. @throws when there is no redis-server */
export async function openProofRedis() {
  const program = findRedisServer();
  if (!program) throw new Error('redis-server is not on PATH');
  const folder = makeRunFolder();
  const server = await startRedis(program, folder);
  const client = new Redis(keeperUrl(server.url));
  return {
    url: server.url,
    wipe: () => client.flushall(),
    close: async () => {
      client.disconnect();
      await server.stop();
      removeRunFolder(folder);
    },
  };
}

async function startServer() {
  const folder = makeRunFolder();
  const server = await startEmbeddedPostgres({
    dataDir: postgresFolder(folder),
    binDir: findSystemPostgres(),
    log: () => undefined,
  });
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      removeRunFolder(folder);
    },
  };
}

async function query(url, text) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
