import type pg from 'pg';
import { FIRST_EPOCH, SELECT_EPOCH } from './cache-epoch.js';
import { logPosition } from './change-log.js';

/** One committed change of what caches hold or screens show. */
export interface Change {
  /** `article:<id>`, `user:<id>`, `session:<id>`, `slug:<slug>`, or a scope such as `user:<id>:articles`. */
  key: string;
  /** The row's version; for a key that stands for several rows the xid, see `snapshotVersion`. */
  ver: bigint;
  deleted: boolean;
  /** Whose it is and which list shows it, `user:<id>:<list>`; null where no list does. */
  scope: string | null;
  /** Counters and bookkeeping only: nobody needs to be told at once. */
  isQuiet: boolean;
}

export interface ChangeListener {
  /** Changes in no order, each at least once. */
  onChanges(changes: readonly Change[]): void;
  /**
   * Everything committed before `issuedAtMs` (of `performance.now()`) has been told. The first comes
   * after the whole retained log. `position` is where who has heard this far goes on: see `changesSince`.
   */
  onProof(issuedAtMs: number, position: string): void;
}

/** Tells every committed change of the database to one process. */
export interface ChangeFeed {
  /** @returns ends the subscription */
  subscribe(listener: ChangeListener): () => void;
  /** Polls soon: somebody hints at a change. */
  nudge(): void;
  start(): void;
  /** Resolves when the poll under way has ended and the connection is given back. */
  close(): Promise<void>;
}

export interface ChangeFeedOptions {
  /** Time between two polls. */
  intervalMs?: number;
  /** Longest time of one poll, counted anew with each batch; the connection is then thrown away. */
  deadlineMs?: number;
  /** Rows read at once. */
  batch?: number;
  /** Told of the first failure of a row of failed polls; what a listener throws is one. */
  onError?: (error: unknown) => void;
  onRecovered?: () => void;
  /** Of what this process keeps (`readCacheEpoch`); that of the first poll when absent. */
  epoch?: string;
  /** Told once when the database was restored under this process, which must end: nothing is proven to it any more. */
  onOtherEpoch?: () => void;
}

/** Hints in a burst are answered by one poll. */
const NUDGE_GAP_MS = 25;
const MAX_RETRY_MS = 1_000;

interface Row {
  xid: string;
  key: string;
  ver: string;
  deleted: boolean;
  scope: string | null;
  is_quiet: boolean;
}

interface Subscriber {
  listener: ChangeListener;
  /** It has been told the retained log. */
  isReplayed: boolean;
}

/**
 * Reads the change log with a connection of its own. A transaction may commit long after it drew its
 * xid, so a poll starts at the oldest transaction that was under way at the last one: rows are read
 * again rather than missed. It goes on after any failure, also of the server.
 */
