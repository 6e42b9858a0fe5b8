import { AppError, toAppError } from '@ainotebook/api';
import { SchemaNewerError } from '@ainotebook/db';
import { EmbeddedPostgresError } from '@ainotebook/db/embedded';
import {
  StorageFullError,
  StorageMisconfiguredError,
  StorageUnavailableError,
} from '@ainotebook/files';
import { EvictingQueueError } from '@ainotebook/jobs';
import { TRPCError } from '@trpc/server';
import { DamagedBackupError } from './backup/errors.js';
import { EnvError } from './env.js';
import { ListenError } from './http/server.js';
import { redactText } from './redact.js';

/** A reason to stop that a person can act on. */
export class UsageError extends Error {
  override name = 'UsageError';
}

const FORESEEN = [
  UsageError,
  ListenError,
  SchemaNewerError,
  EmbeddedPostgresError,
  EvictingQueueError,
  StorageFullError,
  StorageMisconfiguredError,
  StorageUnavailableError,
  DamagedBackupError,
];

/** What went wrong in lines for the person at the terminal; a stack only for what nobody foresaw. */
export function explain(error: unknown): string {
  if (error instanceof EnvError) {
    return ['The settings need repair:', ...error.lines.map((line) => `  ${line}`)].join('\n');
  }
  // A caller in this process throws what the wire would carry.
  const appError = error instanceof TRPCError ? toAppError(error) : error;
  if (appError instanceof AppError && appError.code !== 'internal') {
    const fields = appError.fields?.map(({ path, message }) => `  ${path} ${message}`) ?? [];
    return [appError.message, ...fields].join('\n');
  }
  const isForeseen = FORESEEN.some((kind) => error instanceof kind);
  if (error instanceof Error && isForeseen) return error.message;
  return redactText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

/** Says what went wrong and sets the exit code. */
export function failWith(error: unknown): void {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = exitCodeOf(error);
}

/** 2: a backup is damaged; 1: all else. */
export const exitCodeOf = (error: unknown): number => (error instanceof DamagedBackupError ? 2 : 1);
