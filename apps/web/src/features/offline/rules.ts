import type { QueryKey } from '@tanstack/react-query';

export type Kind = 'note' | 'list';

/** Answers of the server that are kept for a time without it, by procedure and kind of query. */
const KEPT = new Map<string, Kind>([
  ['articles.get query', 'note'],
  ['articles.list infinite', 'list'],
  ['notebooks.list query', 'list'],
  ['tags.list query', 'list'],
]);

/** What a query of tRPC is kept as; null for all that is never kept. Its key: `[path, { type }]`. */
export function kindOf([path, options]: QueryKey): Kind | null {
  if (!Array.isArray(path)) return null;
  const type = typeof options === 'object' && options !== null && 'type' in options && options.type;
  return KEPT.get(`${path.join('.')} ${type}`) ?? null;
}

const MIB = 1024 * 1024;

/** The most that is kept of each kind. */
export const BOUNDS: Record<Kind, { count: number; bytes: number }> = {
  note: { count: 50, bytes: 4 * MIB },
  list: { count: 30, bytes: 2 * MIB },
};
export const MAX_AGE_MS = 30 * 24 * 3_600_000;

/** A long list is kept as far as its beginning. */
const MAX_PAGES = 3;

export interface Kept {
  hash: string;
  kind: Kind;
  /** When the server said so, milliseconds since 1970. */
  at: number;
  /** About what it takes on the device. */
  bytes: number;
}

/** What has to go: the oldest beyond the bounds, whatever is older than a month, and the huge. */
export function surplus(all: readonly Kept[], now: number): string[] {
  const used = { note: { count: 0, bytes: 0 }, list: { count: 0, bytes: 0 } };
  return [...all]
    .sort((a, b) => b.at - a.at)
    .filter(({ kind, at, bytes }) => {
      const sum = used[kind];
      const isKept =
        now - at <= MAX_AGE_MS &&
        sum.count < BOUNDS[kind].count &&
        sum.bytes + bytes <= BOUNDS[kind].bytes;
      if (isKept) {
        sum.count += 1;
        sum.bytes += bytes;
      }
      return !isKept;
    })
    .map(({ hash }) => hash);
}

interface Pages {
  pages: unknown[];
  pageParams: unknown[];
}
const isPaged = (data: unknown): data is Pages =>
  typeof data === 'object' && data !== null && 'pages' in data && 'pageParams' in data;

/** The data of a query as it is kept: of a paged list the first pages. */
export const shortened = (data: unknown): unknown =>
  isPaged(data)
    ? {
        ...data,
        pages: data.pages.slice(0, MAX_PAGES),
        pageParams: data.pageParams.slice(0, MAX_PAGES),
      }
    : data;
