import { jsonSchemaOf, PROCEDURE_DOCS } from '@ainotebook/api';
import * as contract from '@ainotebook/contract';
import { z } from 'zod';
import { problemSchema } from './problem.js';
import type { Route } from './routes.js';

type Json = Record<string, unknown>;

/** An operation of the document, as far as our own page reads it. */
export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, string[]>[];
  parameters?: {
    name: string;
    in: 'path' | 'query' | 'header';
    required: boolean;
    schema: Json;
    description?: string;
  }[];
  requestBody?: { required: boolean; content: Record<string, { schema: Json }> };
  responses: Record<string, Json>;
}

export interface OpenApiDocument {
  openapi: string;
  info: Json;
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Json> } & Json;
}

const INTRODUCTION = `The same calls as those of \`@ainotebook/sdk\`, as JSON over HTTP.

Send an API key, made in *Settings > Programs*, as \`Authorization: Bearer anb_…\`. Each operation names the scope it needs.
A key has 300 calls a minute: \`RateLimit\` says how many are left, \`Retry-After\` when to come back. Mutations take an
\`Idempotency-Key\`: the same key and input give the same answer for 24 hours, and have one effect. Dates are ISO 8601 in
UTC; null in an address is written \`null\`. An answer that is being written is asked for again, by
\`GET /conversations/{id}\`, until its \`status\` is neither \`waiting\` nor \`writing\`; \`POST /ask\` waits for it. New fields and new members of an enumeration may come at any time.`;

/** The OpenAPI 3.1 document of `routes`. */
export function openApiDocument(
  routes: readonly Route[],
  config: { appName: string; appUrl: string; version: string },
): OpenApiDocument {
  const schemas: Record<string, Json> = {};
  const toJson = (schema: z.ZodType, io: 'input' | 'output') =>
    jsonSchemaOf(schema, io, { parts: schemas, base: '#/components/schemas/' }).schema;
  schemas.Problem = toJson(problemSchema, 'output');
  const paths: OpenApiDocument['paths'] = {};
  for (const route of routes) {
    const here = paths[route.address] ?? {};
    here[route.method] = operationOf(route, toJson);
    paths[route.address] = here;
  }
  paths['/files'] = { ...paths['/files'], post: uploadOf(toJson) };
  const tags = [...new Set(routes.map(tagOf))].sort();
  return {
    openapi: '3.1.0',
    info: { title: config.appName, version: config.version, description: INTRODUCTION },
    servers: [{ url: `${config.appUrl}/api/v1` }],
    tags: tags.map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key, or an access token.' },
      },
      responses: {
        Problem: {
          description: 'What went wrong; programs branch on `code`.',
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
      },
    },
  };
}

const tagOf = ({ path }: Route): string => path.split('.', 1)[0] ?? path;

function operationOf(
  route: Route,
  toJson: (schema: z.ZodType, io: 'input' | 'output') => Json,
): Operation {
  const { text, throws } = PROCEDURE_DOCS[route.path] ?? { text: route.path, throws: '' };
  const [summary = '', ...more] = text.split(/(?<=[.:])\s/);
  const errors = throws && `Fails with ${throws}.`;
  const description = [more.join(' '), errors].filter(Boolean).join('\n\n');
  const isVoid = route.output instanceof z.ZodVoid;
  const input = route.input ? toJson(route.input, 'input') : { type: 'object' };
  return {
    operationId: route.path.replace('.', '_'),
    tags: [tagOf(route)],
    summary: summary.replace(/[.:]$/, ''),
    ...(description ? { description } : {}),
    // Bearer schemes have no scopes of OAuth; 3.1 lets the names of roles stand here.
    security: [{ apiKey: route.scope && route.scope !== 'any' ? [route.scope] : [] }],
    ...parametersOf(route, input),
    ...bodyOf(route, input),
    responses: {
      ...(isVoid
        ? { 204: { description: 'Done.' } }
        : {
            200: {
              description: 'The answer.',
              content: { 'application/json': { schema: toJson(route.output, 'output') } },
            },
          }),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header' as const,
  required: false,
  schema: { type: 'string', minLength: 8, maxLength: 128, pattern: '^[!-~]+$' },
};

function parametersOf(route: Route, input: Json): Pick<Operation, 'parameters'> {
  const properties = objectOf(input.properties);
  const required = Array.isArray(input.required) ? input.required : [];
  const names =
    route.fieldsIn === 'query'
      ? [
          ...route.parameters,
          ...Object.keys(properties).filter((name) => !route.parameters.includes(name)),
        ]
      : route.parameters;
  const parameters: NonNullable<Operation['parameters']> = names.map((name) => {
    const isInPath = route.parameters.includes(name);
    return {
      name,
      in: isInPath ? 'path' : 'query',
      required: isInPath || required.includes(name),
      schema: withoutNull(objectOf(properties[name])),
    };
  });
  if (route.type === 'mutation') parameters.push(IDEMPOTENCY_KEY);
  return parameters.length > 0 ? { parameters } : {};
}

function bodyOf(route: Route, input: Json): Pick<Operation, 'requestBody'> {
  if (route.fieldsIn !== 'body' || !route.input) return {};
  const properties = objectOf(input.properties);
  const names = Object.keys(properties).filter((name) => !route.parameters.includes(name));
  // A union has no properties of its own, and none of ours has parts in its address.
  if (route.shape && names.length === 0) return {};
  if (!route.shape) return { requestBody: { required: true, content: json(input) } };
  const required = Array.isArray(input.required)
    ? input.required.filter((name) => !route.parameters.includes(name))
    : [];
  const { default: _none, ...rest } = input;
  const schema = {
    ...rest,
    properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
    required,
  };
  return { requestBody: { required: required.length > 0, content: json(schema) } };
}

const json = (schema: Json) => ({ 'application/json': { schema } });

/** Bytes travel as a form; everything else about files is a procedure. */
function uploadOf(toJson: (schema: z.ZodType, io: 'input' | 'output') => Json): Operation {
  const file = {
    type: 'object',
    properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
    required: ['file'],
  };
  const content = json(toJson(contract.fileSchema, 'output'));
  return {
    operationId: 'files_upload',
    tags: ['files'],
    summary: 'Uploads a picture or a PDF',
    description:
      'One file in one part of the form. The same bytes again are the same file.\n\nFails with too_large, file_empty, file_type_not_allowed, file_damaged, image_too_large, quota_exceeded, storage_full.',
    security: [{ apiKey: ['files:write'] }],
    requestBody: { required: true, content: { 'multipart/form-data': { schema: file } } },
    responses: {
      200: { description: 'The file, which was there already.', content },
      201: { description: 'The new file.', content },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

const objectOf = (value: unknown): Json =>
  typeof value === 'object' && value !== null ? (value as Json) : {};

/** In an address null is a word, as the introduction says; types are those of what is meant. */
function withoutNull(schema: Json): Json {
  if (!Array.isArray(schema.anyOf)) return schema;
  const [only, ...others] = schema.anyOf.filter((option: Json) => option.type !== 'null');
  if (others.length > 0 || only === undefined) return schema;
  const { anyOf: _none, ...rest } = schema;
  return { ...rest, ...only };
}
