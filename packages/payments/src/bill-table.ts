import { PaymentError } from './payment-error.js';

/** Names of the columns of a bill, as the channel writes them. */
export interface BillColumns {
  /** One by which the line of the heads is known. */
  first: string;
  /** May hold commas of its own, since nothing in a bill is quoted. */
  subject: string;
}

/** Lines of a bill below its heads, until the sums; values without what keeps spreadsheets from rounding. */
export function readBillTable(
  text: string,
  { first, subject }: BillColumns,
): ((column: string) => string)[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const start = lines.findIndex((line) => line.startsWith(first));
  if (start < 0) throw new PaymentError('refused', 'The bill has no heads that are understood');
  const heads = (lines[start] ?? '').split(',').map(plain);
  const rows: ((column: string) => string)[] = [];
  for (const line of lines.slice(start + 1)) {
    if (line.trim() === '' || line.startsWith('#') || line.startsWith('总')) break;
    const cells = line.split(',');
    const more = cells.length - heads.length;
    if (more > 0) {
      const at = heads.indexOf(subject);
      cells.splice(at, more + 1, cells.slice(at, at + more + 1).join(','));
    }
    rows.push((column) => {
      const value = cells[heads.indexOf(column)];
      if (value === undefined) throw new PaymentError('refused', 'A column of the bill is missing');
      return plain(value);
    });
  }
  return rows;
}

const plain = (value: string) => value.replace(/^\s*`|\s+$/g, '').trim();
