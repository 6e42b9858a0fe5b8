/**
 * What must not break when something fails, and what shows it: lines of proofs (by the beginning of their promise) and
 * tests (by the end of their full name). `elsewhere` says what one machine cannot show in ten minutes.
 * @type {{
 *   id: string,
 *   promise: string,
 *   proofs?: Record<string, string[]>,
 *   tests?: Record<string, string[]>,
 *   elsewhere?: string,
 * }[]}
 */
export const ROWS = [
  {
    id: 'A1',
    promise: 'an acknowledged write survives a crash',
    proofs: {
      saves: ['a save that was answered "saved"', 'control: a deleted revision', 'a start after'],
      durability: ['PostgreSQL runs with', 'each commit', 'control: with synchronous_commit off'],
    },
    elsewhere: 'a power cut: a killed process leaves its unwritten pages to the machine',
  },
  {
    id: 'A2',
    promise: 'a job tied to a committed change runs at least once',
    proofs: {
      outbox: ['every committed order', 'an order that was rolled back', 'the faults were real'],
      queue: ['every committed order', 'an order that was rolled back', 'the faults were real'],
    },
  },
  {
    id: 'A3',
    promise: 'the Redis that holds jobs never evicts',
    tests: {
      'packages/jobs/src/queue-delivery.test.ts': [
        'refuses a Redis that evicts, and says which line to change',
      ],
      'apps/server/src/commands/worker.test.ts': [
        'refuses a Redis that evicts and names the line to change',
      ],
    },
  },
  {
    id: 'A4',
    promise: 'a full queue Redis stops nothing for good',
    tests: {
      'packages/jobs/src/queue-delivery.test.ts': [
        'keeps rows in Postgres beyond the depth of the queue',
        'loses nothing and starts again when Redis was away',
      ],
    },
    elsewhere: 'tens of thousands of rows over a Redis of 12 MB',
  },
  {
    id: 'A5',
    promise: 'a worker that dies neither loses nor kills a job',
    proofs: {
      outbox: ['what kills its process', 'nothing is left undone'],
      queue: ['what kills its process', 'nothing is left undone'],
    },
  },
  {
    id: 'A6',
    promise: 'counters survive crashes',
    proofs: {
      views: ['every reader that was taken', 'no reader is counted twice', 'the faults were real'],
    },
  },
  {
    id: 'A7',
    promise: 'backups restore',
    proofs: {
      backup: [
        'a backup made while others write',
        'restored into a scratch database',
        'every flipped bit',
        'killed in the middle',
        'a restore that is killed',
      ],
    },
    tests: {
      'apps/server/src/backup/backup.test.ts': [
        'bring everything back into an empty database, with files, and nothing twice',
        'are found out when they are damaged, and then change nothing',
        'that fail leave the last good one and nothing that looks like one',
      ],
      'apps/server/src/backup/data-copy.test.ts': [
        'are copies of the stopped folder, checked by starting them, and go back in its place',
      ],
    },
  },
  {
    id: 'A12',
    promise: 'an upload that is cut off is there whole or not at all',
    proofs: {
      uploads: [
        'after kill -9 every upload',
        'an import in parts goes on',
        'and no file is half',
        'nothing is kept that no row names',
        'references and quota',
      ],
    },
  },
  {
    id: 'A13',
    promise: 'an import or export that is cut off goes on',
    proofs: {
      archives: [
        'an import that was cut off',
        'no note and no notebook is missing',
        'an export that was cut off',
        'nothing is kept half',
        'nothing is left undone',
      ],
    },
  },
  {
    id: 'B1',
    promise: 'no process serves a value older than 2 s, whatever fails',
    proofs: {
      cache: ['no process reads a value older', 'the faults were real', 'control: without the p'],
    },
  },
  {
    id: 'B2',
    promise: 'no old value comes back after a write',
    proofs: { cache: ['after three quiet seconds'] },
    tests: {
      'packages/cache/src/cache.test.ts': [
        'refuses a fill that read before a change',
        'does not let a reader join a load that began before a change',
        'drops the older value of a process that could not say what it wrote',
      ],
    },
  },
  {
    id: 'B3',
    promise: 'who wrote reads it, and nobody goes back in time',
    proofs: { cache: ['a process reads its own writes', 'no value goes back in time'] },
  },
  {
    id: 'B4',
    promise: 'a cold key is loaded once',
    proofs: { cache: ['a cold key', 'without Redis it is loaded once'] },
    tests: {
      'packages/cache/src/cache.test.ts': [
        'loads once for all who wait, and fails once',
        'waits for the lease of another for a bounded time',
        'gives the lease back when the load fails',
      ],
    },
  },
  {
    id: 'B5',
    promise: 'without Redis it is slower, not broken',
    proofs: { 'redis-down': ['no request fails', 'and none takes longer', 'no process ends'] },
    tests: { 'apps/server/src/http/health.test.ts': ['health with Redis down is ready, degraded'] },
  },
  {
    id: 'B6',
    promise: 'Redis is asked for nothing that blocks it',
    proofs: { 'redis-down': ['Redis is asked for nothing'] },
  },
  {
    id: 'B7',
    promise: 'a lock is released by its owner only, and nobody waits for ever',
    proofs: { outbox: ['no two runs of a row'], queue: ['no two runs of a row'] },
    tests: {
      'packages/jobs/src/failure.test.ts': [
        'is run by another attempt when the lease ends, and the old run is fenced out',
        'refuses the effect of an old run while the newer one is under way',
      ],
    },
  },
  {
    id: 'C1',
    promise: 'to be alive is not to be ready',
    tests: {
      'apps/server/src/http/health.test.ts': [
        'is ready when the database is there and migrated',
        'is not ready from the moment the process is told to end, and asks clients to go',
        'health without a database stays alive and is not ready',
        'health before the migrations is not ready',
        'health with Redis down is ready, degraded',
      ],
      'apps/server/src/http/readiness.test.ts': [
        'PostgreSQL: stopped',
        'PostgreSQL: hangs',
        'the tables: of a newer release',
        'the cache Redis: hangs',
        'the queue Redis: hangs',
        'the queue Redis: evicts',
        'the bucket of the files: hangs',
        'the mail server: hangs',
      ],
    },
  },
  {
    id: 'C2',
    promise: 'a new release drops no request',
    proofs: { reload: ['replacing every process'] },
  },
  {
    id: 'C3',
    promise: 'a process that stands still is noticed',
    proofs: { wedged: ['a process that stands still'] },
    tests: {
      'apps/server/src/cluster/supervisor.test.ts': [
        'kills a process that says nothing any more, and one that does not end',
      ],
      'apps/server/src/process/watchdog.test.ts': [
        'ends, and says where it stood, also in the log',
        'is replaced in a cluster, which serves on meanwhile, also when it is stopped as a whole',
      ],
      'packages/jobs/src/failure.test.ts': ['frees the place of a run that never ends'],
    },
  },
  {
    id: 'C4',
    promise: 'slow clients hold up nobody',
    proofs: { 'slow-clients': ['a client that sends', 'others are served meanwhile'] },
    elsewhere: 'the limits of a proxy in front, which are its own',
  },
  {
    id: 'C5',
    promise: 'a proxy meets no connection that is just being closed',
    proofs: {
      reload: ['replacing every process'],
      'slow-clients': ['an idle connection is kept longer'],
    },
    elsewhere: 'an hour of idle connections',
  },
  {
    id: 'C6',
    promise: 'an exhausted pool is an error, not a wait',
    tests: {
      'apps/server/src/http/logs.test.ts': [
        'is a 503 with Retry-After within 2 s, and over when a connection is free',
      ],
    },
  },
  {
    id: 'C7',
    promise: 'too much work is refused, the least urgent first',
    tests: {
      'apps/server/src/process/load.test.ts': [
        'with the event loop 250 ms late refuses ["search","report"]',
        'still takes what people wrote while memory is short',
        'measures an event loop that is busy for seconds, and forgets it',
      ],
    },
    elsewhere: 'four times the capacity for minutes: the clients need the same two cores',
  },
  {
    id: 'C8',
    promise: 'an alarm for memory means something',
    tests: {
      'apps/server/src/process/memory-guard.test.ts': [
        'warns at 90% of resident memory, takes on less, and says until it ends that it does not help',
        'warns at 90% of the heap, takes on less, and says until it ends that it does not help',
      ],
    },
    elsewhere: 'two hours of load, to see whether memory grows',
  },
  {
    id: 'F1',
    promise: 'a forged notice pays nothing',
    proofs: { payments: ['what was answered with success is committed'] },
  },
  {
    id: 'F2',
    promise: 'a payment is granted once, and the ledger is the bill',
    proofs: { payments: ['after kill -9 among notices', 'the ledger is the bill'] },
  },
  {
    id: 'F3',
    promise: 'a lost notice is made up for',
    proofs: { payments: ['every order ends where it should'] },
  },
];
