import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fuse } from './fusion.js';
import { passageInputs } from './passage-input.js';
import { dot, fromBytes, signBits, toBytes, toUnit } from './vectors.js';

const vector = fc.float32Array({ minLength: 1, maxLength: 40, noNaN: true, min: -1e3, max: 1e3 });

describe('vectors', () => {
  it('come back from their bytes as they went, wherever these lie', () => {
    fc.assert(
      fc.property(vector, fc.integer({ min: 0, max: 7 }), (components, offset) => {
        const bytes = toBytes(components);
        const moved = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
        expect(fromBytes(moved)).toEqual(components);
      }),
    );
  });

  it('have length 1, or none, and a bit for each component above zero', () => {
    fc.assert(
      fc.property(vector, (components) => {
        const length = dot(toUnit(components), toUnit(components));
        expect(Math.abs(length - 1) < 1e-3 || length === 0).toBe(true);
        const bits = signBits(components);
        expect(bits).toMatch(/^[01]+$/);
        expect(bits).toHaveLength(components.length);
      }),
    );
    expect(signBits(Float32Array.of(1, 0, -1, 0.5))).toBe('1001');
  });
});

describe('fuse', () => {
  it('puts what both lists have before what one has', () => {
    const fused = fuse([
      ['a', 'b'],
      ['c', 'b'],
    ]).map(({ id }) => id);
    expect(fused).toEqual(['b', 'a', 'c']);
    expect(fuse([[], []])).toEqual([]);
  });
});

describe('passageInputs', () => {
  const passage = (id: string, text: string, headingPath: string[] = []) => ({
    id,
    text,
    headingPath,
  });

  it('tells what a passage is about, and what was said before it', () => {
    const inputs = passageInputs('Tea', [
      passage('1', '## Water\n\nIt boils.\n', ['Water']),
      passage('2', 'Then it cools.', ['Water']),
      passage('3', ' \n'),
    ]);
    expect(inputs.map(({ text }) => text)).toEqual([
      'Tea > Water\n\n## Water\n\nIt boils.',
      'Tea > Water\n\n## Water\n\nIt boils.\nThen it cools.',
      'Tea',
    ]);
    expect(passageInputs(' ', [passage('1', ' ')])).toEqual([]);
  });
});
