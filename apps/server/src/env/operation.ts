import { z } from 'zod';
import { about, integer, number, text } from './kinds.js';

const OPERATION = 'Operation';
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
};
