import type { Env, EnvName } from '../env-schema.js';

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

/** What an example file has in a value's place. */
export function isPlaceholder(value: string): boolean {
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

/** True for the secrets whose strength is judged. */
export const isJudgedSecret = (name: EnvName): boolean => SECRETS.some((secret) => secret === name);

/** What the variables break together, though each is right by itself: one line each. */
export function brokenRules(
  env: Env,
  isProduction: boolean,
): { errors: string[]; warnings: string[] } {
  const warnings: string[] = [];
  // In production it is a choice, so that a forgotten DATABASE_URL hides no other line.
  const isOwnAllowed = env.DATABASE_URL === undefined && env.EMBEDDED === true;
  const errors = databaseErrors(env, isProduction);
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
  return { errors: [...errors, ...cdnErrors(env)], warnings };
}

function databaseErrors(env: Env, isProduction: boolean): string[] {
  if (env.DATABASE_URL !== undefined) {
    return env.EMBEDDED
      ? ['EMBEDDED=true and DATABASE_URL contradict each other: remove one.']
      : [];
  }
  if (env.EMBEDDED === false) {
    return ['DATABASE_URL is missing (EMBEDDED=false forbids the embedded PostgreSQL).'];
  }
  return isProduction && !env.EMBEDDED
    ? ['DATABASE_URL is missing. To run production on the embedded PostgreSQL, set EMBEDDED=true.']
    : [];
}

function cdnErrors({ CDN_BUCKET, S3_BUCKET, BACKUP_BUCKET, APP_URL, CDN_BASE_URL }: Env): string[] {
  const errors: string[] = [];
  if (CDN_BUCKET && CDN_BUCKET === S3_BUCKET) {
    errors.push('CDN_BUCKET equals S3_BUCKET: everybody may read the one, nobody the other.');
  }
  if (CDN_BUCKET && CDN_BUCKET === BACKUP_BUCKET) {
    errors.push('CDN_BUCKET equals BACKUP_BUCKET: everybody may read the one, nobody the other.');
  }
  if (APP_URL?.startsWith('https:') && CDN_BASE_URL?.startsWith('http:')) {
    errors.push('CDN_BASE_URL must begin with https://, as APP_URL does.');
  }
  return errors;
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

/**
 * V3 where any part of it is set, with whichever proof of the other side the merchant has; else V2. The key
 * of the merchant belongs to both.
 */
function wechatPay(env: Env): Feature {
  const name = 'WeChat Pay';
  const merchant: EnvName[] = ['WECHAT_APP_ID', 'WECHAT_MCH_ID'];
  const publicKey: EnvName[] = ['WECHAT_PAY_PUBLIC_KEY_ID', 'WECHAT_PAY_PUBLIC_KEY'];
  const own: EnvName[] = ['WECHAT_API_V3_KEY', 'WECHAT_MCH_SERIAL_NO'];
  const pair: EnvName[] = ['WECHAT_MCH_CERT', 'WECHAT_MCH_PRIVATE_KEY'];
  const isSet = (variable: EnvName) => env[variable] !== undefined;
  const hasCertificate = isSet('WECHAT_PLATFORM_CERT') && !publicKey.some(isSet);
  const proof: EnvName[] = hasCertificate ? ['WECHAT_PLATFORM_CERT'] : publicKey;
  const isKeyAlone = isSet('WECHAT_MCH_PRIVATE_KEY') && !isSet('WECHAT_MCH_CERT');
  if (isKeyAlone || [...own, ...proof].some(isSet)) {
    return { name, variables: [...merchant, ...own, 'WECHAT_MCH_PRIVATE_KEY', ...proof] };
  }
  return { name, variables: [...merchant, 'WECHAT_API_KEY', ...(pair.some(isSet) ? pair : [])] };
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
