import { listProcedures } from '@ainotebook/api';
import { API_SCOPES } from '@ainotebook/contract';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { listRoutes } from './routes.js';
import { document } from './test-support.js';

const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ address, method, ...operation })),
);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate({ ...document });
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('has every public procedure that keys open, under one address each', () => {
    // JSON is one answer: what is written on is asked for again.
    const opened = listProcedures().filter(
      ({ meta, isStream }) => meta.isPublic && meta.scope && !isStream,
    );
    expect(opened.filter(({ meta }) => !meta.rest).map(({ path }) => path)).toEqual([]);
    const closed = listProcedures().filter(
      ({ meta }) => meta.rest && !(meta.isPublic && meta.scope),
    );
    expect(closed.map(({ path }) => path)).toEqual([]);
    const addresses = operations.map(({ method, address }) => `${method} ${address}`);
    expect(new Set(addresses).size).toBe(addresses.length);
    expect(operations).toHaveLength(opened.length + 1);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });

  it('puts into addresses only what fits there', () => {
    for (const { path, parameters, shape, fieldsIn } of listRoutes()) {
      for (const name of parameters) expect(Object.keys(shape ?? {}), path).toContain(name);
      if (fieldsIn === 'body') continue;
      const schemas = operations.find(({ operationId }) => operationId === path.replace('.', '_'));
      for (const { schema, name } of schemas?.parameters ?? []) {
        const inner = schema.type === 'array' ? Object(schema.items) : schema;
        const isPlain = inner.type !== 'object' && !inner.anyOf && !inner.oneOf && !inner.$ref;
        expect(isPlain, `${path} ${name}`).toBe(true);
      }
    }
  });

  it('says of every operation what it does, and which scope it asks for', () => {
    for (const { operationId, summary, security } of operations) {
      expect(summary, operationId).toMatch(/^[A-Z].{5,}/);
      const [{ apiKey } = {}] = security;
      for (const scope of apiKey ?? []) expect(API_SCOPES, operationId).toContain(scope);
    }
    const open = operations.filter(({ security }) => security[0]?.apiKey?.length === 0);
    expect(open.map(({ operationId }) => operationId).sort()).toEqual([
      'plans_list',
      'system_info',
      'users_profile',
    ]);
  });

  it('speaks of dates as ISO 8601, and promises nothing about what may be added', () => {
    const { Article } = document.components.schemas;
    expect(Article).toMatchObject({
      properties: { createdAt: { type: 'string', format: 'date-time' } },
    });
    expect(Article).not.toHaveProperty('additionalProperties');
    const schedule = document.paths['/articles/{articleId}/schedule']?.put?.requestBody;
    expect(schedule?.content['application/json']?.schema).toMatchObject({
      properties: { publishAt: { type: 'string', format: 'date-time' } },
      additionalProperties: false,
    });
  });
});
