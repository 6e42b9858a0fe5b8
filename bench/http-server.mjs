// One of the servers that bench/http.mjs compares, in a process of its own: ours, or a baseline that answers with
// the bytes it is given on its standard input. Prints its address as JSON and ends with its parent.
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { text } from 'node:stream/consumers';
import { createCaches, createRateLimits } from '@ainotebook/api';
import { createChangeFeed, createDb } from '@ainotebook/db';
import { initTRPC } from '@trpc/server';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import superjson from 'superjson';
import { createAiMetrics } from '../apps/server/dist/http/ai-metrics.js';
import { createApp } from '../apps/server/dist/http/app.js';
import { createWorkPool } from '../apps/server/dist/work/pool.js';
import { servicesOf } from './callers.mjs';

const [kind] = process.argv.slice(2);
const given = JSON.parse(await text(process.stdin));
const handlers = {
  ours() {
    const database = createDb(given.databaseUrl, { max: 10 });
    const feed = createChangeFeed(database.pool);
    const services = {
      ...servicesOf(database.db),
      ...createCaches({ db: database.db, feed, maxLoads: 6 }),
      limits: createRateLimits({ factor: 1e9 }),
      // No file is read or kept.
      blobs: { tempFolder: tmpdir() },
    };
    feed.start();
    return createApp({
      services,
      pool: database.pool,
      work: createWorkPool(),
      redis: null,
      jobs: { kind: 'in process', queues: [], problem: () => null },
      aiMetrics: createAiMetrics(),
      log: { error() {}, warn() {}, info() {}, debug() {}, http() {} },
      trustedProxies: [],
      metricsToken: null,
      webFolder: tmpdir(),
      isLocal: false,
      isDraining: () => false,
      process: { isCluster: false, instance: null },
    });
  },
  // The same value through Express and tRPC, with nothing of ours in between.
  trpc() {
    const t = initTRPC.create({ transformer: superjson });
    const value = superjson.deserialize(JSON.parse(given.body).result.data);
    const router = t.router({
      publications: t.router({ read: t.procedure.query(() => value) }),
    });
    return express().use('/api/trpc', createExpressMiddleware({ router }));
  },
  express: () =>
    express().get('/api/trpc/publications.read', (_req, res) => {
      res.type('json').send(given.body);
    }),
  node: () => (_req, res) => {
    res.setHeader('content-type', 'application/json');
    res.end(given.body);
  },
};
const server = createServer(handlers[kind]());
server.listen(0, '127.0.0.1', () => {
  console.log(JSON.stringify({ url: `http://127.0.0.1:${server.address().port}` }));
});
process.once('disconnect', () => process.exit());
