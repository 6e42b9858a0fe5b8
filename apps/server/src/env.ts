import { existsSync, readFileSync } from 'node:fs';
import { parseEnv as parseEnvFile } from 'node:util';
import type { ServerVariable } from '@ainotebook/contract';
import type { S3Connection } from '@ainotebook/files';
import { brokenRules, isJudgedSecret, isPlaceholder } from './env/rules.js';
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

/**
 * Checks `raw` against the schema and the rules between variables.
 * @param file what `.env` gave to it
 * @throws EnvError with one line per variable that must be repaired
 */
export function parseEnv(
  raw: Readonly<Record<string, string | undefined>>,
  file: Readonly<Record<string, string | undefined>> = {},
): Settings {
  const warnings: string[] = [];
  const isProduction = raw.NODE_ENV?.trim() === 'production';
  const given: Partial<Record<EnvName, string>> = {};
  for (const name of envNames) {
    const value = raw[name]?.trim();
    if (!value) continue;
    if (isPlaceholder(value)) {
      // Secrets keep theirs in production, so that the check below can refuse them by name.
      const isRefused = isProduction && isJudgedSecret(name);
      if (!isRefused) {
        warnings.push(`${name} still has its placeholder and counts as not set.`);
        continue;
      }
    }
    given[name] = value;
  }

  const parsed = envSchema.safeParse(given);
  if (!parsed.success) {
    throw new EnvError(parsed.error.issues.map((issue) => lineOf(issue, given)));
  }
  const env = parsed.data;

  const broken = brokenRules(env, isProduction);
  if (broken.errors.length > 0) throw new EnvError(broken.errors);
  warnings.push(...broken.warnings);

  const databaseUrl = env.DATABASE_URL ? withPassword(env.DATABASE_URL, env.DB_PASSWORD) : null;
  return {
    env,
    isProduction,
    isEmbedded: databaseUrl === null,
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

function lineOf(
  issue: { path: PropertyKey[]; message: string },
  given: Partial<Record<EnvName, string>>,
): string {
  // The schema is flat: a path is one variable.
  const name = issue.path[0] as EnvName;
  const value = given[name];
  const shown = mayBeShown(name, value) ? ` (it is "${value}")` : '';
  return `${name} ${issue.message.replace(/^Invalid option: /, '')}${shown}.`;
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
