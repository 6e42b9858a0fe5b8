import { LIMITS } from '@ainotebook/contract/limits';
import { describe, expect, it } from 'vitest';
import { everything, extended, NOTHING, toggled } from './selection.js';

const order = ['a', 'b', 'c', 'd', 'e'];
const idsOf = (selection: { ids: ReadonlySet<string> }) => [...selection.ids];

describe('a selection', () => {
  it('takes one in and out again', () => {
    const one = toggled(NOTHING, 'b');
    expect(idsOf(one)).toEqual(['b']);
    expect(idsOf(toggled(one, 'b'))).toEqual([]);
  });

  it('grows and shrinks from where it began, both ways', () => {
    const started = toggled(NOTHING, 'c');
    const down = extended(started, 'e', order);
    expect(idsOf(down)).toEqual(['c', 'd', 'e']);
    expect(idsOf(extended(down, 'b', order))).toEqual(['c', 'b']);
    expect(idsOf(extended(NOTHING, 'd', order))).toEqual(['d']);
  });

  it('never holds more than one action may take', () => {
    const many = Array.from({ length: LIMITS.bulkItems + 5 }, (_, i) => `${i}`);
    expect(everything(many).ids.size).toBe(LIMITS.bulkItems);
    expect(toggled(everything(many), `${LIMITS.bulkItems}`).ids.size).toBe(LIMITS.bulkItems);
    const range = extended(toggled(NOTHING, '0'), many.at(-1) ?? '', many);
    expect(range.ids.size).toBe(LIMITS.bulkItems);
  });
});
