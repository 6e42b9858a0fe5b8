import type { TRPCBuiltRouter, TRPCDefaultErrorShape } from '@trpc/server';
import type { Procedures } from './generated/trpc-router.js';
import type { AppErrorCode, FieldIssue } from './generated/types.js';

/** What a refused call says: `data.appCode` is what programs branch on. */
export interface ErrorShape {
  message: string;
  code: TRPCDefaultErrorShape['code'];
  data: {
    code: TRPCDefaultErrorShape['data']['code'];
    httpStatus: number;
    path?: string;
    appCode: AppErrorCode;
    fields?: FieldIssue[];
    retryAfterMs?: number;
    requestId?: string;
  };
}

/**
 * The public procedures, for a tRPC client of your own: `@trpc/client`, or `@trpc/tanstack-react-query` for
 * React Query. Its transformer is `superjson`.
 * @example
 * const client = createTRPCClient<AppRouter>({
 *   links: [httpLink({ url: `${server}/api/trpc`, transformer: superjson, headers })],
 * });
 */
export type AppRouter = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: ErrorShape; transformer: true },
  Procedures
>;
