import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputCleaner } from './output-cleaner.js';

const MARK = '0123456789ab';

function clean(pieces: readonly string[]): string {
  const cleaner = new OutputCleaner(MARK);
  return pieces.map((piece) => cleaner.push(piece)).join('') + cleaner.end();
}

/** Cut at these places, wherever they are. */
function cutAt(text: string, places: readonly number[]): string[] {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [...ends, text.length].map((end, i) => text.slice(ends[i - 1] ?? 0, end));
}

describe('what a model puts around a text', () => {
  it.each([
    ['white space', '\n\n 好。\n\n', '好。'],
    ['a fence around all of it', '```markdown\n# 茶\n\n好。\n```\n', '# 茶\n\n好。'],
    ['a fence that nobody closed', '```md\n好。', '好。'],
    ['the marks of what it was given', `<passage-${MARK}>\n好。\n</passage-${MARK}>`, '好。'],
    ['signs that nobody can store', 'a\0b', 'ab'],
    ['nothing but that', `\`\`\`md\n<passage-${MARK}></passage-${MARK}>\n\`\`\``, ''],
  ])('is taken away: %s', (_, said, left) => {
    expect(clean([said])).toBe(left);
    expect(clean([...said])).toBe(left);
  });

  it.each([
    ['code', '```js\nlet a = 1;\n```'],
    ['code with a tilde fence', '~~~\na\n~~~'],
    ['inline code at both ends', '`a` 和 `b`'],
    ['tags and comparisons', 'a < b, <kbd>c</kbd> and <'],
    ['marks of somebody else', '<passage-aaaaaaaaaaaa>好</passage-aaaaaaaaaaaa>'],
  ])('is not what belongs to it: %s', (_, said) => {
    expect(clean([said])).toBe(said);
    expect(clean([...said])).toBe(said);
  });

  it('is the same wherever the pieces are cut', () => {
    const part = fc.constantFrom(
      ...['```markdown\n', '```', '`', '\n', ' ', '茶', 'a', '<', '>', '😀', '```js\n', '\0'],
      ...[`<passage-${MARK}>`, `</passage-${MARK}>`, `<before-${MARK}>`],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.array(fc.nat(200)), (parts, places) => {
        const said = parts.join('');
        expect(clean(cutAt(said, places))).toBe(clean([said]));
      }),
      { numRuns: 2000 },
    );
  });

  it('is shown as soon as it is certain', () => {
    const cleaner = new OutputCleaner(MARK);
    expect(cleaner.push('好')).toBe('好');
    expect(cleaner.push('茶 ')).toBe('茶');
    expect(cleaner.push('真')).toBe(' 真');
    expect(cleaner.end()).toBe('');
  });
});
