// Calls of the REST API in tests: every answer is compared with the document that describes it.
import { API_SCOPES, type ApiScope } from '@ainotebook/contract';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import { type Answer, bearer, dataOf, type Person, type useServer } from '../../test-support.js';
import { openApiDocument } from './document.js';
import { listRoutes } from './routes.js';

type Server = ReturnType<typeof useServer>;

export const document = openApiDocument(listRoutes(), {
  appName: 'AI-NoteBook',
  appUrl: 'https://notes.test',
  version: '0.0.0-test',
});

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ ...document, $id: 'document' });

const escaped = (part: string) =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** A value against the schema at a place of the document. */
function expectToFit(value: unknown, place: string[]): void {
  const validate = ajv.getSchema(`document#/${place.map(escaped).join('/')}`);
  if (!validate) throw new Error(`${place.join(' ')} is not in the document`);
  if (!validate(value)) {
    throw new Error(
      `${place.join(' ')}: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`,
    );
  }
}

/** Whatever an operation answers is what the document says. */
export function expectDocumented(
  answer: Answer,
  { method, address }: { method: string; address: string },
): void {
  const { status } = answer;
  if (status >= 400) {
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expectToFit(answer.json(), ['components', 'schemas', 'Problem']);
    expect(answer.json().status).toBe(status);
    return;
  }
  const operation = ['paths', address, method];
  const described = document.paths[address]?.[method]?.responses[status];
  if (!described) throw new Error(`${method} ${address} answers ${status}, which is not described`);
  if (status === 204) {
    expect(answer.text).toBe('');
    return;
  }
  const body: unknown = JSON.parse(answer.text);
  expectToFit(body, [
    ...operation,
    'responses',
    `${status}`,
    'content',
    'application/json',
    'schema',
  ]);
}

/** A new key of a person's. */
export async function keyOf(
  server: Server,
  person: Person,
  scopes: readonly ApiScope[] = API_SCOPES,
): Promise<string> {
  const input = { name: 'rest', scopes, expiresInDays: null };
  const made = await server.mutate('apiKeys.create', input, bearer(person));
  return (dataOf(made) as { secret: string }).secret;
}

export interface RestCall {
  /** `get /articles/{id}`. */
  operation: string;
  params?: Record<string, string>;
  /** Lists repeat their name. */
  query?: Record<string, string | string[]>;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Calls one operation, and compares the answer with the document. */
export async function rest(server: Server, key: string, call: RestCall): Promise<Answer> {
  const { operation, params = {}, query = {}, body, headers = {} } = call;
  const [method = '', address = ''] = operation.split(' ');
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, one]),
    ),
  );
  const path = address.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] ?? ''));
  const answer = await server.send({
    method: method.toUpperCase(),
    path: `/api/v1${path}${search.size > 0 ? `?${search}` : ''}`,
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expectDocumented(answer, { method, address });
  return answer;
}
