import { z } from 'zod';

/** What a procedure sends bit by bit. Checked as a whole only: each part is made by us. */
export const streamOf = <T>() =>
  z.custom<AsyncIterable<T, void, void>>(
    (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
  );
