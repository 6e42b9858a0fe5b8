import type { ModelsInUse, Services } from '@ainotebook/api';
import type { ChangeFeed, Database } from '@ainotebook/db';
import type { Mailer } from '@ainotebook/mail';
import type { Redis } from 'ioredis';
import type { Settings } from './env.js';
import type { AiMetrics } from './http/ai-metrics.js';
import type { JobsRuntime } from './jobs.js';
import type { Logger } from './logger.js';
import type { PdfPrinter } from './pdf/print-pdf.js';
import type { WorkPool } from './work/pool.js';

/** What main.ts needs to put a process together. */
export interface ComposeOptions {
  settings: Settings;
  databaseUrl: string;
  log: Logger;
  /** Connections of this process at most. */
  poolMax: number;
  /** What cached values are of: see `readCacheEpoch`. */
  cacheEpoch: string;
  /** The database was restored under this process, which must end. */
  onRestored: () => void;
  /** Sign-in shown to visitors of a local demo. */
  demo: { email: string; password: string } | null;
  /** Whether this process runs what a queue delivers. */
  hasWorkers: boolean;
}

/** A process put together; nothing in it runs yet. */
export interface Runtime {
  services: Services;
  database: Database;
  redis: Redis | null;
  /** What keeps the caches and the screens fresh; until it is started everything is read from Postgres. */
  changes: ChangeFeed;
  jobs: JobsRuntime;
  work: WorkPool;
  /** Null where no Chromium is set up. */
  pdf: PdfPrinter | null;
  /** Null where the server sends no mail. */
  mailer: Mailer | null;
  /** What this process measures of models. */
  aiMetrics: AiMetrics;
  /** Those of the environment until they are read, which needs the database. */
  modelsInUse: ModelsInUse;
}

/** Made in main.ts, handed to the commands. */
export type Compose = (options: ComposeOptions) => Runtime;
