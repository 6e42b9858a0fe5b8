import { defineJob } from '@ainotebook/jobs';
import { z } from 'zod';

export const LEASE_MS = 2_000;
export const POISON_ATTEMPTS = 3;
export const DOCUMENTS = 5_000;

// A row may be under many kills: with three attempts an innocent one would be buried by chance.
const patient = { attempts: 40, backoffMs: 5, leaseMs: LEASE_MS };

/** An effect in the database: must happen exactly once. */
export const ship = defineJob({
  topic: 'ship',
  payload: z.object({ orderId: z.number() }),
  ...patient,
});
/** An effect elsewhere: at least once, always under the same outbox id. */
export const call = defineJob({
  topic: 'call',
  payload: z.object({ orderId: z.number() }),
  ...patient,
});
/** Deduplicated by document; must not miss the last version. */
export const reindex = defineJob({
  topic: 'reindex',
  payload: z.object({ documentId: z.number() }),
  ...patient,
});
/** Takes the process with it whenever it is run. */
export const poison = defineJob({
  topic: 'poison',
  payload: z.object({}),
  attempts: POISON_ATTEMPTS,
  backoffMs: 50,
  leaseMs: LEASE_MS,
});

export const TABLES = `
  create table proof_orders (id bigint generated always as identity primary key);
  create table effects (order_id bigint not null);
  create table naive_effects (order_id bigint not null);
  create table calls (order_id bigint not null, outbox_id uuid not null);
  create table documents (id int primary key, version int not null);
  create table indexed (id int primary key, version int not null);
  insert into documents select n, 0 from generate_series(1, ${DOCUMENTS}) n;
  insert into indexed select n, 0 from generate_series(1, ${DOCUMENTS}) n;
  create table runs (
    outbox_id uuid not null, attempt int not null, topic text not null, pid int not null,
    started_at timestamptz not null, lease_ends_at timestamptz not null, ended_at timestamptz,
    primary key (outbox_id, attempt)
  )`;
