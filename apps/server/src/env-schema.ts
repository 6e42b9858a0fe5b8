import { isIP } from 'node:net';
import { parseSender, parseSmtpUrl } from '@ainotebook/mail';
import { z } from 'zod';

/** Where a variable stands in `.env.example`. */
export interface VariableMeta {
  group: string;
  about: string;
  /** Shown (commented out) in `.env.example` when there is no default. */
  example?: string;
  /** Never printed; a placeholder is refused rather than ignored. */
  isSecret?: boolean;
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `15m`, `7d`, `12h`, `30s` or plain seconds, in milliseconds. */
export function parseDurationMs(value: string): number | undefined {
  const match = /^(\d{1,9})([smhd]?)$/.exec(value);
  if (!match) return undefined;
  // The pattern admits these units only.
  const unit = (match[2] || 's') as keyof typeof UNIT_MS;
  const ms = Number(match[1]) * UNIT_MS[unit];
  return ms > 0 ? ms : undefined;
}

/** Ten years: a date far beyond it cannot be written into a token. */
const LONGEST_MS = 3650 * UNIT_MS.d;

const duration = (fallback: string) =>
  z
    .string()
    .refine(
      (value) => (parseDurationMs(value) ?? Number.POSITIVE_INFINITY) <= LONGEST_MS,
      'must be a time like 15m, 12h or 7d, at most 3650d',
    )
    .default(fallback);

const number = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

const integer = (min: number, max: number, fallback: number) => number(min, max).default(fallback);

const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1');

const urlOf = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol),
      `must be an address that begins with ${protocols.map((p) => `${p}//`).join(' or ')}`,
    );

const PROXY_NAMES = new Set(['loopback', 'linklocal', 'uniquelocal']);

function isProxy(part: string): boolean {
  const [address = '', bits, ...rest] = part.split('/');
  if (PROXY_NAMES.has(part)) return true;
  const max = isIP(address) === 6 ? 128 : 32;
  return (
    rest.length === 0 &&
    isIP(address) !== 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= max))
  );
}

/** `true` or a number of hops would believe whoever connects directly. */
const proxies = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every(isProxy),
    'must name the proxies: loopback, uniquelocal, or addresses and CIDR ranges, separated by commas',
  );

const text = z.string();
const about = (group: string, words: string, more: Omit<VariableMeta, 'group' | 'about'> = {}) => ({
  group,
  about: words,
  ...more,
});

const APP = 'Application';
const DATA = 'Database and Redis';
const ACCOUNTS = 'Accounts';
const MAIL = 'Mail';
const AI = 'AI services';
const PAYMENT = 'Payment';
const FILES = 'Files';
const CDN = 'CDN';
const JOBS = 'Jobs';
const OPERATION = 'Operation';
const MIB = 1024 * 1024;
const BUCKET = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/;

