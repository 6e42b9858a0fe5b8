import { ItemError } from './source-error.js';
import { oneLine } from './text.js';

const MAX_ROWS = 5_000;
const MAX_COLUMNS = 100;

/** The fields of a CSV, quotes and line ends inside them respected. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  const endField = () => {
    row.push(field);
    field = '';
  };
  const endRow = () => {
    endField();
    rows.push(row);
    row = [];
  };
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i] ?? '';
    if (isQuoted) {
      if (char !== '"') field += char;
      else if (text[i + 1] === '"') {
        field += '"';
        i += 1;
      } else isQuoted = false;
    } else if (char === '"' && field === '') isQuoted = true;
    else if (char === ',') endField();
    else if (char === '\n') endRow();
    else if (char !== '\r') field += char;
  }
  if (field !== '' || row.length > 0) endRow();
  return rows;
}

const cell = (text: string) => oneLine(text).replace(/[|\\]/g, '\\$&');

/** A CSV as a table. @throws ItemError empty, too_large */
export function readTable(text: string): string {
  const rows = parseCsv(text.replace(/^\ufeff/, '')).filter((row) =>
    row.some((field) => field !== ''),
  );
  const [head, ...rest] = rows;
  if (!head) throw new ItemError('empty');
  if (rows.length > MAX_ROWS || head.length > MAX_COLUMNS) throw new ItemError('too_large');
  const line = (row: readonly string[]) =>
    `| ${head.map((_, i) => cell(row[i] ?? '')).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rest.map(line)].join('\n');
}
