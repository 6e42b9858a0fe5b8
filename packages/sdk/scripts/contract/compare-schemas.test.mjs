import { describe, expect, it } from 'vitest';
import { compareContracts } from './compare.mjs';
import {
  arm,
  contractOf,
  expectChanges,
  number,
  object,
  oneOf,
  orNull,
  silent,
  strict,
  text,
} from './test-support.mjs';

describe('what is taken', () => {
  const inputs = [
    {
      name: 'a field more, which may be absent',
      before: strict({ id: text }),
      now: strict({ id: text, at: number }, ['id']),
      there: { additions: ['articles.get(input.at) is new'] },
      back: { breaks: ['articles.get(input.at) is gone'] },
    },
    {
      name: 'a field more, which must be there',
      before: strict({ id: text }),
      now: strict({ id: text, at: number }),
      there: { breaks: ['articles.get(input.at) is new and required'] },
      back: { breaks: ['articles.get(input.at) is gone'] },
    },
    {
      name: 'a field that may be absent no longer',
      before: strict({ id: text }, []),
      now: strict({ id: text }),
      there: { breaks: ['articles.get(input.id) is required'] },
      back: silent,
    },
    {
      name: 'a member more',
      before: strict({ by: oneOf('day') }),
      now: strict({ by: oneOf('day', 'week') }),
      there: { additions: ['articles.get(input.by) takes "week"'] },
      back: { breaks: ['articles.get(input.by) takes "week" no longer'] },
    },
    {
      name: 'any word instead of a few',
      before: strict({ by: oneOf('day') }),
      now: strict({ by: text }),
      there: { additions: ['articles.get(input.by) takes string'] },
      back: { breaks: ['articles.get(input.by) takes string no longer'] },
    },
    {
      name: 'null',
      before: strict({ by: text }),
      now: strict({ by: orNull(text) }),
      there: { additions: ['articles.get(input.by) takes null'] },
      back: { breaks: ['articles.get(input.by) takes null no longer'] },
    },
    {
      name: 'another type',
      before: strict({ by: text }),
      now: strict({ by: number }),
      there: {
        breaks: ['articles.get(input.by) takes string no longer'],
        additions: ['articles.get(input.by) takes number'],
      },
      back: {
        breaks: ['articles.get(input.by) takes number no longer'],
        additions: ['articles.get(input.by) takes string'],
      },
    },
    {
      name: 'fewer characters',
      before: strict({ by: { type: 'string', maxLength: 9 } }),
      now: strict({ by: { type: 'string', maxLength: 5 } }),
      there: { breaks: ['articles.get(input.by) has maxLength 5, was 9'] },
      back: silent,
    },
    {
      name: 'a form of text',
      before: strict({ by: text }),
      now: strict({ by: { type: 'string', format: 'uuid' } }),
      there: { breaks: ['articles.get(input.by) has format uuid, had none'] },
      back: silent,
    },
    {
      name: 'integers instead of numbers',
      before: strict({ by: number }),
      now: strict({ by: { type: 'integer' } }),
      there: { breaks: ['articles.get(input.by) takes integers only'] },
      back: silent,
    },
    {
      name: 'less in a list, deep inside',
      before: strict({ data: strict({ tags: { type: 'array', items: text } }) }),
      now: strict({ data: strict({ tags: { type: 'array', items: oneOf('a'), maxItems: 3 } }) }),
      there: {
        breaks: [
          'articles.get(input.data.tags) has maxItems 3, had none',
          'articles.get(input.data.tags[]) takes string no longer',
        ],
      },
      back: { additions: ['articles.get(input.data.tags[]) takes string'] },
    },
    {
      name: 'another value when absent',
      before: strict({ limit: { ...number, default: 50 } }, []),
      now: strict({ limit: { ...number, default: 20 } }, []),
      there: { breaks: ['articles.get(input.limit) is 20 when absent, was 50'] },
      back: { breaks: ['articles.get(input.limit) is 50 when absent, was 20'] },
    },
    {
      name: 'unknown fields refused',
      before: object({ id: text }),
      now: strict({ id: text }),
      there: { breaks: ['articles.get(input) refuses unknown fields'] },
      back: silent,
    },
    {
      name: 'values of a record',
      before: { type: 'object', propertyNames: text, additionalProperties: text },
      now: { type: 'object', propertyNames: text, additionalProperties: oneOf('a') },
      there: {
        breaks: ['articles.get(input[key]) takes string no longer'],
      },
      back: { additions: ['articles.get(input[key]) takes string'] },
    },
    {
      name: 'an arm of a union',
      before: { oneOf: [arm('all'), arm('some', { ids: text })] },
      now: { oneOf: [arm('all')] },
      there: { breaks: ['articles.get(input) takes { kind: "some" } no longer'] },
      back: { additions: ['articles.get(input) takes { kind: "some" }'] },
    },
    {
      name: 'a field of one arm',
      before: {
        oneOf: [arm('all'), arm('some', { ids: text }), object({ kind: oneOf('a', 'b') })],
      },
      now: { oneOf: [object({ kind: oneOf('a', 'b') }), arm('some', { ids: number }), arm('all')] },
      there: {
        breaks: ['articles.get(input.ids) takes string no longer'],
        additions: ['articles.get(input.ids) takes number'],
      },
      back: {
        breaks: ['articles.get(input.ids) takes number no longer'],
        additions: ['articles.get(input.ids) takes string'],
      },
    },
  ];
  it.each(inputs)('$name', ({ before, now, there, back }) => {
    expectChanges(contractOf({ input: before }), contractOf({ input: now }), { there, back });
  });

  it('something where there was nothing', () => {
    const none = contractOf({ input: null, isInputOptional: true });
    const given = contractOf({ isInputOptional: true });
    expectChanges(none, given, {
      there: { additions: ['articles.get(input) is new'] },
      back: { breaks: ['articles.get(input) is gone'] },
    });
    expect(compareContracts(none, contractOf()).breaks).toEqual([
      'articles.get(input) is new and required',
    ]);
    expect(compareContracts(given, contractOf()).breaks).toEqual([
      'articles.get(input) is required',
    ]);
  });
});

