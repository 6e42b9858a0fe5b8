import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLinks } from './find-links.js';
import { createTargetIndex } from './find-target.js';
import { repairRadicals } from './radicals.js';
import { writeLinks } from './write-links.js';

const index = createTargetIndex(['a/Note.md', 'a/img/P.png', 'b/Note.md', 'static/s.png', 'é.md']);

describe('what a link means', () => {
  it.each([
    ['a/x.md', 'img/p.png', 'a/img/P.png'],
    ['a/x.md', './Note.md', 'a/Note.md'],
    ['a/x.md', '../b/Note.md', 'b/Note.md'],
    ['b/x.md', 'Note', 'b/Note.md'],
    ['x.md', 'P.png', 'a/img/P.png'],
    ['x.md', '/s.png', 'static/s.png'],
    ['x.md', 'e\u0301', 'é.md'],
    ['x.md', '../../../../etc/passwd', null],
    ['x.md', 'none', null],
  ])('from %s, %s is %s', (from, target, path) => {
    expect(index.find(from, target)).toBe(path);
  });
});

describe('of many files with one name', () => {
  it('the one nearest to the top is meant that ends as the link is written', () => {
    const segment = fc.constantFrom('a', 'b', 'c');
    const folders = fc.array(segment, { maxLength: 4 });
    fc.assert(
      fc.property(fc.uniqueArray(folders, { selector: String }), folders, (all, tail) => {
        const paths = all.map((names) => [...names, 'p.png'].join('/'));
        const wanted = [...tail, 'p.png'].join('/');
        const fits = paths.filter((path) => path === wanted || path.endsWith(`/${wanted}`));
        const [best = null] = fits.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
        // From a folder in which nothing is.
        expect(createTargetIndex(paths).find('z/note.md', wanted)).toBe(best);
      }),
    );
  });

  it('is found among tens of thousands, link after link', () => {
    const paths = Array.from({ length: 50_000 }, (_, i) => `f${i % 100}/${i}/image.png`);
    const many = createTargetIndex(paths);
    for (let i = 0; i < 3_000; i += 1) {
      expect(many.find('x.md', `f${i % 100}/image.png`)).toBeNull();
      expect(many.find('x.md', `${i}/image.png`)).toBe(paths[i]);
    }
    expect(many.find('x.md', '../'.repeat(100_000))).toBeNull();
  });
});

describe('links of a note', () => {
  const resolve = (markdown: string) =>
    writeLinks({ markdown, links: findLinks(markdown) }, ({ target, form }) =>
      target.endsWith('.png')
        ? { kind: 'file', url: '/api/files/1', isPicture: true }
        : target.startsWith('no')
          ? { kind: 'none', warning: { code: 'link_unresolved', detail: form } }
          : { kind: 'note', title: 'T' },
    );

  it.each([
    ['[**x** y](a.md)', '[[T|**x** y]]'],
    ['[[a|b]] and [[a#h]]', '[[T|b]] and [[T]]'],
    ['![[p.png|300]] ![[p.png|words]]', '![p.png](/api/files/1) ![words](/api/files/1)'],
    ['![a \\] b](p.png "t")', '![a \\] b](/api/files/1 "t")'],
    ['[file](p.png)', '[file](/api/files/1)'],
    ['<img src="p.png" width=3>', '<img src="/api/files/1" width=3>'],
    ['![x][1]\n\n[1]: p.png "t"', '![x][1]\n\n[1]: /api/files/1 "t"'],
    ['`[[a]]` and https://a.test/p.png', '`[[a]]` and https://a.test/p.png'],
    ['[out](https://a.test) [here](#x) ![d](data:image/png;base64,xx)', null],
  ])('%s', (markdown, expected) => {
    expect(resolve(markdown).markdown).toBe(expected ?? markdown);
  });

  it('says what leads nowhere, and leaves it', () => {
    expect(resolve('[x](nowhere.md)')).toEqual({
      markdown: '[x](nowhere.md)',
      warnings: [{ code: 'link_unresolved', detail: 'link' }],
    });
  });

  it('changes nothing but the places, whatever the text', () => {
    const piece = fc.constantFrom(
      '[[a]]',
      '![[p.png]]',
      '[x](a.md)',
      '\n\n',
      '- ',
      '`',
      '> ',
      '文字',
      '<b>',
      '[',
      ']',
      '|',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const markdown = pieces.join('');
        const links = findLinks(markdown);
        const { markdown: same } = writeLinks({ markdown, links }, () => ({
          kind: 'none',
          warning: { code: 'link_unresolved', detail: null },
        }));
        expect(same).toBe(markdown);
        for (const { start, end } of links)
          expect(start < end && end <= markdown.length).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});

it('puts characters in place of radicals, and leaves full-width signs', () => {
  expect(repairRadicals('⽂⿊⼊⻢⻓⻨，：⺠')).toBe('文黑入马长麦，：民');
});
