import { existsSync, readFileSync } from 'node:fs';
import { parseEnv as parseEnvFile } from 'node:util';
import type { ServerVariable } from '@ainotebook/contract';
import type { S3Connection } from '@ainotebook/files';
import { type Env, type EnvName, envNames, envSchema, variableMeta } from './env-schema.js';
import { hideValues } from './redact.js';

/** The settings that must be repaired before the server starts: one line each. */
export class EnvError extends Error {
  override name = 'EnvError';
  constructor(readonly lines: string[]) {
    super(lines.join('\n'));
  }
}

/** The environment, checked. */
export interface Settings {
  env: Env;
  isProduction: boolean;
  /** True when PostgreSQL is run by ourselves. */
  isEmbedded: boolean;
  /** Null in embedded mode. */
  databaseUrl: string | null;
  /** Origin of every link. */
  appUrl: string;
  /** Null where the embedded default makes them (see `readSecrets`). */
  secrets: { access: string; refresh: string } | null;
  /** What the keys that administrators enter are sealed with; null where there is none or `readSecrets` makes it. */
  encryption: { current: string; former: string | null } | null;
  warnings: string[];
  /** Where each variable is set; no value. */
  variables: ServerVariable[];
}

const MIN_SECRET_LENGTH = 32;
const SECRETS = [
  'JWT_SECRET',
  'JWT_REFRESH_SECRET',
  'ENCRYPTION_KEY',
  'ENCRYPTION_KEY_FORMER',
  'SETUP_TOKEN',
  'METRICS_TOKEN',
] as const;
interface Feature {
  name: string;
  variables: EnvName[];
}
/** Each group is complete or absent. */
const FEATURES: Feature[] = [
  {
    name: 'Alipay',
    variables: ['ALIPAY_APP_ID', 'ALIPAY_PRIVATE_KEY', 'ALIPAY_PUBLIC_KEY'],
  },
  { name: 'Mail', variables: ['SMTP_URL', 'MAIL_FROM'] },
];

function isPlaceholder(value: string): boolean {
  return /^(your[-_ ]|<.*>$|change[-_ ]?me|replace[-_ ]?(me|this)|xxx+$)/i.test(value);
}

/** Placeholders, keyboard runs and the like: long enough, yet known or easily guessed. */
function isExampleSecret(value: string): boolean {
  return (
    isPlaceholder(value) ||
    /secret[-_ ]?key|example|password|12345678|abcdefgh/i.test(value) ||
    new Set(value).size < 8
  );
}

/**
 * Checks `raw` against the schema and the rules between variables.
 * @param file what `.env` gave to it
 * @throws EnvError with one line per variable that must be repaired
 */
