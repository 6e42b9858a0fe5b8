import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findAddresses, relateAddresses } from './addresses.js';

const IDS = [1, 2].map((n) => `01900000-0000-7000-8000-00000000000${n}`);
const PATHS = ['attachments/a.png', 'attachments/a.png.png'];
const fileOf = (id: string) => {
  const path = PATHS[IDS.indexOf(id)];
  return path === undefined ? undefined : { path, sha256: path };
};
const relate = (content: string) => relateAddresses(content, 'notes/', fileOf);

/** The address of a file by trying one after the other. */
function tried(content: string, path: string): string {
  let address = `../${path}`;
  while (content.includes(address)) address = `./${address}`;
  return address;
}

describe('the address of a file', () => {
  it('is the first that the text does not say already', () => {
    const piece = fc.constantFrom(
      ...['./', './', '../', ' ', '(', '.', '/'],
      ...PATHS.flatMap((path) => [`../${path}`, path]),
      ...IDS.map((id) => `(/api/files/${id})`),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const content = pieces.join('');
        const { content: related, links } = relate(content);
        for (const [address, path] of Object.entries(links))
          expect(address).toBe(tried(content, path));
        const back = findAddresses(related, links).toReversed();
        const restored = back.reduce(
          (text, { start, end, sha256 }) =>
            `${text.slice(0, start)}/api/files/${IDS[PATHS.indexOf(sha256)]}${text.slice(end)}`,
          related,
        );
        expect(restored).toBe(content);
      }),
      { numRuns: 1_000 },
    );
  });

  it('stays as it is in a text that is full of what it would be', () => {
    const content = `${'./'.repeat(300_000)}../attachments/a.png ![](/api/files/${IDS[0]})`;
    expect(relate(content)).toEqual({ content, links: {} });
    const fits = `${'./'.repeat(19)}../attachments/a.png ![](/api/files/${IDS[0]})`;
    expect(Object.keys(relate(fits).links)).toEqual([`${'./'.repeat(20)}../attachments/a.png`]);
  });

  it('is another one than all that thousands of places say', () => {
    const content = `${'../attachments/b '.repeat(2_000)}./../attachments/a.png /api/files/${IDS[0]}`;
    const [address] = Object.keys(relate(content).links);
    expect(address).toBe('././../attachments/a.png');
  });
});
