import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What the stand-in refuses, in the words of S3. */
export class S3Error extends Error {
  override name = 'S3Error';
  constructor(
    readonly status: number,
    readonly code: string,
    message: string = code,
  ) {
    super(message);
  }
}

export interface S3Keys {
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** A request as it came: `path` and `query` still encoded. */
export interface RawRequest {
  method: string;
  path: string;
  query: string;
  headers: IncomingHttpHeaders;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const MAX_SKEW_MS = 15 * 60_000;
const MAX_EXPIRES_S = 604_800;

const hex = (data: string) => createHash('sha256').update(data).digest('hex');
const hmac = (key: string | Buffer, data: string) =>
  createHmac('sha256', key).update(data).digest();

/** As RFC 3986 has it, which leaves fewer characters alone than encodeURIComponent. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Name and value of each parameter, decoded. */
export function parseQuery(query: string): [string, string][] {
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=');
      const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)];
      return [decodeURIComponent(name), decodeURIComponent(value)];
    });
}

interface Claim {
  credential: string;
  signedHeaders: string;
  signature: string;
  /** `20260101T000000Z`. */
  date: string;
  /** What the sender says of the body: its SHA-256, or why there is none. */
  payload: string;
}

function claimOfHeader({ headers }: RawRequest, now: number): Claim {
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([\da-f]{64})$/.exec(
      headers.authorization ?? '',
    );
  if (!match) throw new S3Error(403, 'AccessDenied', 'The request is not signed');
  const [, credential = '', signedHeaders = '', signature = ''] = match;
  const date = String(headers['x-amz-date'] ?? '');
  if (Math.abs(timeOf(date) - now) > MAX_SKEW_MS) throw new S3Error(403, 'RequestTimeTooSkewed');
  const payload = headers['x-amz-content-sha256'];
  if (typeof payload !== 'string') {
    throw new S3Error(400, 'InvalidRequest', 'x-amz-content-sha256 is missing');
  }
  return { credential, signedHeaders, signature, date, payload };
}

function claimOfQuery(parameters: Map<string, string>, now: number): Claim {
  const value = (name: string) => parameters.get(name) ?? '';
  const expires = Number(value('X-Amz-Expires'));
  const date = value('X-Amz-Date');
  if (value('X-Amz-Algorithm') !== ALGORITHM || !(expires >= 1 && expires <= MAX_EXPIRES_S)) {
    throw new S3Error(400, 'AuthorizationQueryParametersError');
  }
  if (!(now < timeOf(date) + expires * 1000)) {
    throw new S3Error(403, 'AccessDenied', 'Request has expired');
  }
  return {
    credential: value('X-Amz-Credential'),
    signedHeaders: value('X-Amz-SignedHeaders'),
    signature: value('X-Amz-Signature'),
    date,
    payload: value('X-Amz-Content-Sha256') || 'UNSIGNED-PAYLOAD',
  };
}

function timeOf(date: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (!match) throw new S3Error(403, 'AccessDenied', 'The date of the signature cannot be read');
  const [, year, month, day, hour, minute, second] = match.map(Number) as Required<number[]>;
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
}

/** The signature of a request, by the steps of the documentation of AWS; it shares no line with a client. */
function signatureOf(request: RawRequest, claim: Claim, keys: S3Keys): string {
  const names = claim.signedHeaders.split(';');
  const headers = names
    .map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}\n`,
    )
    .join('');
  const query = parseQuery(request.query)
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&');
  const path = request.path
    .split('/')
    .map((part) => encode(decodeURIComponent(part)))
    .join('/');
  const canonical = [request.method, path, query, headers, claim.signedHeaders, claim.payload];
  const scope = claim.credential.split('/').slice(1);
  const text = [ALGORITHM, claim.date, scope.join('/'), hex(canonical.join('\n'))].join('\n');
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${keys.secretAccessKey}`);
  return hmac(key, text).toString('hex');
}

/**
 * Checks who sent a request and that nothing signed was changed on the way, by its header or, for a
 * presigned address, by its query.
 * @returns what the sender says of the body
 * @throws S3Error
 */
export function checkSignature(request: RawRequest, keys: S3Keys, now = Date.now()): string {
  const parameters = new Map(parseQuery(request.query));
  const claim = parameters.has('X-Amz-Signature')
    ? claimOfQuery(parameters, now)
    : claimOfHeader(request, now);
  const [accessKeyId, day, region, service, end] = claim.credential.split('/');
  if (accessKeyId !== keys.accessKeyId) throw new S3Error(403, 'InvalidAccessKeyId');
  if (region !== keys.region || service !== 's3' || end !== 'aws4_request') {
    throw new S3Error(400, 'AuthorizationHeaderMalformed', `The region is not ${keys.region}`);
  }
  if (day !== claim.date.slice(0, 8)) throw new S3Error(403, 'SignatureDoesNotMatch');
  const signed = new Set(claim.signedHeaders.split(';'));
  for (const name of Object.keys(request.headers)) {
    if ((name === 'host' || name.startsWith('x-amz-')) && !signed.has(name)) {
      throw new S3Error(403, 'AccessDenied', `${name} is not signed`);
    }
  }
  const expected = Buffer.from(signatureOf(request, claim, keys), 'hex');
  const given = Buffer.from(claim.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw new S3Error(403, 'SignatureDoesNotMatch');
  }
  return claim.payload;
}