export function parseEnv(
  raw: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, string | undefined>> = {},
): Settings {
  const errors: string[] = [];
  const warnings: string[] = [];
  const isProduction = raw.NODE_ENV?.trim() === 'production';
  const given: Partial<Record<EnvName, string>> = {};
  for (const name of envNames) {
    const value = raw[name]?.trim();
    if (!value) continue;
    if (isPlaceholder(value)) {
      // Secrets keep theirs in production, so that the check below can refuse them by name.
      const isRefused = isProduction && SECRETS.some((secret) => secret === name);
      if (!isRefused) {
        warnings.push(`${name} still has its placeholder and counts as not set.`);
        continue;
      }
    }
    given[name] = value;
  }

  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      // The schema is flat: a path is one variable.
      const name = issue.path[0] as EnvName;
      const value = given[name];
      const shown = mayBeShown(name, value) ? ` (it is "${value}")` : '';
      errors.push(`${name} ${issue.message.replace(/^Invalid option: /, '')}${shown}.`);
    }
    throw new EnvError(errors);
  }
  const env = parsed.data;

  const databaseUrl = env.DATABASE_URL ? withPassword(env.DATABASE_URL, env.DB_PASSWORD) : null;
  const isEmbedded = databaseUrl === null;
  if (databaseUrl !== null && env.EMBEDDED) {
    errors.push('EMBEDDED=true and DATABASE_URL contradict each other: remove one.');
  }
  if (isEmbedded && env.EMBEDDED === false) {
    errors.push('DATABASE_URL is missing (EMBEDDED=false forbids the embedded PostgreSQL).');
  } else if (isEmbedded && isProduction && !env.EMBEDDED) {
    errors.push(
      'DATABASE_URL is missing. To run production on the embedded PostgreSQL, set EMBEDDED=true.',
    );
  }
  // In production it is a choice, so that a forgotten DATABASE_URL hides no other line.
  const isOwnAllowed = isEmbedded && env.EMBEDDED === true;
  if (!env.APP_URL && isProduction && !isOwnAllowed) {
    errors.push('APP_URL is missing: links are built from it (https://notes.example.com).');
  }
  errors.push(...secretErrors(env, { isProduction, makesSecrets: isOwnAllowed || !isProduction }));
  if (!isProduction && (env.JWT_SECRET === undefined) !== (env.JWT_REFRESH_SECRET === undefined)) {
    warnings.push('Only one of JWT_SECRET and JWT_REFRESH_SECRET is set: made ones are used.');
  }
  for (const { name, variables } of [...FEATURES, wechatPay(env), s3Storage(env)]) {
    const missing = variables.filter((variable) => env[variable] === undefined);
    if (missing.length === 0 || missing.length === variables.length) continue;
    const line = `${name} is half configured: ${missing.join(', ')} ${missing.length > 1 ? 'are' : 'is'} missing.`;
    if (isProduction) errors.push(line);
    else warnings.push(`${line} It stays off.`);
  }
  if (env.CDN_BUCKET && env.CDN_BUCKET === env.S3_BUCKET) {
    errors.push('CDN_BUCKET equals S3_BUCKET: everybody may read the one, nobody the other.');
  }
  if (env.CDN_BUCKET && env.CDN_BUCKET === env.BACKUP_BUCKET) {
    errors.push('CDN_BUCKET equals BACKUP_BUCKET: everybody may read the one, nobody the other.');
  }
  if (env.APP_URL?.startsWith('https:') && env.CDN_BASE_URL?.startsWith('http:')) {
    errors.push('CDN_BASE_URL must begin with https://, as APP_URL does.');
  }
  if (errors.length > 0) throw new EnvError(errors);

  return {
    env,
    isProduction,
    isEmbedded,
    databaseUrl,
    appUrl: new URL(env.APP_URL ?? `http://localhost:${env.PORT}`).origin,
    secrets:
      env.JWT_SECRET && env.JWT_REFRESH_SECRET
        ? { access: env.JWT_SECRET, refresh: env.JWT_REFRESH_SECRET }
        : null,
    encryption: env.ENCRYPTION_KEY
      ? { current: env.ENCRYPTION_KEY, former: env.ENCRYPTION_KEY_FORMER ?? null }
      : null,
    warnings,
    variables: envNames.map((name) => describeVariable(name, raw[name]?.trim(), file[name])),
  };
}