/** Every variable the server reads. `.env.example` is generated from it. */
export const envSchema = z.object({
  NODE_ENV: z
    .enum(['development', 'production', 'test'])
    .default('development')
    .meta(about(APP, 'production turns on strict checks and logs as JSON.')),
  HOST: text
    .default('127.0.0.1')
    .meta(about(APP, 'Address to listen on. 0.0.0.0 opens the server to the network.')),
  PORT: integer(1, 65_535, 3000).meta(about(APP, 'Port to listen on.')),
  APP_NAME: text.max(60).default('AI-NoteBook').meta(about(APP, 'Name shown to people.')),
  APP_URL: urlOf('http:', 'https:')
    .optional()
    .meta(
      about(
        APP,
        'Address under which people reach the server; every link is built from it. Required in production with DATABASE_URL; otherwise http://localhost:PORT.',
        { example: 'https://notes.example.com' },
      ),
    ),
  TRUST_PROXY: proxies.optional().meta(
    about(
      APP,
      'Reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed: loopback, uniquelocal, addresses, CIDR ranges. Nobody when empty.',
      {
        example: 'loopback',
      },
    ),
  ),
  DATA_DIR: text
    .default('.data')
    .meta(about(APP, 'Folder of the embedded database and of generated secrets.')),

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
      'Server processes that share the database; PROCESSES x PG_POOL_MAX must stay 10 below max_connections.',
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

  JWT_SECRET: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'Signs access tokens: at least 32 random characters (openssl rand -base64 48). The embedded default makes one.',
        { isSecret: true, example: '' },
      ),
    ),
  JWT_REFRESH_SECRET: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'Keys the HMAC of refresh tokens: another 32 characters or more. Changing it ends all sessions.',
        { isSecret: true, example: '' },
      ),
    ),
  JWT_EXPIRES_IN: duration('15m').meta(about(ACCOUNTS, 'Life of an access token.')),
  JWT_REFRESH_EXPIRES_IN: duration('7d').meta(
    about(ACCOUNTS, 'A session unused for so long ends.'),
  ),
  REGISTRATION: z
    .enum(['open', 'closed', 'invite'])
    .default('open')
    .meta(about(ACCOUNTS, 'Who may register: open, closed or invite.')),
  SETUP_TOKEN: text
    .optional()
    .meta(
      about(
        ACCOUNTS,
        'Lets the person who knows it register as the first administrator; at least 32 characters. Or use: ainotebook create-admin.',
        { isSecret: true, example: '' },
      ),
    ),

  SMTP_URL: text
    .refine(
      (value) => parseSmtpUrl(value) !== null,
      'must be like smtps://user:password@smtp.example.com:465, without options',
    )
    .optional()
    .meta(
      about(
        MAIL,
        'Mail server for links to reset a password, invitations and notifications: smtps:// or smtp:// (STARTTLS). Special characters of the password percent-encoded. Needs MAIL_FROM.',
        { isSecret: true, example: 'smtps://user:password@smtp.example.com:465' },
      ),
    ),
  MAIL_FROM: text
    .refine(
      (value) => parseSender(value) !== null,
      'must be an address, or a name with an address: Notes <notes@example.com>',
    )
    .optional()
    .meta(
      about(MAIL, 'Sender of every mail; APP_NAME when it holds no name. Needs SMTP_URL.', {
        example: 'Notes <notes@example.com>',
      }),
    ),

  VOLCENGINE_API_KEY: text
    .optional()
    .meta(about(AI, 'Volcengine Ark. Complete by itself.', { isSecret: true, example: '' })),
  OPENAI_API_KEY: text
    .optional()
    .meta(about(AI, 'OpenAI or a compatible server.', { isSecret: true, example: '' })),
  OPENAI_BASE_URL: urlOf('http:', 'https:')
    .default('https://api.openai.com/v1')
    .meta(about(AI, 'Address of the OpenAI-compatible server.')),
  SEARCH_ENGINE_API_KEY: text
    .optional()
    .meta(about(AI, 'Web search (Bocha). Complete by itself.', { isSecret: true, example: '' })),

  ALIPAY_APP_ID: text
    .optional()
    .meta(about(PAYMENT, 'Alipay needs this and both keys. 16 digits.', { example: '' })),
  ALIPAY_PRIVATE_KEY: text
    .optional()
    .meta(
      about(
        PAYMENT,
        "Our application's private key (RSA2). Here as everywhere: PEM, PEM on one line with \\n, its base64, or the path of a file that holds it.",
        { isSecret: true, example: '' },
      ),
    ),
  ALIPAY_PUBLIC_KEY: text
    .optional()
    .meta(about(PAYMENT, "Alipay's public key; not that of our application.", { example: '' })),
  ALIPAY_SELLER_ID: text
    .optional()
    .meta(
      about(PAYMENT, 'Notices of another seller are refused where it is set.', { example: '' }),
    ),
  ALIPAY_GATEWAY: urlOf('http:', 'https:')
    .default('https://openapi.alipay.com/gateway.do')
    .meta(about(PAYMENT, 'The sandbox: https://openapi-sandbox.dl.alipaydev.com/gateway.do.')),
  WECHAT_APP_ID: text
    .optional()
    .meta(about(PAYMENT, 'WeChat Pay needs this, the merchant number and keys.', { example: '' })),
  WECHAT_MCH_ID: text.optional().meta(about(PAYMENT, 'Merchant number.', { example: '' })),
  WECHAT_API_KEY: text
    .optional()
    .meta(
      about(
        PAYMENT,
        'APIv2 key, 32 characters. Enough to be paid, not for refunds; for those set the five below, and this one is not needed.',
        { isSecret: true, example: '' },
      ),
    ),
  WECHAT_API_V3_KEY: text
    .optional()
    .meta(about(PAYMENT, 'APIv3 key, 32 characters.', { isSecret: true, example: '' })),
  WECHAT_MCH_SERIAL_NO: text
    .optional()
    .meta(about(PAYMENT, 'Serial number of the merchant certificate.', { example: '' })),
  WECHAT_MCH_PRIVATE_KEY: text
    .optional()
    .meta(
      about(PAYMENT, 'Private key of the merchant certificate.', { isSecret: true, example: '' }),
    ),
  WECHAT_PAY_PUBLIC_KEY_ID: text
    .optional()
    .meta(about(PAYMENT, 'PUB_KEY_ID_ and digits.', { example: '' })),
  WECHAT_PAY_PUBLIC_KEY: text
    .optional()
    .meta(about(PAYMENT, "WeChat Pay's public key.", { example: '' })),
  WECHAT_PLATFORM_CERT: text.optional().meta(
    about(PAYMENT, 'Platform certificate of merchants who have no WECHAT_PAY_PUBLIC_KEY.', {
      example: '',
    }),
  ),
  WECHAT_API_BASE: urlOf('http:', 'https:')
    .default('https://api.mch.weixin.qq.com/')
    .meta(about(PAYMENT, 'Address of WeChat Pay.')),
  PAY_NOTIFY_BASE_URL: urlOf('http:', 'https:')
    .optional()
    .meta(
      about(
        PAYMENT,
        'Where Alipay and WeChat Pay reach this server, if not under APP_URL: https, public.',
        { example: 'https://notes.example.com' },
      ),
    ),

  UPLOAD_DIR: text.optional().meta(
    about(
      FILES,
      'Folder of uploaded files, shared by all processes. DATA_DIR/uploads when empty.',
      {
        example: '/var/www/ainotebook/uploads',
      },
    ),
  ),
  MAX_FILE_SIZE: integer(1024, 1_073_741_824, 5_242_880).meta(
    about(FILES, 'Largest upload in bytes.'),
  ),
  MAX_IMPORT_SIZE: integer(1024, 17_179_869_184, 1_073_741_824).meta(
    about(FILES, 'Largest source of an import in bytes; 1 GiB.'),
  ),
  IMPORT_ALLOW_PRIVATE_HOSTS: text
    .optional()
    .meta(
      about(
        FILES,
        'Hosts of the own network whose pages may be imported, with commas; a port of its own as host:port.',
        { example: 'wiki.example.com,docs.example.com:8080' },
      ),
    ),
  FILE_QUOTA: integer(0, 1_099_511_627_776, 1_073_741_824).meta(
    about(FILES, 'Bytes that all files of one person may take; 1 GiB. 0 turns uploads off.'),
  ),
  S3_ENDPOINT: urlOf('http:', 'https:')
    .optional()
    .meta(
      about(
        FILES,
        'S3-compatible storage for uploaded files, instead of UPLOAD_DIR, where they are then only received. Needs all five: S3_ENDPOINT, S3_REGION, S3_BUCKET, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.',
        { example: 'https://s3.oss-cn-hangzhou.aliyuncs.com' },
      ),
    ),
  S3_REGION: text
    .optional()
    .meta(about(FILES, 'Region of the bucket.', { example: 'cn-hangzhou' })),
  S3_BUCKET: text
    .regex(BUCKET, 'must be the name of a bucket')
    .optional()
    .meta(
      about(FILES, 'A private bucket; readers get its files from this server only.', {
        example: '',
      }),
    ),
  AWS_ACCESS_KEY_ID: text
    .optional()
    .meta(
      about(FILES, 'Key that may read, write and remove objects of the bucket.', { example: '' }),
    ),
  AWS_SECRET_ACCESS_KEY: text
    .optional()
    .meta(about(FILES, 'Its secret.', { isSecret: true, example: '' })),
  S3_FORCE_PATH_STYLE: flag
    .default(false)
    .meta(
      about(FILES, 'endpoint/bucket instead of bucket.endpoint: true for MinIO, false for OSS.'),
    ),

  CDN_BUCKET: text
    .regex(BUCKET, 'must be the name of a bucket')
    .optional()
    .meta(
      about(
        CDN,
        'Bucket to which ainotebook cdn-upload sends the web app, by S3_ENDPOINT, S3_REGION and the AWS_ keys. Another than S3_BUCKET: everybody may read it.',
        { example: '' },
      ),
    ),
  CDN_BASE_URL: urlOf('http:', 'https:')
    .refine((value) => !/[?#"'\s;,]/.test(value), 'must be an address without ? and #')
    .transform((value) => value.replace(/\/+$/, ''))
    .optional()
    .meta(
      about(
        CDN,
        'Address under which a CDN serves the web app. Pages load it from there while it has this very build and allows this origin (CORS); else from here.',
        { example: 'https://cdn.example.com' },
      ),
    ),

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
});

export type Env = z.infer<typeof envSchema>;
export type EnvName = keyof typeof envSchema.shape;

/** Names in the order of `.env.example`. */
// Object.keys forgets the key type of an object literal.
export const envNames = Object.keys(envSchema.shape) as EnvName[];

/** What is said of a variable. */
export function variableMeta(name: EnvName): VariableMeta {
  // Every variable above is given this shape by `about`.
  return envSchema.shape[name].meta() as unknown as VariableMeta;
}
