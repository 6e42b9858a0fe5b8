import { about, flag, integer, number, text, urlOf } from './kinds.js';

const DATA = 'Database and Redis';
const JOBS = 'Jobs';

export const dataVariables = {
  DATABASE_URL: urlOf('postgres:', 'postgresql:')
    .optional()
    .meta(
      about(
        DATA,
        'PostgreSQL 15 or newer. Empty: the embedded PostgreSQL in DATA_DIR. ?connection_limit= and ?pool_timeout= (seconds) are understood.',
        { example: 'postgresql://user:password@localhost:5432/ainotebook', isSecret: true },
      ),
    ),
  DB_PASSWORD: text.optional().meta(
    about(DATA, 'Password for a DATABASE_URL that holds none; may hold any character.', {
      isSecret: true,
      example: '',
    }),
  ),
  EMBEDDED: flag
    .optional()
    .meta(
      about(
        DATA,
        'true allows the embedded PostgreSQL under NODE_ENV=production; false forbids it everywhere.',
        { example: 'true' },
      ),
    ),
  PG_POOL_MAX: number(2, 1000)
    .optional()
    .meta(about(DATA, 'Most connections of one process. 20 when empty.', { example: '20' })),
  PG_POOL_MIN: integer(0, 1000, 5).meta(about(DATA, 'Connections opened at the start.')),
  PG_IDLE_TIMEOUT_MS: integer(1000, 86_400_000, 30_000).meta(
    about(DATA, 'A connection unused for so long is closed.'),
  ),
  PG_CONNECT_TIMEOUT_MS: number(100, 60_000)
    .optional()
    .meta(about(DATA, 'Longest wait for a free connection. 2000 when empty.', { example: '2000' })),
  PG_STATEMENT_TIMEOUT_MS: integer(100, 600_000, 10_000).meta(
    about(DATA, 'A statement that takes longer is cancelled.'),
  ),
  PROCESSES: integer(1, 1000, 1).meta(
    about(
      DATA,
      'Processes that share the database; theirs and those of a successor, PG_POOL_MAX each, must stay 10 below max_connections.',
    ),
  ),
  REDIS_URL: urlOf('redis:', 'rediss:')
    .optional()
    .meta(
      about(DATA, 'Redis as a cache and for shared rate limits; it may evict.', {
        example: 'redis://localhost:6379',
        isSecret: true,
      }),
    ),
  REDIS_QUEUE_URL: urlOf('redis:', 'rediss:')
    .optional()
    .meta(
      about(DATA, 'Redis that holds jobs, with noeviction. REDIS_URL when empty.', {
        example: 'redis://localhost:6380',
        isSecret: true,
      }),
    ),
  SERVE_JOBS: flag
    .default(true)
    .meta(
      about(
        JOBS,
        'false where `ainotebook worker` processes with the same settings do the jobs; needs a queue Redis.',
      ),
    ),
  JOBS_CONCURRENCY: integer(1, 100, 10).meta(
    about(JOBS, 'Jobs of one queue at the same time in one process.'),
  ),
  JOBS_LIMIT_MAX: integer(1, 1_000_000, 100).meta(
    about(JOBS, 'With a queue Redis: articles processed in JOBS_LIMIT_SECONDS, by all processes.'),
  ),
  JOBS_LIMIT_SECONDS: integer(1, 3600, 60).meta(about(JOBS, 'See JOBS_LIMIT_MAX.')),
  VIEWS_FLUSH_SECONDS: integer(5, 3600, 60).meta(
    about(
      JOBS,
      'With a queue Redis: how often counted readers are written to the database. A Redis that loses its data loses those of one such time.',
    ),
  ),
};
