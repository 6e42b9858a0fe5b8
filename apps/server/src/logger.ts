import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Writable } from 'node:stream';
import winston from 'winston';
import { openLogFile } from './log-file.js';
import { redact } from './redact.js';

/** What the server logs with: a sentence and what belongs to it. */
export interface Logger {
  error(message: string, meta?: object): void;
  warn(message: string, meta?: object): void;
  info(message: string, meta?: object): void;
  http(message: string, meta?: object): void;
  debug(message: string, meta?: object): void;
  /** The file of errors; null where logs go to the console. */
  readonly errorFile: string | null;
  /** Waits for what was logged to be written. */
  close(): Promise<void>;
}

export interface LoggerOptions {
  level: string;
  isProduction: boolean;
  /** In a container logs go to the console. */
  isInContainer: boolean;
  /** Folder of error.log and combined.log. */
  dir: string;
}

const TEN_MB = 10_485_760;
const ERROR_LOG = 'error.log';

const redacted = winston.format((info) => {
  const clean = redact(info);
  // Winston finds its level under a symbol, which copying would lose.
  return Object.assign(info, clean);
});

/**
 * Winston as the operator's guide has it: in production JSON into error.log (10 MB x 5) and
 * combined.log (10 MB x 10); on the console when not in production, in a container, or when the
 * folder cannot be written. Processes of a cluster share the files. Secrets are redacted in every line.
 */
export function createLogger(options: LoggerOptions): Logger {
  const json = winston.format.combine(
    redacted(),
    winston.format.timestamp(),
    winston.format.json(),
  );
  const plain = winston.format.combine(
    redacted(),
    winston.format.timestamp({ format: 'HH:mm:ss' }),
    winston.format.printf(({ timestamp, level, message, ...meta }) => {
      const rest = Object.keys(meta).length > 0 ? ` ${JSON.stringify(meta)}` : '';
      return `${timestamp} ${level}: ${message}${rest}`;
    }),
  );
  const files: Writable[] = [];
  const file = (name: string, maxFiles: number, level?: string) => {
    const stream = openLogFile({ file: path.join(options.dir, name), maxBytes: TEN_MB, maxFiles });
    files.push(stream);
    return new winston.transports.Stream({ stream, ...(level ? { level } : {}) });
  };
  const withFiles = options.isProduction && isWritable(options.dir);
  const withConsole = !options.isProduction || options.isInContainer || !withFiles;
  const logger = winston.createLogger({
    level: options.level,
    format: options.isProduction ? json : plain,
    transports: [
      ...(withFiles ? [file(ERROR_LOG, 5, 'error'), file('combined.log', 10)] : []),
      ...(withConsole ? [new winston.transports.Console()] : []),
    ],
  });
  return {
    errorFile: withFiles ? path.join(options.dir, ERROR_LOG) : null,
    error: (message, meta) => void logger.error(message, meta),
    warn: (message, meta) => void logger.warn(message, meta),
    info: (message, meta) => void logger.info(message, meta),
    http: (message, meta) => void logger.http(message, meta),
    debug: (message, meta) => void logger.debug(message, meta),
    close: () =>
      new Promise<void>((resolve) => {
        logger.once('finish', () => resolve());
        logger.end();
      }).then(async () => {
        await Promise.all(files.map((stream) => new Promise((resolve) => stream.end(resolve))));
      }),
  };
}

function isWritable(dir: string): boolean {
  try {
    mkdirSync(dir, { recursive: true });
    accessSync(dir, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
