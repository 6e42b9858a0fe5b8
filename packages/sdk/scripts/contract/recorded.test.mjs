import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROCEDURE_DOCS } from '@ainotebook/api';
import { describe, expect, it } from 'vitest';
import { compareContracts } from './compare.mjs';
import { contractText, presentContract } from './record.mjs';

const file = path.resolve(import.meta.dirname, '../../contract.json');
const recorded = JSON.parse(readFileSync(file, 'utf8'));
const { breaks, additions } = compareContracts(recorded, presentContract(PROCEDURE_DOCS));

describe('the recorded contract', () => {
  it('is kept: every program of yesterday works today', () => {
    const help = 'This breaks programs; see «Breaking changes» in packages/sdk/CONTRIBUTING.md';
    expect(breaks, help).toEqual([]);
  });

  it('is up to date', () => {
    const help = 'Only additions: run pnpm --filter @ainotebook/sdk generate to record them';
    expect(additions, help).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(`${contractText(recorded)}\n`);
  });

  it('has the public procedures with what they take, answer and fail with', () => {
    expect(recorded.procedures['articles.get']).toEqual({
      kind: 'query',
      scope: 'articles:read',
      rest: 'GET /articles/{id}',
      tool: 'read_note',
      errors: ['not_found'],
      input: {
        type: 'object',
        properties: { id: { type: 'string', format: 'uuid' } },
        required: ['id'],
        additionalProperties: false,
      },
      isInputOptional: false,
      output: { $ref: '#/parts/Article' },
    });
    expect(recorded.procedures).not.toHaveProperty(['admin.users.list']);
  });
});
