import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseDurationMs } from './env/kinds.js';
import { EnvError, parseEnv } from './env.js';
import { envExample, envReference } from './env-example.js';

const SECRET = 'Zk4s0qvXb1nT7yRmW2uPfE9hJcL6dAgV';
const OTHER = 'h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o';

/** The `.env` of the deployment guide, word for word. */
const GUIDE = `
NODE_ENV=production
PORT=3000
APP_NAME=AI-NoteBook
APP_URL=https://app.ainotebook.com
DATABASE_URL=postgresql://user:password@localhost:5432/ainotebook
REDIS_URL=redis://localhost:6379
JWT_SECRET=your-secret-key
JWT_REFRESH_SECRET=your-refresh-secret
JWT_EXPIRES_IN=15m
JWT_REFRESH_EXPIRES_IN=7d
VOLCENGINE_API_KEY=your-volcengine-key
OPENAI_API_KEY=your-openai-key
OPENAI_BASE_URL=https://api.openai.com/v1
SEARCH_ENGINE_API_KEY=your-search-api-key
ALIPAY_APP_ID=your-alipay-app-id
ALIPAY_PRIVATE_KEY=your-alipay-private-key
ALIPAY_PUBLIC_KEY=your-alipay-public-key
WECHAT_APP_ID=your-wechat-app-id
WECHAT_MCH_ID=your-wechat-mch-id
WECHAT_API_KEY=your-wechat-api-key
UPLOAD_DIR=/var/www/ainotebook/uploads
MAX_FILE_SIZE=5242880
`;

