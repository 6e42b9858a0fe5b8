/** A citation in the text of an answer: the passage it names, and `[start, end)` of the mark. */
export interface CitationMark {
  number: number;
  start: number;
  end: number;
}

/** An answer whose citations were checked against the passages it was given. */
export interface ParsedAnswer {
  /** The answer with each citation written as `[n]`, and without those that name no passage. */
  text: string;
  marks: CitationMark[];
  /** The passages named, each once, in the order of their first mark. */
  numbers: number[];
  /** Numbers that were taken out because no passage has them. */
  removed: number;
}

const NUMBER = String.raw`[1-9]\d{0,2}`;
const LIST = String.raw`${NUMBER}(?:\s?[,，、;；\-–—]\s?${NUMBER})*`;
/** `[1]`, `[1, 2]`, `[1-3]`, `[^1]`, `【1】`, `【1†source】`, `［1］`; no link, no `[[note]]`, no index `[0]`. */
const MARK = new RegExp(
  String.raw`(?<![\\[])(?:\[\^?(${LIST})\](?![(\]])|[【［](${LIST})(?:†[^\s】］]{0,80})?[】］](?!\]))`,
  'gu',
);
/** Fenced and inline code, of which nothing is a citation. */
const CODE = /^ {0,3}(?<fence>```|~~~)[\s\S]*?(?:^ {0,3}\k<fence>|(?![\s\S]))|(?<!`)`+[^`\n]+`+/gmu;
/** Taking a mark out can make another of what stood around it; prose never needs a second round. */
const MAX_ROUNDS = 8;

/**
 * Reads the citations of an answer and takes out the numbers that name no passage given to the
 * model. In the text that is left every mark outside code is `[n]` of a given passage; reading it
 * again changes nothing.
 */
export function parseCitations(
  answer: string,
  passages: readonly { number: number }[],
): ParsedAnswer {
  const known = new Set(passages.map(({ number }) => number));
  let text = answer;
  let removed = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const cleaned = cleanMarks(text, known);
    removed += cleaned.removed;
    if (cleaned.text === text) return { text, ...readMarks(text), removed };
    text = cleaned.text;
  }
  return { text: text.replace(/[[\]【】［］]/gu, ''), marks: [], numbers: [], removed };
}

function readMarks(text: string): Pick<ParsedAnswer, 'marks' | 'numbers'> {
  const marks = marksOf(text).map(({ index, 0: mark }) => ({
    number: Number(mark.slice(1, -1)),
    start: index,
    end: index + mark.length,
  }));
  return { marks, numbers: [...new Set(marks.map(({ number }) => number))] };
}

function marksOf(text: string): RegExpExecArray[] {
  const code = [...text.matchAll(CODE)].map((match) => [match.index, match[0].length] as const);
  let next = 0;
  return [...text.matchAll(MARK)].filter(({ index }) => {
    for (let at = code[next]; at && at[0] + at[1] <= index; at = code[next]) next += 1;
    const at = code[next];
    return !at || index < at[0];
  });
}

function cleanMarks(text: string, known: ReadonlySet<number>): { text: string; removed: number } {
  let cleaned = '';
  let removed = 0;
  let from = 0;
  for (const match of marksOf(text)) {
    const wanted = numbersOf(match[1] ?? match[2] ?? '');
    const kept = wanted.filter((number) => known.has(number));
    removed += wanted.length - kept.length;
    const before = text.slice(from, match.index);
    // The space before a citation goes with it.
    cleaned += kept.length > 0 ? before : before.replace(/ $/, '');
    cleaned += kept.map((number) => `[${number}]`).join('');
    from = match.index + match[0].length;
    if (kept.length > 0 && isReadAsLink(text, match)) cleaned += ' ';
  }
  return { text: cleaned + text.slice(from), removed };
}

/** Markdown would take what follows for the target of the mark, which then leads elsewhere. */
function isReadAsLink(text: string, match: RegExpExecArray): boolean {
  const next = text.charAt(match.index + match[0].length);
  if (next === '(') return true;
  const line = text.slice(text.lastIndexOf('\n', match.index - 1) + 1, match.index);
  return next === ':' && /^ {0,3}$/.test(line);
}

/** `1, 3-5` as 1, 3, 4, 5. A range that goes down is its two ends. */
function numbersOf(list: string): number[] {
  return list.split(/\s?[,，、;；]\s?/u).flatMap((part) => {
    const ends = part.split(/\s?[-–—]\s?/u).map(Number);
    const [first = 0, last = first] = ends;
    if (ends.length !== 2 || last <= first) return ends;
    return Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}
