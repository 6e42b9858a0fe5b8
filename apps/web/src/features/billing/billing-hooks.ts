import type { Order } from '@ainotebook/contract';
import { useEffect } from 'react';
import { useMedia } from '../../lib/use-media.js';
import { trpc } from '../../trpc.js';
import { pollDelay } from './poll-delay.js';

/** An order, asked for while it is open and the page is in view: only the server knows what was paid. */
export function useOrder(id: string, first?: Order) {
  const utils = trpc.useUtils();
  const query = trpc.orders.get.useQuery(
    { id },
    {
      ...(first && { initialData: first, initialDataUpdatedAt: Date.now() }),
      staleTime: 0,
      retry: false,
      refetchInterval: ({ state }) =>
        pollDelay(state.data?.status, {
          asked: state.dataUpdateCount,
          hasFailed: state.status === 'error',
        }),
    },
  );
  const status = query.data?.status;
  useEffect(() => {
    if (status === undefined || status === 'pending') return;
    void utils.orders.list.invalidate();
    void utils.billing.myPlan.invalidate();
    void utils.files.usage.invalidate();
  }, [status, utils]);
  return query;
}

/** Whether this is the telephone that pays: it cannot scan a code on its own screen. */
export const usePaysHere = (): boolean => useMedia('(pointer: coarse) and (max-width: 48rem)');