function variables(text: string): Record<string, string> {
  return Object.fromEntries(
    text
      .split('\n')
      .filter((line) => /^[A-Z]/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

const guide = variables(GUIDE);
const production: Record<string, string> = {
  ...guide,
  JWT_SECRET: SECRET,
  JWT_REFRESH_SECRET: OTHER,
};

/** The lines a refused environment is answered with. */
function refusal(raw: Record<string, string | undefined>): string[] {
  try {
    parseEnv(raw);
  } catch (error) {
    if (error instanceof EnvError) return error.lines;
    throw error;
  }
  return [];
}

describe('the environment', () => {
  it('boots on the .env of the guide with real secrets, its placeholders being unset features', () => {
    const { env, warnings, databaseUrl, appUrl, isProduction } = parseEnv(production);
    expect(isProduction).toBe(true);
    expect(env.PORT).toBe(3000);
    expect(env.MAX_FILE_SIZE).toBe(5_242_880);
    expect(databaseUrl).toBe('postgresql://user:password@localhost:5432/ainotebook');
    expect(appUrl).toBe('https://app.ainotebook.com');
    expect(env.VOLCENGINE_API_KEY).toBeUndefined();
    expect(env.ALIPAY_APP_ID).toBeUndefined();
    expect(warnings.filter((line) => line.includes('placeholder'))).toHaveLength(9);
  });

  it('boots on the guide with everything real', () => {
    const real = Object.fromEntries(
      Object.entries(production).map(([name, value]) => [name, value.replace(/^your-/, 'live-')]),
    );
    expect(parseEnv(real).warnings).toEqual([]);
  });

  it('refuses the example secrets of the guide in production, one line each', () => {
    const lines = refusal(guide);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^JWT_SECRET is an example/);
    expect(lines[1]).toMatch(/^JWT_REFRESH_SECRET is an example/);
  });

  it.each([
    ['missing', { JWT_SECRET: undefined }, /^JWT_SECRET is missing/],
    ['empty', { JWT_SECRET: '  ' }, /^JWT_SECRET is missing/],
    ['short', { JWT_SECRET: SECRET.slice(0, 31) }, /^JWT_SECRET is too short/],
    ['equal', { JWT_REFRESH_SECRET: SECRET }, /^JWT_REFRESH_SECRET equals JWT_SECRET/],
    ['repeated', { JWT_SECRET: 'a'.repeat(64) }, /^JWT_SECRET is an example/],
    ['well known', { JWT_SECRET: 'my-super-secret-key-for-jwt-signing-0001' }, /an example/],
    ['short set-up token', { SETUP_TOKEN: 'Zk4s0qvXb1' }, /^SETUP_TOKEN is too short/],
    ['short metrics token', { METRICS_TOKEN: 'Zk4s0qvXb1' }, /^METRICS_TOKEN is too short/],
  ])('refuses a %s secret in production', (_, change, line) => {
    const lines = refusal({ ...production, ...change });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(line);
  });

  it('never prints a secret', () => {
    const lines = refusal({ ...production, JWT_SECRET: 'canary-short', DATABASE_URL: 'canary' });
    expect(lines.join()).not.toContain('canary');
  });

  it.each([
    ['OPENAI_BASE_URL', 'https://canary@models.example.org/v1?x'],
    ['OPENAI_BASE_URL', 'https://models.example.org/v1?key=canary'],
    ['AI_PRICES_JSON', '{"canary": 1}'],
  ])('shows nothing of a wrong value that may hold a key: %s', (name, value) => {
    const lines = refusal({ ...production, [name]: value });
    expect(lines.join()).toContain(name);
    expect(lines.join()).not.toContain('canary');
  });

  it('says all that must be repaired at once', () => {
    const lines = refusal({
      ...production,
      PORT: '70000',
      MAX_FILE_SIZE: 'big',
      LOG_LEVEL: 'loud',
    });
    expect(lines.map((line) => line.split(' ')[0])).toEqual(['PORT', 'MAX_FILE_SIZE', 'LOG_LEVEL']);
    expect(lines[0]).toContain('(it is "70000")');
  });

  it('takes an empty variable for an absent one', () => {
    expect(parseEnv({ PORT: '', DATABASE_URL: '' })).toMatchObject({
      isEmbedded: true,
      env: { PORT: 3000 },
    });
  });

  it('needs DATABASE_URL in production, or EMBEDDED=true', () => {
    const without = { ...production, DATABASE_URL: '' };
    expect(refusal(without)[0]).toMatch(/^DATABASE_URL is missing/);
    expect(parseEnv({ ...without, EMBEDDED: 'true' }).isEmbedded).toBe(true);
    expect(refusal({ EMBEDDED: 'false' })[0]).toMatch(/^DATABASE_URL is missing/);
    expect(refusal({ ...production, EMBEDDED: 'true' })[0]).toMatch(/contradict/);
  });

  it('lets the embedded default make its secrets, but not one beside a given one', () => {
    expect(parseEnv({ NODE_ENV: 'production', EMBEDDED: 'true' }).secrets).toBeNull();
    expect(refusal({ NODE_ENV: 'production', EMBEDDED: 'true', JWT_SECRET: SECRET })[0]).toMatch(
      /^JWT_REFRESH_SECRET is missing/,
    );
  });

  it('wants secrets of full length everywhere, and says when one alone is ignored', () => {
    expect(refusal({ JWT_SECRET: 'short', JWT_REFRESH_SECRET: OTHER })[0]).toMatch(/too short/);
    const { secrets, warnings } = parseEnv({ JWT_SECRET: SECRET });
    expect(secrets).toBeNull();
    expect(warnings[0]).toMatch(/^Only one of JWT_SECRET/);
  });

  it('needs APP_URL in production, since links are built from it', () => {
    expect(refusal({ ...production, APP_URL: '' })[0]).toMatch(/^APP_URL is missing/);
    expect(parseEnv({ PORT: '4000' }).appUrl).toBe('http://localhost:4000');
    expect(parseEnv({ APP_URL: 'https://a.example/x/' }).appUrl).toBe('https://a.example');
  });

  it('refuses half a feature in production, naming what is missing, and warns elsewhere', () => {
    const half = { ALIPAY_APP_ID: '2021000000000000', AWS_ACCESS_KEY_ID: 'AK' };
    expect(refusal({ ...production, ...half })).toEqual([
      'Alipay is half configured: ALIPAY_PRIVATE_KEY, ALIPAY_PUBLIC_KEY are missing.',
      'S3 storage is half configured: S3_ENDPOINT, S3_REGION, S3_BUCKET, AWS_SECRET_ACCESS_KEY are missing.',
    ]);
    expect(parseEnv(half).warnings).toHaveLength(2);
  });

  it('takes WeChat Pay by V2 with the three of the guide, and by V3 whole or not at all', () => {
    const merchant = { WECHAT_APP_ID: 'wx0123456789abcdef', WECHAT_MCH_ID: '1900000001' };
    const v3 = {
      WECHAT_API_V3_KEY: 'k',
      WECHAT_MCH_SERIAL_NO: '51',
      WECHAT_MCH_PRIVATE_KEY: 'p',
    };
    const of = (more: Record<string, string>) => refusal({ ...production, ...merchant, ...more });
    expect(of({ WECHAT_API_KEY: 'k' })).toEqual([]);
    expect(of({})).toEqual(['WeChat Pay is half configured: WECHAT_API_KEY is missing.']);
    // A complete V2 is no excuse for half a V3.
    expect(of({ WECHAT_API_KEY: 'k', ...v3 })).toEqual([
      'WeChat Pay is half configured: WECHAT_PAY_PUBLIC_KEY_ID, WECHAT_PAY_PUBLIC_KEY are missing.',
    ]);
    const publicKey = { WECHAT_PAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_1', WECHAT_PAY_PUBLIC_KEY: 'k' };
    expect(of({ ...v3, ...publicKey })).toEqual([]);
    expect(of({ ...v3, WECHAT_PLATFORM_CERT: 'c' })).toEqual([]);
    expect(of({ WECHAT_PLATFORM_CERT: 'c' })).toEqual([
      'WeChat Pay is half configured: WECHAT_API_V3_KEY, WECHAT_MCH_SERIAL_NO, WECHAT_MCH_PRIVATE_KEY are missing.',
    ]);
  });

  it('takes a bucket for the web app beside files on the disk, never one for both', () => {
    const s3 = {
      S3_ENDPOINT: 'https://s3.example.org',
      S3_REGION: 'r',
      AWS_ACCESS_KEY_ID: 'AK',
      AWS_SECRET_ACCESS_KEY: 'SK',
    };
    expect(refusal({ ...production, ...s3 })[0]).toMatch(/: S3_BUCKET is missing/);
    expect(refusal({ ...production, ...s3, CDN_BUCKET: 'web' })).toEqual([]);
    expect(refusal({ ...production, CDN_BUCKET: 'web' })[0]).toMatch(
      /half configured: S3_ENDPOINT/,
    );
    expect(refusal({ ...s3, CDN_BUCKET: 'one', S3_BUCKET: 'one' })[0]).toMatch(
      /^CDN_BUCKET equals/,
    );
    expect(refusal({ ...production, CDN_BASE_URL: 'http://cdn.example.org' })[0]).toMatch(
      /^CDN_BASE_URL must begin with https/,
    );
    expect(refusal({ CDN_BASE_URL: "https://cdn.example.org/;script-src'" })).toHaveLength(1);
    expect(parseEnv({ CDN_BASE_URL: 'https://cdn.example.org/web/' }).env.CDN_BASE_URL).toBe(
      'https://cdn.example.org/web',
    );
  });

  it('takes mail with both of its variables only, and never prints the sign-in', () => {
    const mail = {
      SMTP_URL: 'smtps://notes@example.org:canary@smtp.example.org',
      MAIL_FROM: '笔记 <notes@example.org>',
    };
    expect(refusal({ ...production, ...mail })).toEqual([]);
    expect(refusal({ ...production, SMTP_URL: mail.SMTP_URL })).toEqual([
      'Mail is half configured: MAIL_FROM is missing.',
    ]);
    expect(refusal({ ...production, MAIL_FROM: mail.MAIL_FROM })).toEqual([
      'Mail is half configured: SMTP_URL is missing.',
    ]);
    const lines = refusal({ SMTP_URL: `${mail.SMTP_URL}?logger=true`, MAIL_FROM: 'nobody' });
    expect(lines[0]).toMatch(/^SMTP_URL must be like smtps:/);
    expect(lines[1]).toMatch(/^MAIL_FROM must be an address/);
    expect(lines.join()).not.toContain('canary');
  });

  it.each([
    ['OPENAI_BASE_URL', 'https://canary@models.example.org/v1?x'],
    ['OPENAI_BASE_URL', 'https://models.example.org/v1?key=canary'],
    ['AI_PRICES_JSON', '{"canary": 1}'],
  ])('shows nothing of a wrong value that may hold a key: %s', (name, value) => {
    const lines = refusal({ ...production, [name]: value });
    expect(lines.join()).toContain(name);
    expect(lines.join()).not.toContain('canary');
  });

  it('finds VOLCENGINE_API_KEY and SEARCH_ENGINE_API_KEY complete by themselves', () => {
    const lines = refusal({ ...production, VOLCENGINE_API_KEY: 'k', SEARCH_ENGINE_API_KEY: 'k' });
    expect(lines).toEqual([]);
  });

  it.each(['true', '1', '0.0.0.0/0', 'nginx', '10.0.0.1/33'])(
    'does not trust the proxies %s',
    (value) => {
      expect(refusal({ TRUST_PROXY: value })[0]).toMatch(/^TRUST_PROXY must name the proxies/);
    },
  );

  it('tells where each variable is set, and no value', () => {
    const { variables } = parseEnv(
      {
        PORT: '3999',
        JWT_SECRET: 'k7Fp3mW9xC2sL5nTZk4s0qvXb1nT7yRm',
        JWT_REFRESH_SECRET: 'h8GdKq3ZtY5xNwB1rMvC7jSfP0aLuE2o',
        OPENAI_API_KEY: 'your-openai-api-key',
      },
      { PORT: '3999', JWT_SECRET: 'another one in the file' },
    );
    const of = (name: string) => variables.find((one) => one.name === name);
    expect(of('PORT')).toMatchObject({ source: 'file', isSecret: false });
    expect(of('JWT_SECRET')).toMatchObject({ source: 'environment', isSecret: true });
    expect(of('OPENAI_API_KEY')).toMatchObject({ source: 'placeholder', isSecret: true });
    expect(of('LOG_LEVEL')).toMatchObject({ source: 'default' });
    expect(of('SMTP_URL')).toMatchObject({ source: 'unset', group: 'Mail' });
    expect(JSON.stringify(variables)).not.toMatch(/3999|Zk4s|h8Gd|your-/);
  });

  it('trusts named proxies', () => {
    const { env } = parseEnv({ TRUST_PROXY: 'loopback, 10.0.0.0/8, ::1' });
    expect(env.TRUST_PROXY).toEqual(['loopback', '10.0.0.0/8', '::1']);
  });

  it('puts any password into a DATABASE_URL that has none', () => {
    const { databaseUrl } = parseEnv({
      DATABASE_URL: 'postgresql://postgres@postgres:5432/ainotebook',
      DB_PASSWORD: 'p@ss:w/rd#1',
    });
    expect(decodeURIComponent(new URL(databaseUrl ?? '').password)).toBe('p@ss:w/rd#1');
    expect(new URL(databaseUrl ?? '').hostname).toBe('postgres');
  });

  it('leaves pool size and wait to the address when no variable sets them', () => {
    expect(parseEnv({}).env.PG_POOL_MAX).toBeUndefined();
    expect(parseEnv({}).env.PG_CONNECT_TIMEOUT_MS).toBeUndefined();
    expect(parseEnv({ PG_POOL_MAX: '12' }).env.PG_POOL_MAX).toBe(12);
  });

  it('reads times like 15m and 7d', () => {
    expect(parseDurationMs('15m')).toBe(900_000);
    expect(parseDurationMs('7d')).toBe(604_800_000);
    expect(parseDurationMs('90')).toBe(90_000);
    expect(parseDurationMs('0m')).toBeUndefined();
    expect(parseDurationMs('soon')).toBeUndefined();
    for (const value of ['soon', '99999999d']) {
      expect(refusal({ JWT_EXPIRES_IN: value })[0]).toMatch(/^JWT_EXPIRES_IN must be a time/);
    }
  });

  it('is what .env.example says', () => {
    const file = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
    expect(file).toBe(envExample());
    expect(parseEnv(variables(file)).warnings).toEqual([]);
    for (const name of Object.keys(guide)) expect(file).toContain(`${name}=`);
  });

  it('is what docs/configuration.md says', () => {
    const file = new URL('../../../docs/configuration.md', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(envReference());
  });

  it('takes a bucket and a key for backups, and no bucket that everybody may read', () => {
    const s3 = {
      S3_ENDPOINT: 'https://s3.example.org',
      S3_REGION: 'r',
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
    };
    const whole = { ...production, ...s3, BACKUP_BUCKET: 'backups' };
    expect(parseEnv(whole).env.BACKUP_BUCKET).toBe('backups');
    expect(refusal({ ...whole, CDN_BUCKET: 'backups' })[0]).toContain('CDN_BUCKET equals BACKUP');
    expect(refusal({ ...production, BACKUP_BUCKET: 'backups' })[0]).toContain('S3_ENDPOINT');
    const [line] = refusal({ BACKUP_KEY: 'a password of ours' });
    expect(line).toBe('BACKUP_KEY must be a key of age: age1... or AGE-SECRET-KEY-1....');
  });
});
