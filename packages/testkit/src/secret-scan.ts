import { randomBytes } from 'node:crypto';

/** Where a secret was found. */
export interface Leak {
  /** Of the secret. */
  name: string;
  /** How it was written: `plain`, `json`, `url`, `base64` and so on. */
  form: string;
  /** What stands before it. */
  after: string;
}

/** A shorter one would be found in what holds none. */
const MIN_LENGTH = 8;
const SHOWN_BEFORE = 80;

/** A secret that nothing else looks like. @param what a word that names it */
export const makeCanary = (what: string): string => `${what}-${randomBytes(15).toString('hex')}`;

/**
 * Finds secrets in a text as they are, inside JSON (of JSON too), in addresses, and as base64 and hexadecimal digits, also
 * where they begin in the middle of what is encoded. Of a key of several lines each line counts.
 * @param secrets their values by their names
 * @throws RangeError for one that is too short to be told from other words
 */
export function findSecrets(text: string, secrets: Readonly<Record<string, string>>): Leak[] {
  return Object.entries(secrets).flatMap(([name, value]) =>
    partsOf(name, value).flatMap((part) =>
      [...formsOf(part)].flatMap(([form, needle]) => {
        const at = text.indexOf(needle);
        return at < 0
          ? []
          : [{ name, form, after: text.slice(Math.max(0, at - SHOWN_BEFORE), at) }];
      }),
    ),
  );
}

/** Lines of a PEM that are not the same in every key. */
function partsOf(name: string, value: string): string[] {
  const parts = value.includes('-----BEGIN')
    ? value.split(/\r?\n|\\n/).filter((line) => line.length > 40 && !line.startsWith('-----'))
    : [value];
  if (parts.length === 0 || parts.some((part) => part.length < MIN_LENGTH)) {
    throw new RangeError(`${name} is too short to be looked for`);
  }
  return parts;
}

/** The ways to write a secret, each once. */
export function formsOf(secret: string): Map<string, string> {
  const json = inJson(secret);
  const forms: [string, string][] = [
    ['plain', secret],
    ['json', json],
    ['json in json', inJson(json)],
    ['url', encodeURIComponent(secret)],
    ['url, small digits', encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ['form', new URLSearchParams({ v: secret }).toString().slice(2)],
    ['hex', Buffer.from(secret).toString('hex')],
    ...[0, 1, 2].flatMap((offset): [string, string][] => [
      [`base64 after ${offset}`, inBase64(secret, offset)],
      [
        `base64url after ${offset}`,
        inBase64(secret, offset).replaceAll('+', '-').replaceAll('/', '_'),
      ],
    ]),
  ];
  const seen = new Set<string>();
  return new Map(forms.filter(([, needle]) => !seen.has(needle) && seen.add(needle)));
}

const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** The digits that hang on nothing but the secret, after some other bytes of a group of three. */
function inBase64(secret: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const digits = bytes.toString('base64').replace(/=+$/, '');
  const end = bytes.length % 3 === 0 ? digits.length : digits.length - 1;
  return digits.slice(Math.ceil((offset * 8) / 6), end);
}

/** What every test run makes, wherever it begins. */
const OF_TESTS: Record<string, RegExp> = {
  'a password': /correct horse battery|a long enough password/,
  'a secret of the tests': /-secret-of-the-tests-/,
  'an access token': /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/,
  'an API key': /\banb_[\w-]{20,}/,
  'the secret of a webhook': /\bwhsec_[\w+/=-]{20,}/,
};

/**
 * For whoever ends a server that a test has started: what it has said holds no secret that tests use, nor one of these.
 * @throws Error that names what and where
 */
export function refuseSecrets(
  said: string,
  secrets: Readonly<Record<string, string | undefined>> = {},
): void {
  const given = Object.entries(secrets).flatMap(([name, value]) =>
    value !== undefined && value.length >= MIN_LENGTH ? [[name, value] as const] : [],
  );
  const looks = Object.entries(OF_TESTS).flatMap(([name, look]) => {
    const found = look.exec(said);
    return found
      ? [{ name, after: said.slice(Math.max(0, found.index - SHOWN_BEFORE), found.index) }]
      : [];
  });
  const leaks = [...looks, ...findSecrets(said, Object.fromEntries(given))];
  if (leaks.length === 0) return;
  const lines = leaks.map(({ name, after }) => `${name} after: ${after}`);
  throw new Error(`The server has logged secrets:\n${lines.join('\n')}`);
}
