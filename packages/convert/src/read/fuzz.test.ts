import { makeTar, makeZip } from '@ainotebook/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SourceError } from './source-error.js';
import { docxOf, epubOf, manifestOf, pdfOf, readAll } from './test-support.js';

const SEEDS: Record<string, Buffer> = {
  zip: makeZip([
    { name: '.obsidian/x', data: '{}' },
    { name: 'a/笔记.md', data: '---\ntitle: x\ntags: [a]\n---\n# x\n\n[[b]] ![[p.png]]\n' },
    { name: 'b.html', data: '<h1>x</h1><table><tr><td>1</td></tr></table>' },
    { name: 'c.csv', data: 'a,b\n1,"2"\n' },
  ]),
  'zip in a zip': makeZip([
    // Stored, so that what is changed in it is not found out by the archive around it alone.
    { name: 'x/Part-1.zip', method: 0, data: makeZip([{ name: 'a.md', data: '[[b]]' }]) },
    { name: 'x/Part-2.zip', data: makeZip([{ name: 'b.html', data: '<p>b</p>' }]) },
    { name: 'x/c.md', data: 'c' },
  ]),
  'archive in a zip': makeZip([
    { name: 'a.jex', method: 0, data: makeTar([{ name: 'a.md', data: 'a' }]) },
  ]),
  jex: makeTar([
    {
      name: `${'a'.repeat(32)}.md`,
      data: `x\n\n![](:/${'b'.repeat(32)})\n\nparent_id: c\ntype_: 1`,
    },
    { name: `resources/${'b'.repeat(32)}.png`, data: 'p' },
  ]),
  lakebook: makeTar([
    {
      name: '1/$meta.json',
      data: JSON.stringify({
        meta: '{"book":{"name":"b","tocYml":"- {type: DOC, title: t, url: a, level: 0}"}}',
      }),
    },
    {
      name: '1/a.json',
      data: '{"doc":{"body_asl":"<p>x</p><card name=hr value=data:{}></card>"}}',
    },
  ]),
  lake: Buffer.from(
    '<!doctype lake><ul data-lake-indent="1"><li>a</li></ul><card name="math" value="data:%7B%22code%22:%22x%22%7D"></card><table><tr><td><p>a</p></td></tr></table>',
  ),
  docx: docxOf('one', 'two'),
  epub: epubOf('book', ['<h1>a</h1>', '<p>b</p>']),
  pdf: Buffer.from(pdfOf('A whole sentence stands on this page.')),
  html: Buffer.from('<!doctype html><title>t</title><ul><li><a href="x">y</a></ul><img src=p.png>'),
  bookmarks: Buffer.from(
    '<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><DT><H3>f</H3><DL><DT><A HREF="https://a.test">A</A></DL></DL>',
  ),
  markdown: Buffer.from(
    '---\ntitle: x\ndate: 2020-01-01\n---\n\n- [ ] a\n\n| a |\n| - |\n\n$$\nx\n$$\n',
  ),
};

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  how: fc.constantFrom('flip', 'cut', 'repeat', 'remove'),
  byte: fc.nat(255),
});

function mutate(
  bytes: Buffer,
  changes: readonly { at: number; how: string; byte: number }[],
): Buffer {
  return changes.reduce<Buffer>((now, { at, how, byte }) => {
    const i = Math.min(now.length - 1, Math.floor(at * now.length));
    if (i < 0) return now;
    switch (how) {
      case 'flip': {
        const copy = Buffer.from(now);
        copy[i] = byte;
        return copy;
      }
      case 'cut':
        return now.subarray(0, i);
      case 'repeat':
        return Buffer.concat([
          now.subarray(0, i),
          now.subarray(Math.max(0, i - byte), i),
          now.subarray(i),
        ]);
      default:
        return Buffer.concat([now.subarray(0, i), now.subarray(i + byte)]);
    }
  }, bytes);
}

/** Whatever comes in: items within our limits, or a `SourceError`. */
async function check(bytes: Uint8Array, name: string): Promise<void> {
  try {
    const { items, total } = await readAll(bytes, { name });
    expect(items.length).toBeLessThanOrEqual(total);
    for (const item of items) {
      if (item.kind === 'rejected') continue;
      expect(item.title.length).toBeLessThanOrEqual(200);
      expect(item.title).not.toMatch(/[\n\0]/);
      expect(item.markdown).not.toContain('\0');
      expect(item.markdown.isWellFormed()).toBe(true);
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
}

describe.each(Object.entries(SEEDS))('a mutated %s', (kind, seed) => {
  it('is read or refused, and nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        await check(mutate(seed, changes), `source.${kind === 'markdown' ? 'md' : kind}`);
      }),
      { seed: 7, numRuns: kind === 'pdf' ? 40 : 120 },
    );
  });
});

