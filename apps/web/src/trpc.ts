import type { AppRouter } from '@ainotebook/api';
import { LIMITS } from '@ainotebook/contract/limits';
import { type Query, QueryCache, QueryClient } from '@tanstack/react-query';
import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  type Operation,
  retryLink,
  splitLink,
  type TRPCClient,
  type TRPCLink,
} from '@trpc/client';
import { createTRPCReact } from '@trpc/react-query';
import superjson from 'superjson';
import { connection } from './lib/connection.js';
import { type ErrorCode, errorInfo, isSignedOut, isTransient, ServerAway } from './lib/errors.js';
import { uuidv7 } from './lib/uuid.js';

/** Typed hooks for every procedure of the server. */
export const trpc = createTRPCReact<AppRouter>();
export type ApiClient = TRPCClient<AppRouter>;

const URL_OF_API = '/api/trpc';
const CLIENT_HEADER = { 'x-ainotebook-client': 'web' };

/** The savers of articles decide themselves when to try again. */
const OWN_CLOCK: ReadonlySet<string> = new Set(['articles.save', 'articles.create']);

/** What the links need to know of the session. */
export interface TokenSource {
  accessToken: () => Promise<string | null>;
  refuse: (token: string) => void;
  /** Somebody is signed in, with a token at hand or without. */
  isSignedIn: () => boolean;
}

const SECOND_MS = 1000;

/** `fetch` that tells apart a server that refuses and a proxy that has none to ask. */
const fetchFromServer: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  const isOurs = response.headers.get('content-type')?.includes('json') ?? false;
  if (response.status < 502 || isOurs) return response;
  const seconds = Number(response.headers.get('retry-after'));
  throw new ServerAway(seconds > 0 ? seconds * SECOND_MS : null);
};

/** What every link to the server has in common. */
const TO_SERVER = { url: URL_OF_API, transformer: superjson, fetch: fetchFromServer };

/** Calls that concern the session itself; they carry the cookie and no token. */
export function createAuthClient(): ApiClient {
  return createTRPCClient<AppRouter>({
    links: [httpLink({ ...TO_SERVER, headers: CLIENT_HEADER })],
  });
}

interface CallContext {
  idempotencyKey?: string;
  token?: string;
}

/** Shared by the retries of one call, because the retry link hands on the same operation. */
const callContext = (op: Operation): CallContext => op.context;

/** The hooks of infinite lists add a direction, which the server's strict inputs do not know. */
const withoutDirection: TRPCLink<AppRouter> =
  () =>
  ({ op, next }) => {
    const { input } = op;
    if (op.type !== 'query' || typeof input !== 'object' || input === null) return next(op);
    if (!('direction' in input)) return next(op);
    const { direction: _direction, ...rest } = input;
    return next({ ...op, input: rest });
  };

/** The way of a call: renew and repeat after a 401, repeat a mutation that may have been lost. */
export function createLinks(tokens: TokenSource): TRPCLink<AppRouter>[] {
  const authorization = async (ops: Operation[]) => {
    const token = await tokens.accessToken();
    // Asked without one the server would say that nobody is signed in.
    if (token === null && tokens.isSignedIn()) throw new Error('The session cannot be renewed now');
    if (token === null) return CLIENT_HEADER;
    for (const op of ops) callContext(op).token = token;
    return { ...CLIENT_HEADER, authorization: `Bearer ${token}` };
  };
  return [
    withoutDirection,
    retryLink({
      retry({ op, error, attempts }) {
        const { code } = errorInfo(error);
        if (isSignedOut(code)) {
          const { token } = callContext(op);
          if (attempts > 1 || token === undefined) return false;
          tokens.refuse(token);
          return true;
        }
        // Queries are repeated by their cache.
        const isPlain = op.type === 'mutation' && !OWN_CLOCK.has(op.path);
        return isPlain && attempts < 3 && isTransient(code) && code !== 'rate_limited';
      },
      retryDelayMs: (attempts) => (attempts === 1 ? 300 : 1200),
    }),
    splitLink({
      condition: (op) => op.type === 'query',
      true: httpBatchLink({
        ...TO_SERVER,
        maxItems: LIMITS.batchSize,
        maxURLLength: 6000,
        headers: ({ opList }) => authorization([...opList]),
      }),
      // One request each: the idempotency key belongs to one call.
      false: httpLink({
        ...TO_SERVER,
        async headers({ op }) {
          const context = callContext(op);
          context.idempotencyKey ??= uuidv7();
          return { ...(await authorization([op])), 'idempotency-key': context.idempotencyKey };
        },
      }),
    }),
  ];
}

export const createApiClient = (tokens: TokenSource): ApiClient =>
  createTRPCClient<AppRouter>({ links: createLinks(tokens) });

/** What a query of the server's ended with tells whether there is a server. */
const tellConnection = ({ queryKey }: Query<unknown, unknown>, code: ErrorCode | null): void => {
  if (!Array.isArray(queryKey[0])) return;
  if (code === null) connection.set(false);
  else if (code === 'network' || code === 'unavailable') connection.set(true);
};

export function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onSuccess: (_data, query) => tellConnection(query, null),
      onError: (error, query) => tellConnection(query, errorInfo(error).code),
    }),
    defaultOptions: {
      queries: {
        staleTime: 20_000,
        // Offline is said at once, in an error block, rather than waited for behind a skeleton.
        networkMode: 'always',
        refetchOnReconnect: true,
        gcTime: 10 * 60_000,
        retry: (failures, error) => failures < 2 && isTransient(errorInfo(error).code),
      },
      mutations: { networkMode: 'always' },
    },
  });
}
