import { isIP } from 'node:net';
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

export const duration = (fallback: string) =>
  z
    .string()
    .refine(
      (value) => (parseDurationMs(value) ?? Number.POSITIVE_INFINITY) <= LONGEST_MS,
      'must be a time like 15m, 12h or 7d, at most 3650d',
    )
    .default(fallback);

export const number = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

export const integer = (min: number, max: number, fallback: number) =>
  number(min, max).default(fallback);

export const flag = z
  .enum(['true', 'false', '1', '0'], 'must be true or false')
  .transform((value) => value === 'true' || value === '1');

export const urlOf = (...protocols: string[]) =>
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
export const proxies = z
  .string()
  .transform((value) => value.split(',').map((part) => part.trim()))
  .refine(
    (parts) => parts.every(isProxy),
    'must name the proxies: loopback, uniquelocal, or addresses and CIDR ranges, separated by commas',
  );

const isOrigin = (part: string) => URL.canParse(part) && new URL(part).origin === part;

/** `*`, `none`, or origins with commas. */
export const origins = z
  .string()
  .refine(
    (value) =>
      /^(?:\*|none)$/.test(value) || value.split(',').every((part) => isOrigin(part.trim())),
    'must be * or none, or name origins like https://app.example.com, separated by commas',
  )
  .transform((value) => {
    if (value === '*') return value;
    return value === 'none' ? [] : value.split(',').map((part) => part.trim());
  });

export const text = z.string();
export const about = (
  group: string,
  words: string,
  more: Omit<VariableMeta, 'group' | 'about'> = {},
) => ({
  group,
  about: words,
  ...more,
});
