import { AppError } from '@ainotebook/api';
import { z } from 'zod';
import { type Route, unwrap } from './routes.js';

/** What a request holds, as Express has read it. */
export interface Given {
  params: Readonly<Record<string, unknown>>;
  query: URLSearchParams;
  body: unknown;
}

/**
 * The input of a procedure, not yet checked by its schema: texts of an address become what the schema
 * asks for where they can, and stay texts, which it refuses, where they cannot.
 * @throws AppError bad_input (the body is no object)
 */
export function readInput(route: Route, { params, query, body }: Given): unknown {
  if (route.input === null) return undefined;
  const fields = route.fieldsIn === 'query' ? readQuery(route, query) : readBody(body);
  return { ...fields, ...params };
}

function readBody(body: unknown): object {
  // Nothing at all: all fields may have their defaults.
  if (body === undefined) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new AppError('bad_input', 'Send a JSON object');
}

function readQuery({ shape }: Route, query: URLSearchParams): object {
  const names = [...new Set(query.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const schema = shape && Object.hasOwn(shape, name) ? shape[name] : undefined;
      return [name, readTexts(query.getAll(name), schema)];
    }),
  );
}

/** A name that is given twice is a list, whether or not a list is asked for. */
function readTexts(texts: string[], schema: z.ZodType | undefined): unknown {
  const inner = schema && unwrap(schema);
  if (inner instanceof z.ZodArray) {
    return texts.map((text) => readText(text, inner.element as z.ZodType));
  }
  const values = texts.map((text) => readText(text, schema));
  return values.length === 1 ? values[0] : values;
}

function readText(text: string, schema: z.ZodType | undefined): unknown {
  if (text === 'null' && schema && takesNull(schema)) return null;
  const inner = schema && unwrap(schema);
  if (inner instanceof z.ZodNumber) {
    return /^-?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : text;
  }
  const isFlag = inner instanceof z.ZodBoolean || inner instanceof z.ZodLiteral;
  if (isFlag && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function takesNull(schema: z.ZodType): boolean {
  if (schema instanceof z.ZodNullable) return true;
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return isWrapped && takesNull(schema.unwrap() as z.ZodType);
}
