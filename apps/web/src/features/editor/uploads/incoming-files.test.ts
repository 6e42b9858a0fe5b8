import { expect, it } from 'vitest';
import { filesOf } from './incoming-files.js';

const PNG = new File(['x'], 'image.png', { type: 'image/png' });

/** As a browser hands it over; the one of the test DOM holds no files. */
const transfer = (texts: Record<string, string>, files: File[] = [PNG]): DataTransfer => {
  const types = [...Object.keys(texts), ...(files.length > 0 ? ['Files'] : [])];
  return { types, files, getData: (type: string) => texts[type] ?? '' } as unknown as DataTransfer;
};

it('takes files that come alone', () => {
  expect(filesOf(transfer({}))).toEqual([PNG]);
  expect(filesOf(null)).toEqual([]);
});

it('takes the picture that a browser has copied, which comes with the HTML that shows it', () => {
  const html = '<meta charset="utf-8"><img src="https://example.org/a.png" alt="Words"/>';
  expect(filesOf(transfer({ 'text/html': html }))).toEqual([PNG]);
});

it.each([
  ['cells of Excel', { 'text/html': '<table><tr><td>1</td></tr></table>', 'text/plain': '1' }],
  ['a text of Word with a picture', { 'text/html': '<p>Words <img src="file:///a.png"></p>' }],
  ['several pictures', { 'text/html': '<img src="a.png"><img src="b.png">' }],
  ['a plain text', { 'text/plain': 'words' }],
  ['a picture moved in the editor', { 'text/html': '<img data-pm-slice="0 0 []" src="a.png">' }],
])('leaves %s to the editor', (_name, texts) => {
  expect(filesOf(transfer(texts))).toEqual([]);
});
