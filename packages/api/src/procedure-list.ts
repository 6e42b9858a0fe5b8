import { z } from 'zod';
import { appRouter } from './router.js';
import { eventOf } from './stream-of.js';
import type { Meta } from './trpc.js';

/** What a procedure is, for those who offer the same calls in another form. */
export interface ProcedureInfo {
  /** `articles.get`. */
  path: string;
  type: 'query' | 'mutation' | 'subscription';
  meta: Meta;
  /** Null where nothing is taken. */
  input: z.ZodType | null;
  /** Of a stream, what each part of it is. */
  output: z.ZodType;
  /** Answers bit by bit: over tRPC's HTTP alone, by a link that streams. */
  isStream: boolean;
}

/** Every procedure of the server. */
export function listProcedures(): ProcedureInfo[] {
  return Object.entries(appRouter._def.procedures).map(([path, procedure]) => {
    // Parsers are there at run time only. Each procedure has one output and at most one input.
    const { type, meta, inputs, output } = Reflect.get(Object(procedure), '_def') as {
      type: ProcedureInfo['type'];
      meta?: Meta;
      inputs: unknown[];
      output: unknown;
    };
    const [input, more] = inputs;
    if (more !== undefined) throw new Error(`${path} has several inputs`);
    if (!(output instanceof z.ZodType)) throw new Error(`${path} has no output schema`);
    return {
      path,
      type,
      meta: meta ?? {},
      input: input instanceof z.ZodType ? input : null,
      output: eventOf(output) ?? output,
      isStream: eventOf(output) !== null,
    };
  });
}
