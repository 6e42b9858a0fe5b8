// Contracts of one procedure, for tests of how two compare.
import { expect } from 'vitest';
import { compareContracts } from './compare.mjs';

export const text = { type: 'string' };
export const number = { type: 'number' };
export const object = (properties, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
});
export const strict = (...schema) => ({ ...object(...schema), additionalProperties: false });
export const oneOf = (...words) => ({ type: 'string', enum: words });
export const orNull = (schema) => ({ anyOf: [schema, { type: 'null' }] });
export const arm = (kind, more = {}) => object({ kind: { type: 'string', const: kind }, ...more });

export const procedure = {
  kind: 'query',
  scope: 'articles:read',
  rest: 'GET /articles/{id}',
  tool: 'read_note',
  errors: ['not_found'],
  input: strict({ id: text }),
  isInputOptional: false,
  output: object({ title: text }),
};
export const contractOf = (change = {}, parts = {}) => ({
  errors: ['not_found', 'forbidden'],
  parts,
  procedures: { 'articles.get': { ...procedure, ...change } },
});

/** Both ways: what one change breaks or adds, and what taking it back does. */
export const expectChanges = (before, now, { there, back }) => {
  expect(compareContracts(before, now)).toEqual({ breaks: [], additions: [], ...there });
  expect(compareContracts(now, before)).toEqual({ breaks: [], additions: [], ...back });
  expect(compareContracts(now, now)).toEqual({ breaks: [], additions: [] });
};
export const silent = { additions: ['something has changed that breaks nothing'] };