export function createChangeFeed(pool: pg.Pool, options: ChangeFeedOptions = {}): ChangeFeed {
  const { intervalMs = 600, deadlineMs = 2_500, batch = 2_000, onError, onRecovered } = options;
  let epoch = options.epoch;
  let isRestored = false;
  const subscribers = new Set<Subscriber>();
  let state: 'idle' | 'running' | 'closed' = 'idle';
  let client: pg.PoolClient | undefined;
  /** An xid: all transactions before it had ended when the last poll looked. */
  let watermark = '0';
  let isNudged = false;
  let wake: () => void = () => undefined;
  let looping: Promise<void> = Promise.resolve();

  async function poll(onProgress: () => void): Promise<void> {
    client ??= await pool.connect();
    const audience = [...subscribers];
    const present = () => audience.filter((one) => subscribers.has(one));
    const isReplay = audience.some((one) => !one.isReplayed);
    const from = isReplay ? '0' : watermark;
    const issuedAtMs = performance.now();
    const [, , first, snapshot, found] = await many(client, readFrom(from, batch));
    requireEpoch(found?.rows[0]?.epoch ?? FIRST_EPOCH);
    // Moved back: another database than before answers here.
    const next = String(snapshot?.rows[0]?.xmin);
    const isOther = BigInt(next) < BigInt(from);
    for (let rows = rowsOf(first); rows.length > 0; ) {
      const changes = rows.flatMap(changesOf);
      for (const { listener } of present()) listener.onChanges(changes);
      onProgress();
      rows = rows.length < batch ? [] : rowsOf(await client.query(`fetch ${batch} from changes`));
    }
    await client.query('commit');
    watermark = isOther ? '0' : next;
    if (isOther) return;
    for (const one of present()) {
      one.isReplayed = true;
      one.listener.onProof(issuedAtMs, logPosition(next, epoch));
    }
  }

  /** Versions of a restored database say nothing about what was read before. */
  function requireEpoch(found: string): void {
    epoch ??= found;
    if (found === epoch) return;
    if (!isRestored) options.onOtherEpoch?.();
    isRestored = true;
    throw new Error('the database was restored while this process ran');
  }

  async function pollInTime(): Promise<void> {
    const timer = setTimeout(
      () => drop(new Error('a poll of the change log took too long')),
      deadlineMs,
    );
    try {
      // A long log is work, not an outage: what counts is that it goes on.
      await poll(() => timer.refresh());
    } catch (error) {
      drop(error);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Closes the connection; a query under way on it fails. */
  function drop(reason: unknown): void {
    const dropped = client;
    client = undefined;
    dropped?.release(reason instanceof Error ? reason : true);
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function loop(): Promise<void> {
    let failures = 0;
    while (state === 'running') {
      isNudged = false;
      try {
        await pollInTime();
        if (failures > 0) onRecovered?.();
        failures = 0;
      } catch (error) {
        if (failures === 0) onError?.(error);
        failures += 1;
      }
      if (state !== 'running') return;
      if (failures > 0) await pause(Math.min(100 * 2 ** failures, MAX_RETRY_MS));
      else if (isNudged) await pause(NUDGE_GAP_MS);
      else await pause(intervalMs);
    }
  }

  function nudge(): void {
    if (isNudged) return;
    // Kept through a poll under way, which may have looked before the change.
    isNudged = true;
    setTimeout(() => wake(), NUDGE_GAP_MS);
  }

  return {
    subscribe(listener) {
      const one = { listener, isReplayed: false };
      subscribers.add(one);
      nudge();
      return () => void subscribers.delete(one);
    },
    nudge,
    start() {
      if (state !== 'idle') return;
      state = 'running';
      looping = loop();
    },
    async close() {
      state = 'closed';
      wake();
      await looping;
      client?.release();
      client = undefined;
    },
  };
}

/** One snapshot for the rows and for where the next poll starts. */
function readFrom(xid: string, batch: number): string {
  if (!/^\d+$/.test(xid)) throw new Error('the watermark of the change log is no xid');
  // Rows of the future were restored from another server.
  return `begin isolation level repeatable read read only;
    declare changes no scroll cursor for
      select xid::text, key, ver::text, deleted, scope, is_quiet from cache_inval
      where xid >= '${xid}'::xid8 and xid < pg_snapshot_xmax(pg_current_snapshot());
    fetch ${batch} from changes;
    select pg_snapshot_xmin(pg_current_snapshot())::text as xmin;
    ${SELECT_EPOCH}`;
}

/** Several statements in one message: one answer each, which pg's types do not say. */
async function many(client: pg.PoolClient, text: string): Promise<pg.QueryResult[]> {
  return (await client.query(text)) as unknown as pg.QueryResult[];
}

function rowsOf(result: pg.QueryResult | undefined): Row[] {
  // The columns of `readFrom`.
  return (result?.rows ?? []) as Row[];
}

function changesOf(row: Row): Change[] {
  const { key, deleted, scope, is_quiet: isQuiet } = row;
  const change = { key, ver: BigInt(row.ver), deleted, scope, isQuiet };
  if (scope === null) return [change];
  return [change, { key: scope, ver: BigInt(row.xid), deleted: false, scope: null, isQuiet }];
}