it('an archive of ours with a mutated manifest is read or refused', async () => {
  const id = '01900000-0000-7000-8000-000000000001';
  const entry = { size: 10, sha256: 'a'.repeat(64) };
  const note = {
    ...{ id, notebookId: id, title: 'x', tags: ['a'], isPinned: false, isArchived: true },
    ...{ createdAt: '2020-01-01T00:00:00.000Z', updatedAt: '2020-01-01T00:00:00.000Z' },
    ...{ publication: null, links: { '../p.png': entry.sha256 }, path: 'notes/n/x.md', ...entry },
  };
  const seed = manifestOf({
    notebooks: [{ id, parentId: null, name: 'n', path: 'notes/n' }],
    articles: [note, note],
    attachments: [{ name: 'p', mediaType: 'x', isMissing: false, path: 'p.png', ...entry }],
  });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
      const data = mutate(Buffer.from(seed), changes);
      await check(
        makeZip([
          { name: 'notes/n/x.md', data: '---\ntitle: x\n---\n\n![](../p.png)' },
          { name: 'manifest.json', data },
        ]),
        'export.zip',
      );
    }),
    { seed: 7, numRuns: 200 },
  );
});

it('any bytes are read or refused', async () => {
  const starts = fc.constantFrom(
    '',
    'PK\x03\x04',
    '%PDF-1.7\n',
    '<html>',
    '---\n',
    '+++\n',
    '\ufeff',
  );
  await fc.assert(
    fc.asyncProperty(starts, fc.uint8Array({ maxLength: 400 }), async (start, bytes) => {
      await check(Buffer.concat([Buffer.from(start), bytes]), 'source');
    }),
    { seed: 11, numRuns: 200 },
  );
});

it.each([
  ['links', '[[a'.repeat(100_000)],
  ['brackets', '['.repeat(300_000)],
  ['tags of HTML', `<html>${'<div>'.repeat(200_000)}`],
  ['bookmarks', `<!DOCTYPE NETSCAPE-Bookmark-file-1>${'<DL><DT><H3>'.repeat(50_000)}`],
  [
    'aliases of YAML',
    `---\na: &a [x,x,x,x,x,x]\n${Array.from({ length: 20 }, (_, i) => `b${i}: &b${i} [*${i === 0 ? 'a' : `b${i - 1}`},*${i === 0 ? 'a' : `b${i - 1}`}]`).join('\n')}\n---\nx`,
  ],
  ['hashes', '#'.repeat(300_000)],
  ['quotes', `${'>'.repeat(100_000)} x`],
])('many %s end in time', async (_, text) => {
  await check(Buffer.from(text), 'a.md');
});

const TAGS =
  'a abbr address article aside b blockquote button center cite code dd del details dfn dialog div dl dt em fieldset figcaption figure font footer form h1 header i ins kbd label legend li main mark math menu nav object ol p picture pre q rt ruby s samp section select small span strike strong sub summary sup svg table tbody td template tr tt u ul var video x-y'.split(
    ' ',
  );

it.each(TAGS)('many <%s> cost the item alone', { timeout: 60_000 }, async (tag) => {
  const entries = [
    { name: 'a.html', data: `<!doctype html>${`<${tag}>`.repeat(5_000)}x` },
    { name: 'b.md', data: 'b' },
  ];
  const { items } = await readAll(makeZip(entries), { name: 'v.zip' });
  expect(items.at(-1)).toMatchObject({ kind: 'note', path: 'b.md' });
});

it('tags that nest in turn cost the item alone', { timeout: 120_000 }, async () => {
  const pair = fc.tuple(fc.constantFrom(...TAGS), fc.constantFrom(...TAGS));
  await fc.assert(
    fc.asyncProperty(pair, async ([one, two]) => {
      const data = `<${one}><${two}>`.repeat(2_000);
      const entries = ['a.html', 'b.md'].map((name) => ({
        name,
        data: name === 'b.md' ? 'b' : data,
      }));
      const { items } = await readAll(makeZip(entries), { name: 'v.zip' });
      expect(items.at(-1)).toMatchObject({ kind: 'note', path: 'b.md' });
    }),
    { seed: 3, numRuns: 40 },
  );
});
