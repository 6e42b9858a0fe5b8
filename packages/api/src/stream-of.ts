import { z } from 'zod';

const events = new WeakMap<z.ZodType, z.ZodType>();

/** What a procedure sends bit by bit. `event` describes each part, which is made by us and not checked again. */
export function streamOf<S extends z.ZodType>(event: S) {
  const stream = z.custom<AsyncIterable<z.output<S>, void, void>>(isStream);
  events.set(stream, event);
  return stream;
}

export const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

/** What each part is of an output that `streamOf` made; null for any other. */
export const eventOf = (output: z.ZodType): z.ZodType | null => events.get(output) ?? null;
