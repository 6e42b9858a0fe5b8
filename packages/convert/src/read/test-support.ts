import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeZip, type ZipEntry } from '@ainotebook/testkit';
import type { ReadItem, ReadNote, ReadPart, Source } from './items.js';
import { type PartLimits, readSource } from './read-source.js';

const folder = mkdtempSync(path.join(tmpdir(), 'ainotebook-convert-'));
let count = 0;

/** A file with these bytes. */
export function fileOf(bytes: string | Uint8Array): string {
  count += 1;
  const file = path.join(folder, String(count));
  writeFileSync(file, bytes);
  return file;
}

/** All of a source. */
export function readAll(
  bytes: string | Uint8Array,
  more: Partial<Source & PartLimits> = {},
): Promise<ReadPart> {
  const { name = 'source', page, ...limits } = more;
  const source = {
    file: fileOf(bytes),
    folder: path.join(folder, 'unpacked'),
    name,
    ...(page ? { page } : {}),
  };
  return readSource(source, { at: 0, items: 1_000, length: 10_000_000, ...limits });
}

export const readZip = (entries: readonly ZipEntry[]): Promise<ReadPart> =>
  readAll(makeZip(entries), { name: 'vault.zip' });

/** The note at a path, or of that title. */
export function noteOf(part: { items: readonly ReadItem[] }, path: string): ReadNote {
  const found = part.items.find(
    (item) => item.path === path || ('title' in item && item.title === path),
  );
  if (found?.kind !== 'note') throw new Error(`no note ${path}: ${JSON.stringify(part.items)}`);
  return found;
}

export const codesOf = (note: ReadNote): string[] => note.warnings.map(({ code }) => code);

const xml = (body: string) => `<?xml version="1.0" encoding="UTF-8"?>${body}`;
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';

/** A document of Word with one paragraph for each text. */
export function docxOf(...paragraphs: string[]): Buffer {
  const body = paragraphs.map((text) => `<w:p><w:r><w:t>${text}</w:t></w:r></w:p>`).join('');
  return makeZip([
    {
      name: '[Content_Types].xml',
      data: xml(
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
      ),
    },
    {
      name: '_rels/.rels',
      data: xml(
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
      ),
    },
    {
      name: 'word/document.xml',
      data: xml(`<w:document xmlns:w="${WORD}"><w:body>${body}</w:body></w:document>`),
    },
  ]);
}

/** A book of chapters. */
export function epubOf(title: string, chapters: readonly string[]): Buffer {
  const items = chapters.map((_, i) => `<item id="c${i}" href="text/chapter%20${i}.xhtml"/>`);
  const spine = chapters.map((_, i) => `<itemref idref="c${i}"/>`);
  return makeZip([
    { name: 'mimetype', data: 'application/epub+zip', method: 0 },
    {
      name: 'META-INF/container.xml',
      data: xml(
        '<container><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles></container>',
      ),
    },
    {
      name: 'OPS/book.opf',
      data: xml(
        `<package><metadata><dc:title>${title}</dc:title><dc:creator>作者</dc:creator></metadata><manifest>${items.join('')}</manifest><spine>${spine.join('')}</spine></package>`,
      ),
    },
    ...chapters.map((html, i) => ({
      name: `OPS/text/chapter ${i}.xhtml`,
      data: xml(`<html xmlns="http://www.w3.org/1999/xhtml"><body>${html}</body></html>`),
    })),
  ]);
}

/** A PDF with one page for each text, in Latin letters. */
export function pdfOf(...pages: string[]): string {
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[${pages.map((_, i) => `${4 + i * 2} 0 R`).join(' ')}]/Count ${pages.length}>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>',
    ...pages.flatMap((text, i) => {
      const stream = `BT /F1 12 Tf 20 700 Td (${text}) Tj ET`;
      return [
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents ${5 + i * 2} 0 R/Resources<</Font<</F1 3 0 R>>>>>>`,
        `<</Length ${stream.length}>>stream\n${stream}\nendstream`,
      ];
    }),
  ];
  let out = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = out.length;
    out += `${i + 1} 0 obj${object}endobj\n`;
    return at;
  });
  const rows = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  return `${out}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${out.length}\n%%EOF`;
}

/** The manifest of an archive of ours that names these things. */
export function manifestOf(sections: Record<string, readonly unknown[]>, head = {}): string {
  const whole = {
    format: 'ainotebook-archive',
    version: 1,
    exportedAt: '2026-03-03T08:00:00.000Z',
    scope: 'everything',
    mayDiffer: [],
    ...head,
  };
  const lines = Object.entries(sections).map(
    ([name, records]) =>
      `"${name}":[\n${records.map((record) => JSON.stringify(record)).join(',\n')}\n]`,
  );
  return `{\n${JSON.stringify(whole).slice(1, -1)},\n${lines.join(',\n')}\n}\n`;
}
