import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSafeAddress } from './basics.js';

const SCRIPTS = ['javascript:alert(1)', 'vbscript:msgbox(1)', 'data:text/html,<script>1</script>'];

/** What browsers do to an address before they read its scheme. */
const asBrowsersRead = (href: string): string => {
  try {
    return new URL(href, 'https://notes.example/').protocol;
  } catch {
    return 'none:';
  }
};

describe('an address that a link may lead to', () => {
  it.each([
    'https://example.org/a?b=javascript:1#data:',
    'http://例子.测试/路',
    'mailto:li@example.org',
    'tel:+8610',
    '/notes/1',
    '#part',
    'javascript.html',
    'data',
    '',
  ])('%s', (href) => {
    expect(isSafeAddress(href)).toBe(true);
  });

  it.each([
    ...SCRIPTS,
    ' javascript:alert(1)',
    '\u0000\u0001\u001fjavascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\tscript:alert(1)',
    'java\r\nscript\n:alert(1)',
    '\n\t data\n:text/html,1',
    'javascript://example.org/%0aalert(1)',
    'DATA:text/html;base64,PHNjcmlwdD4=',
  ])('is not %j', (href) => {
    expect(isSafeAddress(href)).toBe(false);
  });

  it('is none that a browser would run, however it is written', () => {
    const ignored = fc.constantFrom('\t', '\n', '\r');
    const leading = fc.string({ unit: fc.constantFrom('\u0000', '\u0008', '\u001f', ' ', '\t') });
    const spelt = fc
      .tuple(fc.constantFrom('javascript', 'vbscript', 'data'), fc.infiniteStream(fc.nat(5)))
      .map(([word, dice]) =>
        [...word, ':']
          .map((letter) => {
            const roll = dice.next().value ?? 0;
            return (roll % 2 ? letter.toUpperCase() : letter) + (roll === 4 ? '\t' : '');
          })
          .join(''),
      );
    fc.assert(
      fc.property(leading, spelt, ignored, (start, scheme, gap) => {
        const href = `${start}${gap}${scheme}x`;
        expect(/^(javascript|vbscript|data):$/.test(asBrowsersRead(href))).toBe(true);
        expect(isSafeAddress(href)).toBe(false);
      }),
    );
  });
});
