import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { S3Error } from './signature.js';

/** Enough for every test, and an end for a mistake. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The body of a request whose sender said `payload` of it, decoded. @throws S3Error */
export async function readBody(req: IncomingMessage, payload: string | null): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of req as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BYTES) throw new S3Error(400, 'EntityTooLarge');
    parts.push(part);
  }
  const raw = Buffer.concat(parts);
  if (req.method === 'PUT' && req.headers['content-length'] === undefined) {
    throw new S3Error(411, 'MissingContentLength');
  }
  const body = isChunked(req.headers) ? decodeChunks(raw, req.headers) : raw;
  if (payload === null || payload === 'UNSIGNED-PAYLOAD') return body;
  if (payload === 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' && isChunked(req.headers)) return body;
  if (payload.startsWith('STREAMING-')) throw new S3Error(501, 'NotImplemented', payload);
  if (createHash('sha256').update(body).digest('hex') !== payload) {
    throw new S3Error(400, 'XAmzContentSHA256Mismatch');
  }
  return body;
}

export function isChunked(headers: IncomingHttpHeaders): boolean {
  return (headers['content-encoding'] ?? '').split(/,\s*/).includes('aws-chunked');
}

/** `size CRLF bytes CRLF ... 0 CRLF trailers CRLF`. */
function decodeChunks(raw: Buffer, headers: IncomingHttpHeaders): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  const line = () => {
    const end = raw.indexOf('\r\n', at);
    if (end < 0) throw new S3Error(400, 'IncompleteBody');
    const text = raw.subarray(at, end).toString('latin1');
    at = end + 2;
    return text;
  };
  for (;;) {
    const size = Number.parseInt(line(), 16);
    if (!(size >= 0) || at + size > raw.length) throw new S3Error(400, 'IncompleteBody');
    if (size === 0) break;
    parts.push(raw.subarray(at, at + size));
    at += size + 2;
  }
  const body = Buffer.concat(parts);
  if (body.length !== Number(headers['x-amz-decoded-content-length'])) {
    throw new S3Error(400, 'IncompleteBody');
  }
  for (let trailer = line(); trailer !== ''; trailer = line()) {
    const [name, value] = trailer.split(/:\s*/);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(body));
    if (name === 'x-amz-checksum-crc32' && value !== sum.toString('base64')) {
      throw new S3Error(400, 'BadDigest');
    }
  }
  return body;
}
