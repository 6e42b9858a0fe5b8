import type { ByteRange } from '@ainotebook/files';
import type { Request } from 'express';

/**
 * The one range a request asks for; null when the whole is to be sent: without a range, with several,
 * with one that cannot be read, and when the reader holds another version.
 */
export function readRange(
  req: Pick<Request, 'headers'>,
  { size, etag }: { size: number; etag: string },
): ByteRange | 'unsatisfiable' | null {
  const condition = req.headers['if-range'];
  if (condition !== undefined && condition !== etag) return null;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(req.headers.range ?? '');
  if (!match) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1);
  if (start > end)
    return first !== '' && last !== '' && Number(first) > Number(last) ? null : 'unsatisfiable';
  return { start, end };
}