/** An address, of whatever it is, may hold a name, a password or a key; a list of prices whatever was pasted. */
const mayBeShown = (name: EnvName, value: string | undefined): boolean =>
  value !== undefined && !variableMeta(name).isSecret && !/[@?#{]/.test(value);

function describeVariable(
  name: EnvName,
  value: string | undefined,
  inFile: string | undefined,
): ServerVariable {
  const { group, isSecret = false } = variableMeta(name);
  const hasDefault = envSchema.shape[name].safeParse(undefined).data !== undefined;
  const source = !value
    ? hasDefault
      ? 'default'
      : 'unset'
    : isPlaceholder(value)
      ? 'placeholder'
      : inFile?.trim() === value
        ? 'file'
        : 'environment';
  return { name, group, isSecret, source };
}

/** The web app, or backups, may lie in a bucket, and files on the disk. */
function s3Storage(env: Env): Feature {
  return {
    name: 'S3 storage',
    variables: [
      'S3_ENDPOINT',
      'S3_REGION',
      env.CDN_BUCKET ? 'CDN_BUCKET' : env.BACKUP_BUCKET ? 'BACKUP_BUCKET' : 'S3_BUCKET',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
    ],
  };
}

/** V3 where any part of it is set, with whichever proof of the other side the merchant has; else V2. */
function wechatPay(env: Env): Feature {
  const merchant: EnvName[] = ['WECHAT_APP_ID', 'WECHAT_MCH_ID'];
  const publicKey: EnvName[] = ['WECHAT_PAY_PUBLIC_KEY_ID', 'WECHAT_PAY_PUBLIC_KEY'];
  const v3: EnvName[] = ['WECHAT_API_V3_KEY', 'WECHAT_MCH_SERIAL_NO', 'WECHAT_MCH_PRIVATE_KEY'];
  const isSet = (name: EnvName) => env[name] !== undefined;
  const hasCertificate = isSet('WECHAT_PLATFORM_CERT') && !publicKey.some(isSet);
  const proof: EnvName[] = hasCertificate ? ['WECHAT_PLATFORM_CERT'] : publicKey;
  const isV3 = [...v3, ...proof].some(isSet);
  return {
    name: 'WeChat Pay',
    variables: isV3 ? [...merchant, ...v3, ...proof] : [...merchant, 'WECHAT_API_KEY'],
  };
}

function secretErrors(
  env: Env,
  { isProduction, makesSecrets }: { isProduction: boolean; makesSecrets: boolean },
): string[] {
  const errors: string[] = [];
  for (const name of SECRETS) {
    const value = env[name];
    if (value === undefined) {
      const isRequired = name === 'JWT_SECRET' || name === 'JWT_REFRESH_SECRET';
      // With only one of the two given, the other is not made up behind the operator's back.
      const isMade = makesSecrets && !env.JWT_SECRET && !env.JWT_REFRESH_SECRET;
      if (isProduction && isRequired && !isMade) {
        errors.push(`${name} is missing: set ${MIN_SECRET_LENGTH} or more random characters.`);
      }
    } else if (isProduction && isExampleSecret(value)) {
      errors.push(
        `${name} is an example or easily guessed: make one with openssl rand -base64 48.`,
      );
    } else if (value.length < MIN_SECRET_LENGTH) {
      errors.push(`${name} is too short: ${MIN_SECRET_LENGTH} or more random characters.`);
    }
  }
  if (env.JWT_SECRET && env.JWT_SECRET === env.JWT_REFRESH_SECRET) {
    errors.push('JWT_REFRESH_SECRET equals JWT_SECRET: they must differ.');
  }
  return errors;
}

/** The parts of a list with commas. */
export const listOf = (text = ''): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);

/** How buckets are reached; null where that is not configured. */
export function readS3(env: Env): S3Connection | null {
  const { S3_ENDPOINT, S3_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = env;
  if (!S3_ENDPOINT || !S3_REGION || !AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) return null;
  return {
    endpoint: S3_ENDPOINT,
    region: S3_REGION,
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
  };
}

function withPassword(address: string, password: string | undefined): string {
  const url = new URL(address);
  if (url.password === '' && password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}

/**
 * Reads `.env` in the working directory, if there is one, and checks the environment.
 * @throws EnvError
 */
export function loadSettings(): Settings {
  const file = existsSync('.env') ? parseEnvFile(readFileSync('.env', 'utf8')) : {};
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = parseEnv(process.env, file);
  hideValues(secretsIn(settings.env));
  return settings;
}

/** The secrets themselves; of an address its password, as it is written and as it is meant. */
function secretsIn(env: Env): string[] {
  return envNames.flatMap((name) => {
    const value = env[name];
    if (typeof value !== 'string' || !variableMeta(name).isSecret) return [];
    if (!/^[a-z]+:\/\//.test(value)) return [value];
    const { password } = new URL(value);
    return [password, decoded(password)];
  });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** True inside a container, where logs go to the console. */
export function isInContainer(): boolean {
  return (
    existsSync('/.dockerenv') ||
    existsSync('/run/.containerenv') ||
    process.env.KUBERNETES_SERVICE_HOST !== undefined
  );
}

/** For programs of PostgreSQL that we run: nothing of our environment but what they need, for it holds secrets. */
export function toolEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, LC_ALL: 'C', PGCONNECT_TIMEOUT: '10' };
}
