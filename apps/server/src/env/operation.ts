import { z } from 'zod';
import { isBackupKey } from '../backup/key.js';
import { BUCKET } from './files.js';
import { about, integer, number, text } from './kinds.js';

const OPERATION = 'Operation';
const BACKUP = 'Backup';
const MIB = 1024 * 1024;

export const operationVariables = {
  LOG_LEVEL: z
    .enum(['error', 'warn', 'info', 'http', 'verbose', 'debug', 'silly'])
    .default('info')
    .meta(about(OPERATION, 'error, warn, info, http (every request), verbose, debug or silly.')),
  LOG_DIR: text
    .default('logs')
    .meta(about(OPERATION, 'Folder of error.log and combined.log in production.')),
  MEMORY_LIMIT: integer(64 * MIB, 1024 * 1024 * MIB, 1024 * MIB).meta(
    about(
      OPERATION,
      'Bytes a process may use; 1 GiB. At 90 % it takes on less work, and is replaced if that does not help.',
    ),
  ),
  WATCHDOG_SECONDS: integer(5, 3600, 30).meta(
    about(
      OPERATION,
      'A process whose event loop stands still for so long is ended, with a line that says where it stood.',
    ),
  ),
  NODE_APP_INSTANCE: number(0, 10_000)
    .optional()
    .meta(about(OPERATION, 'Set by PM2: number of this process, a label of its metrics.')),
  METRICS_TOKEN: text
    .optional()
    .meta(
      about(
        OPERATION,
        'Bearer token that opens /metrics and /ready from elsewhere; at least 32 characters. Without it they answer this machine only.',
        { isSecret: true, example: '' },
      ),
    ),
  WORKER_METRICS_PORT: number(1, 65_535)
    .optional()
    .meta(
      about(
        OPERATION,
        'Port of HOST at which `ainotebook worker` serves /metrics; each worker of a machine needs one of its own. Not served when empty.',
        { example: '3002' },
      ),
    ),
  BACKUP_DIR: text
    .default('/var/backups/ainotebook')
    .meta(about(BACKUP, 'Folder of backups; with BACKUP_BUCKET only for what is being written.')),
  BACKUP_KEEP_DAYS: integer(1, 3650, 30).meta(
    about(BACKUP, 'Days that backups are kept. The newest is never removed.'),
  ),
  BACKUP_KEY: text
    .refine(isBackupKey, 'must be a key of age: age1... or AGE-SECRET-KEY-1...')
    .optional()
    .meta(
      about(
        BACKUP,
        'Encrypts backups with age. AGE-SECRET-KEY-1... (made by age-keygen) also verifies and restores; with age1..., its public half, this server can only write them. Keep the secret one elsewhere too: without it they are lost.',
        { isSecret: true, example: '' },
      ),
    ),
  BACKUP_BUCKET: text
    .regex(BUCKET, 'must be the name of a bucket')
    .optional()
    .meta(
      about(
        BACKUP,
        'A private bucket for backups instead of BACKUP_DIR, by S3_ENDPOINT, S3_REGION and the AWS_ keys.',
        { example: '' },
      ),
    ),
};
