import type { ReactNode } from 'react';
import { ErrorBlock, Loading } from './states.js';

/** What is asked of the server, as a query of TanStack has it. */
export interface Asked<Data> {
  data: Data | undefined;
  error: unknown;
  refetch: () => unknown;
}

interface LoadedProps<Data> {
  query: Asked<Data>;
  /** Grey bars in the shape of what will be there. */
  skeleton: ReactNode;
  children: (data: Data) => ReactNode;
}

/**
 * Shows what has come, as long as there is some: an answer that fails later must not take away what somebody is typing
 * below it. Until then it says that it loads, or what went wrong.
 */
export function Loaded<Data>({ query, skeleton, children }: LoadedProps<Data>) {
  const { data, error, refetch } = query;
  if (data !== undefined) return children(data);
  if (error) return <ErrorBlock error={error} onRetry={() => void refetch()} />;
  return <Loading>{skeleton}</Loading>;
}

/** Two that are shown together. */
export function both<A, B>(first: Asked<A>, second: Asked<B>): Asked<readonly [A, B]> {
  const isThere = first.data !== undefined && second.data !== undefined;
  return {
    data: isThere ? [first.data as A, second.data as B] : undefined,
    error: first.error ?? second.error,
    refetch: () => Promise.all([first.refetch(), second.refetch()]),
  };
}
