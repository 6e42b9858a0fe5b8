import type { MessageEvent } from '@ainotebook/contract';
import { z } from 'zod';

/** Checked as a whole only: each event is made by us. */
export const messageEvents = z.custom<AsyncIterable<MessageEvent, void, void>>(
  (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
);
