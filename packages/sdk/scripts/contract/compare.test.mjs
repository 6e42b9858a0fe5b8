import { describe, it } from 'vitest';
import { contractOf, expectChanges, procedure } from './test-support.mjs';

describe('procedures', () => {
  it.each([
    {
      name: 'one more',
      now: { ...contractOf(), procedures: { ...contractOf().procedures, 'tags.list': procedure } },
      there: { additions: ['tags.list is new'] },
      back: { breaks: ['tags.list is gone'] },
    },
    {
      name: 'one more error code',
      now: { ...contractOf(), errors: ['not_found', 'forbidden', 'conflict'] },
      there: { additions: ['the error code conflict is new'] },
      back: { breaks: ['the error code conflict is gone'] },
    },
    {
      name: 'one more way to fail',
      now: contractOf({ errors: ['not_found', 'forbidden'] }),
      there: { additions: ['articles.get may fail with forbidden'] },
      back: { breaks: ['articles.get fails with forbidden no longer'] },
    },
    {
      name: 'another kind',
      now: contractOf({ kind: 'mutation' }),
      there: { breaks: ['articles.get is a mutation, it was a query'] },
      back: { breaks: ['articles.get is a query, it was a mutation'] },
    },
    {
      name: 'no address',
      now: contractOf({ rest: null }),
      there: { breaks: ['articles.get: the address GET /articles/{id} is gone'] },
      back: { additions: ['articles.get has the address GET /articles/{id}'] },
    },
    {
      name: 'a tool of another name',
      now: contractOf({ tool: 'read' }),
      there: { breaks: ['articles.get: the tool read_note is read'] },
      back: { breaks: ['articles.get: the tool read is read_note'] },
    },
    {
      name: 'another scope',
      now: contractOf({ scope: 'search:read' }),
      there: { breaks: ['articles.get: the scope articles:read is search:read'] },
      back: { breaks: ['articles.get: the scope search:read is articles:read'] },
    },
    {
      name: 'closed to keys',
      now: contractOf({ scope: null }),
      there: { breaks: ['articles.get: the scope articles:read is closed to keys'] },
      back: { additions: ['articles.get opens for articles:read'] },
    },
    {
      name: 'an answer where there was none',
      now: contractOf({ output: null }),
      there: { breaks: ['articles.get answers nothing'] },
      back: { additions: ['articles.get answers something'] },
    },
  ])('$name', ({ now, there, back }) => expectChanges(contractOf(), now, { there, back }));
});
