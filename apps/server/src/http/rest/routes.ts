import { listProcedures, type ProcedureInfo, type RequiredScope, scopeOf } from '@ainotebook/api';
import { z } from 'zod';

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

/** A procedure as the REST API has it. */
export interface Route extends ProcedureInfo {
  method: Method;
  /** Below `/api/v1`: `/articles/{id}`. */
  address: string;
  /** Fields of the input that stand in the address. */
  parameters: string[];
  /** Where the others stand. */
  fieldsIn: 'query' | 'body';
  /** What the input is made of; null for one that is no plain object (a union) or that is not there. */
  shape: Readonly<Record<string, z.ZodType>> | null;
  scope: RequiredScope;
}

/** Every procedure with an address, those with a fixed one before those that would catch it too. */
export function listRoutes(): Route[] {
  return listProcedures()
    .flatMap((procedure) => (procedure.meta.rest ? [routeOf(procedure, procedure.meta.rest)] : []))
    .sort((a, b) => a.parameters.length - b.parameters.length);
}

function routeOf(procedure: ProcedureInfo, rest: string): Route {
  const [verb = '', address = ''] = rest.split(' ');
  const method = METHODS.find((known) => known === verb.toLowerCase());
  if (!method) throw new Error(`${procedure.path}: ${verb} is no method`);
  return {
    ...procedure,
    method,
    address,
    parameters: [...address.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
    fieldsIn: method === 'get' || method === 'delete' ? 'query' : 'body',
    shape: shapeOf(procedure.input),
    scope: scopeOf(procedure.meta.scope, procedure.type),
  };
}

/** What is inside of `.default()`, `.optional()` and `.transform()`. */
export function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable
  ) {
    return unwrap(schema.unwrap() as z.ZodType);
  }
  return schema instanceof z.ZodPipe ? unwrap(schema.in as z.ZodType) : schema;
}

function shapeOf(input: z.ZodType | null): Route['shape'] {
  const inner = input && unwrap(input);
  return inner instanceof z.ZodObject ? (inner.shape as Record<string, z.ZodType>) : null;
}