describe('what is answered', () => {
  const outputs = [
    {
      name: 'a field more',
      before: object({ title: text }),
      now: object({ title: text, at: number }),
      there: { additions: ['articles.get => at is new'] },
      back: { breaks: ['articles.get => at is gone'] },
    },
    {
      name: 'a field that may be absent',
      before: object({ title: text }),
      now: object({ title: text }, []),
      there: { breaks: ['articles.get => title may be absent'] },
      back: silent,
    },
    {
      name: 'a field that may be null',
      before: object({ title: text }),
      now: object({ title: orNull(text) }),
      there: { breaks: ['articles.get => title may be null'] },
      back: silent,
    },
    {
      name: 'another type',
      before: object({ title: text }),
      now: object({ title: number }),
      there: { breaks: ['articles.get => title may be number'] },
      back: { breaks: ['articles.get => title may be string'] },
    },
    {
      name: 'a date that is any text',
      before: object({ at: { type: 'string', format: 'date-time' } }),
      now: object({ at: text }),
      there: { breaks: ['articles.get => at is no date-time'] },
      back: silent,
    },
    {
      name: 'a member more, which programs have a default branch for',
      before: object({ status: oneOf('draft') }),
      now: object({ status: oneOf('draft', 'published') }),
      there: { additions: ['articles.get => status may be "published"'] },
      back: silent,
    },
    {
      name: 'any text instead of a few words',
      before: object({ status: oneOf('draft') }),
      now: object({ status: text }),
      there: { breaks: ['articles.get => status may be string'] },
      back: silent,
    },
    {
      name: 'an arm more, told apart by its kind',
      before: { oneOf: [arm('saved')] },
      now: { oneOf: [arm('saved'), arm('conflict', { current: text })] },
      there: { additions: ['articles.get => the answer may be { kind: "conflict" }'] },
      back: silent,
    },
    {
      name: 'a field of one arm',
      before: { oneOf: [arm('saved'), arm('conflict', { current: text })] },
      now: { oneOf: [arm('conflict', { theirs: text }), arm('saved')] },
      there: {
        breaks: ['articles.get => current is gone'],
        additions: ['articles.get => theirs is new'],
      },
      back: {
        breaks: ['articles.get => theirs is gone'],
        additions: ['articles.get => current is new'],
      },
    },
    {
      name: 'deep inside of lists',
      before: object({ items: { type: 'array', items: object({ title: text }) } }),
      now: object({ items: { type: 'array', items: object({}) } }),
      there: { breaks: ['articles.get => items[].title is gone'] },
      back: { additions: ['articles.get => items[].title is new'] },
    },
    {
      name: 'what stands at a place of a pair',
      before: { type: 'array', prefixItems: [number, number] },
      now: { type: 'array', prefixItems: [number, text] },
      there: { breaks: ['articles.get => [1] may be string'] },
      back: { breaks: ['articles.get => [1] may be number'] },
    },
    {
      name: 'a pair that is three',
      before: { type: 'array', prefixItems: [number, number] },
      now: { type: 'array', prefixItems: [number, number, number] },
      there: { breaks: ['articles.get => the answer has 3 fixed items, had 2'] },
      back: { breaks: ['articles.get => the answer has 2 fixed items, had 3'] },
    },
    {
      name: 'values of a record',
      before: { type: 'object', additionalProperties: text },
      now: { type: 'object', additionalProperties: orNull(text) },
      there: { breaks: ['articles.get => [key] may be null'] },
      back: silent,
    },
  ];
  it.each(outputs)('$name', ({ before, now, there, back }) => {
    expectChanges(contractOf({ output: before }), contractOf({ output: now }), { there, back });
  });

  it('parts are looked up where each contract has them', () => {
    const output = { $ref: '#/parts/Article' };
    const before = contractOf({ output }, { Article: object({ title: text }) });
    const now = contractOf({ output }, { Article: object({}) });
    expect(compareContracts(before, now).breaks).toEqual(['articles.get => title is gone']);
    // A name is nothing that programs see.
    const plain = contractOf({ output: object({ title: text }) });
    expect(compareContracts(before, plain).breaks).toEqual([]);
  });
});

it('does not pass over what it cannot compare', () => {
  const input = { not: text };
  expect(() => compareContracts(contractOf({ input }), contractOf({ input }))).toThrow('has not');
});
