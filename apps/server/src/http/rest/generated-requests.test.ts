// Requests drawn from the document, right and wrong: whatever comes, the answer is one that is described, and no
// fault of ours. `REST_RUNS=200 npx vitest run ...` draws more.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useServer } from '../../test-support.js';
import type { Operation } from './document.js';
import { document, expectDocumented, keyOf } from './test-support.js';

const RUNS = Number(process.env.REST_RUNS ?? 12);
const server = useServer();
type Schema = Record<string, unknown>;

let key: string;
let ids: string[] = [];
beforeAll(async () => {
  const anna = await server.register();
  key = await keyOf(server, anna);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const make = async (address: string, body: object) => {
    const init = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${server.url()}/api/v1${address}`, init);
    return ((await answer.json()) as { id: string }).id;
  };
  ids = [await make('/notebooks', { name: 'n' })];
  for (const title of ['a', 'b', 'c']) ids.push(await make('/articles', { title, tags: ['t'] }));
});

const HOSTILE = [
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\u202e',
  "'; drop table users --",
  '../../etc/passwd',
  '%',
  '__proto__',
  '1e999',
  '9'.repeat(40),
  '💩'.repeat(50),
];
const hostile = fc.oneof(fc.constantFrom(...HOSTILE), fc.jsonValue({ maxDepth: 2 }));
const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

/** What fits a schema of the document, and now and then what does not. */
function drawnFor(schema: Schema): fc.Arbitrary<unknown> {
  return fc.oneof({ arbitrary: fitting(schema), weight: 9 }, { arbitrary: hostile, weight: 1 });
}

function fitting(schema: Schema): fc.Arbitrary<unknown> {
  const options = [schema.anyOf, schema.oneOf].flatMap((one) => (Array.isArray(one) ? one : []));
  if (options.length > 0) return fc.oneof(...options.map((option: Schema) => fitting(option)));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as unknown[]));
  if (schema.const !== undefined) return fc.constant(schema.const);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number };
  switch (type) {
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer({ min: minimum ?? -5, max: maximum ?? 2 ** 40 });
    case 'number':
      return fc.double({ min: minimum ?? -5, max: maximum ?? 1e9, noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(isSchema(schema.items) ? drawnFor(schema.items) : hostile, { maxLength: 3 });
    case 'object':
      return objectOf(schema);
    default:
      return hostile;
  }
}

function textOf({ format, maxLength = 40 }: { format?: unknown; maxLength?: number } & Schema) {
  if (format === 'uuid')
    return fc.oneof(
      fc.nat().map((n) => ids[n % ids.length] ?? ''),
      fc.uuid(),
    );
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  return fc.string({ unit: 'binary', maxLength: Math.min(maxLength, 40) });
}

function objectOf(schema: Schema): fc.Arbitrary<object> {
  const properties = Object.entries(isSchema(schema.properties) ? schema.properties : {});
  const model = Object.fromEntries(
    properties.map(([name, field]) => [name, drawnFor(field as Schema)]),
  );
  const requiredKeys = Array.isArray(schema.required) ? (schema.required as string[]) : [];
  return fc.record(model, { requiredKeys });
}

const asText = (value: unknown) =>
  (typeof value === 'string' ? value : JSON.stringify(value)) ?? '';
/** A lone surrogate has no percent-encoding. */
const encoded = (value: unknown) => encodeURIComponent(asText(value).toWellFormed());

function requestOf(address: string, { parameters = [], requestBody }: Operation) {
  const drawn = (where: 'path' | 'query') =>
    fc.record(
      Object.fromEntries(
        parameters.filter((one) => one.in === where).map((one) => [one.name, drawnFor(one.schema)]),
      ),
      where === 'query' ? { requiredKeys: [] } : {},
    );
  const body = requestBody?.content['application/json']?.schema;
  return fc.record({
    path: drawn('path').map((values: Record<string, unknown>) =>
      address.replace(/\{(\w+)\}/g, (_, name: string) => encoded(values[name]) || '-'),
    ),
    query: drawn('query').map((values: Record<string, unknown>) =>
      Object.entries(values)
        .flatMap(([name, value]) => [value].flat().map((one) => `${name}=${encoded(one)}`))
        .join('&'),
    ),
    body: body ? fc.option(drawnFor(body), { nil: undefined, freq: 12 }) : fc.constant(undefined),
  });
}

const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
  Object.entries(methods)
    .filter(([, { requestBody }]) => !requestBody?.content['multipart/form-data'])
    .map(([method, operation]) => ({ method, address, operation })),
);

describe.each(operations)('$method $address', ({ method, address, operation }) => {
  it('answers whatever it is sent', async () => {
    const property = fc.asyncProperty(
      requestOf(address, operation),
      async ({ path, query, body }) => {
        const answer = await server.send({
          method: method.toUpperCase(),
          path: `/api/v1${path}${query ? `?${query}` : ''}`,
          headers: {
            authorization: `Bearer ${key}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        expect(answer.status, answer.text).toBeLessThan(500);
        expectDocumented(answer, { method, address });
      },
    );
    await fc.assert(property, { numRuns: RUNS });
  });
});
