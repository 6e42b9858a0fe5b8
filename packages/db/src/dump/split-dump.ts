/** A plain dump of pg_dump, in the order in which it must be carried out. */
export type DumpPart =
  | { kind: 'sql'; text: string }
  /** The rows must be read before the next part is asked for. */
  | { kind: 'copy'; statement: string; rows: AsyncIterable<Buffer> };

/** The dump does not end where pg_dump ends one, or is no dump at all. */
export class IncompleteDumpError extends Error {
  override name = 'IncompleteDumpError';
}

const NEWLINE = 0x0a;
/** The line that ends the rows of a table: in a row a backslash is written as two. */
const END_OF_ROWS = Buffer.from('\\.\n');
const END_OF_ROWS_AFTER_ONE = Buffer.from('\n\\.\n');
const COPY = /^COPY .+ FROM stdin;$/;
/** Commands to psql, which newer releases of pg_dump put around all the rest. */
const FOR_PSQL = /^\\(un)?restrict /;
const LAST_LINE = '-- PostgreSQL database dump complete';

/**
 * Reads what `pg_dump --format=plain` writes, so that a restore needs no psql and is one transaction of ours.
 * @throws IncompleteDumpError
 */
export async function* splitDump(source: AsyncIterable<Buffer>): AsyncGenerator<DumpPart> {
  const input = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  let isComplete = false;

  /** @returns false at the end */
  async function more(): Promise<boolean> {
    const { done, value } = await input.next();
    if (done) return false;
    rest = rest.length === 0 ? value : Buffer.concat([rest, value]);
    return true;
  }

  async function line(): Promise<string | null> {
    let end = rest.indexOf(NEWLINE);
    while (end < 0) {
      if (!(await more())) break;
      end = rest.indexOf(NEWLINE);
    }
    if (end < 0 && rest.length === 0) return null;
    const text = rest.subarray(0, end < 0 ? rest.length : end).toString('utf8');
    rest = rest.subarray(end < 0 ? rest.length : end + 1);
    return text;
  }

  async function* rows(): AsyncGenerator<Buffer> {
    while (rest.length < END_OF_ROWS.length) if (!(await more())) throw cut();
    if (rest.subarray(0, END_OF_ROWS.length).equals(END_OF_ROWS)) {
      rest = rest.subarray(END_OF_ROWS.length);
      return;
    }
    for (;;) {
      const end = rest.indexOf(END_OF_ROWS_AFTER_ONE);
      if (end >= 0) {
        const last = rest.subarray(0, end + 1);
        rest = rest.subarray(end + END_OF_ROWS_AFTER_ONE.length);
        yield last;
        return;
      }
      // The end may have come in part.
      const safe = Math.max(0, rest.length - END_OF_ROWS_AFTER_ONE.length + 1);
      if (safe > 0) {
        const part = rest.subarray(0, safe);
        rest = rest.subarray(safe);
        yield part;
      }
      if (!(await more())) throw cut();
    }
  }

  let text: string[] = [];
  for (let next = await line(); next !== null; next = await line()) {
    if (FOR_PSQL.test(next)) continue;
    if (next === LAST_LINE) isComplete = true;
    if (!COPY.test(next)) {
      text.push(next);
      continue;
    }
    if (text.length > 0) yield { kind: 'sql', text: text.join('\n') };
    text = [];
    yield { kind: 'copy', statement: next, rows: rows() };
  }
  if (!isComplete) throw cut();
  yield { kind: 'sql', text: text.join('\n') };
}

const cut = () => new IncompleteDumpError('The dump ends before its end.');
