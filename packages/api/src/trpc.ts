import type { ApiResource, AppErrorCode, FieldIssue } from '@ainotebook/contract';
import { initTRPC, type TRPCDefaultErrorShape } from '@trpc/server';
import superjson, { type SuperJSONResult } from 'superjson';
import type { Context } from './context.js';
import { toAppError } from './errors.js';

/** What a procedure says of itself. */
export interface Meta {
  /** Published in the SDK; everything else is for the web app only. */
  isPublic?: boolean;
  /**
   * How a repeated mutation is made harmless. `stored` (default): the reply is kept under the
   * client's key. `natural`: the input makes it so. `none`: its reply holds secrets, or
   * it changes nothing here and takes longer than a transaction may.
   */
  idempotency?: 'stored' | 'natural' | 'none';
  /** Which budget a call is counted against. */
  limit?: 'auth' | 'search' | 'webhook' | 'read' | 'write';
  /**
   * What an API key must be for: for reading where this is a query, for writing where it is a mutation.
   * `any`: every key opens it. Absent: no key does.
   */
  scope?: ApiResource | 'any';
  /** Where the REST API has it, below `/api/v1`; names in braces are fields of the input. */
  rest?: `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;
  /** The tool by which a model calls it; what the description says is for the model. */
  mcp?: { name: string; description: string };
  /** Changes what caches hold: sessions, accounts, public pages. */
  settles?: boolean;
}

/** The wire's error: `data.appCode` is what clients branch on. */
export interface OurErrorShape {
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

export const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    transformer: {
      serialize: (output: unknown) => superjson.serialize(output),
      // In place: nobody else has what was just parsed. A copy of a hostile megabyte costs a fifth of
      // a second, and turns an own key `__proto__` into a prototype that no schema sees.
      deserialize: (input: SuperJSONResult) => superjson.deserialize(input, { inPlace: true }),
    },
    isDev: false,
    errorFormatter({ shape, error, ctx, path }): OurErrorShape {
      const appError = toAppError(error);
      const { fields, retryAfterMs } = appError;
      return {
        // A 5xx says nothing of the inside.
        message:
          shape.data.httpStatus >= 500 && appError.code === 'internal'
            ? 'Internal error'
            : appError.message,
        code: shape.code,
        data: {
          code: shape.data.code,
          httpStatus: shape.data.httpStatus,
          ...(path ? { path } : {}),
          appCode: appError.code,
          ...(fields ? { fields } : {}),
          ...(retryAfterMs ? { retryAfterMs } : {}),
          ...(ctx ? { requestId: ctx.request.id } : {}),
        },
      };
    },
  });
