import { appRouter } from '@ainotebook/api';
import { listRoutes } from './rest/routes.js';

const PROCEDURES: ReadonlySet<string> = new Set(Object.keys(appRouter._def.procedures));
const RESOURCES: ReadonlySet<string> = new Set(
  listRoutes().map(({ address }) => address.split('/', 2)[1] ?? ''),
);
const EXACT = new Set(['/', '/health', '/ready', '/metrics']);
const PAGES = ['/p/', '/u/', '/s/', '/tag/', '/assets/'];

/** The procedures a tRPC address names, or null when it cannot be read. */
export function procedurePaths(path: string): string[] | null {
  const rest = path.slice('/api/trpc/'.length);
  try {
    return decodeURIComponent(rest).split(',');
  } catch {
    return null;
  }
}

/** A route's name for metrics; there are only as many as there are routes and procedures. */
export function routeLabel(path: string): string {
  if (EXACT.has(path)) return path;
  if (path.startsWith('/api/trpc/')) {
    const paths = procedurePaths(path);
    if (!paths?.every((name) => PROCEDURES.has(name))) return '/api/trpc/unknown';
    return new Set(paths).size === 1 ? `/api/trpc/${paths[0]}` : '/api/trpc/batch';
  }
  if (path === '/api/mcp') return path;
  if (path.startsWith('/api/v1/')) {
    const resource = path.split('/', 4)[3] ?? '';
    return RESOURCES.has(resource) ? `/api/v1/${resource}` : '/api/v1/unknown';
  }
  if (path === '/api/files' || path.startsWith('/api/files/')) return '/api/files';
  if (path.startsWith('/api/payments/')) return '/api/payments';
  if (path.startsWith('/api/')) return '/api/unknown';
  const page = PAGES.find((prefix) => path.startsWith(prefix));
  return page ? `${page}*` : 'other';
}
