import { describe, expect, it } from 'vitest';
import { createKeyBox } from './key-box.js';

const FIRST = 'first-secret-of-the-operator-0123456789';
const SECOND = 'second-secret-of-the-operator-0123456789';
const KEY = 'sk-a-key-of-a-provider';
const PLACE = 'gateway https://models.example.org/v1';
const box = createKeyBox({ current: FIRST, former: null });

describe('a key box', () => {
  it('opens what it sealed, at its place alone, and seals nothing twice alike', () => {
    const sealed = box.seal(KEY, PLACE);
    expect(sealed).not.toContain(KEY);
    expect(box.open(sealed, PLACE)).toBe(KEY);
    expect(box.open(sealed, 'gateway https://elsewhere.example.org/v1')).toBeNull();
    expect(box.open(sealed, 'other https://models.example.org/v1')).toBeNull();
    expect(box.seal(KEY, PLACE)).not.toBe(sealed);
  });

  it('opens nothing that was changed or is no seal', () => {
    const sealed = box.seal(KEY, PLACE);
    const parts = sealed.split('.');
    const changed = parts.map((part, at) => {
      const other = part.startsWith('A') ? 'B' : 'A';
      return [...parts.slice(0, at), other + part.slice(1), ...parts.slice(at + 1)];
    });
    for (const one of changed) expect(box.open(one.join('.'), PLACE)).toBeNull();
    for (const one of [
      '',
      'v1',
      KEY,
      parts.slice(0, 4).join('.'),
      `${parts.slice(0, 4).join('.')}.AAAA`,
    ])
      expect(box.open(one, PLACE)).toBeNull();
  });

  it('of another secret opens nothing, unless it is told the former one', () => {
    const sealed = box.seal(KEY, PLACE);
    expect(createKeyBox({ current: SECOND, former: null }).open(sealed, PLACE)).toBeNull();
    const both = createKeyBox({ current: SECOND, former: FIRST });
    expect(both.open(sealed, PLACE)).toBe(KEY);
    expect([both.isCurrent(sealed), box.isCurrent(sealed)]).toEqual([false, true]);
    const anew = both.seal(KEY, PLACE);
    expect(both.isCurrent(anew)).toBe(true);
    expect(createKeyBox({ current: SECOND, former: null }).open(anew, PLACE)).toBe(KEY);
  });
});
