import { frontMatterEnd } from '../markdown/front-matter.js';
import { cutText } from '../search/tokenize.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&nbsp;': ' ',
};

// Every repetition below is bounded or ends at a character that cannot begin it again, so that no
// source makes the time grow faster than its length.
const CODE_SPAN = /(?<!`)`+([^`]+)`+/g;
const IMAGE_OR_LINK = /!?\[([^[\]]{0,500})\]\((?:[^()]|\([^()]{0,200}\)){0,2000}\)/g;
const IMAGE = /!\[[^[\]]{0,500}\]\((?:[^()]|\([^()]{0,200}\)){0,2000}\)/g;
const REFERENCE_LINK = /!?\[([^[\]]{1,500})\]\[[^[\]]{0,200}\]/g;
const FOOTNOTE_REFERENCE = /\[\^[^[\]\s]{1,100}\]/g;
const WIKI_LINK = /\[\[(?:[^[\]|]{1,300}\|)?([^[\]|]{1,300})\]\]/g;
const AUTOLINK = /<((?:https?|mailto):[^<>\s]{1,2000})>/gi;
const TAG = /<\/?[a-z][^<>]{0,500}>/gi;
const EMPHASIS = /(?<!\\)(?:(?<=\S)\*+|\*+(?=\S)|~~|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}]))/gu;
const ESCAPE = /\\([!-/:-@[-`{-~])/g;

function inlineText(text: string): string {
  return text
    .replace(IMAGE_OR_LINK, '$1')
    .replace(IMAGE_OR_LINK, '$1')
    .replace(REFERENCE_LINK, '$1')
    .replace(WIKI_LINK, '$1')
    .replace(FOOTNOTE_REFERENCE, '')
    .replace(AUTOLINK, '$1')
    .replace(TAG, '')
    .replace(EMPHASIS, '')
    .replace(ESCAPE, '$1')
    .replace(/&(?:amp|lt|gt|quot|nbsp|#39);/g, (entity) => ENTITIES[entity] ?? entity);
}

function inlineWithCode(line: string): string {
  let result = '';
  let end = 0;
  for (const match of line.matchAll(CODE_SPAN)) {
    result += inlineText(line.slice(end, match.index)) + (match[1] ?? '').trim();
    end = match.index + match[0].length;
  }
  return result + inlineText(line.slice(end));
}

const BOX = /^\[[ xX]\][ \t]+/;
/** The kind of a callout is drawn, not read. */
const CALLOUT = /^[ \t]*\[!(?:note|tip|important|warning|caution)\][ \t]*/i;
const CONTAINER = /^[ \t]*(?:>|[-+*][ \t]+|\d{1,9}[.)][ \t]+)/;
const FENCE = /^[ \t]{0,12}(`{3,}|~{3,})/;
const HEADING = /^ {0,3}#{1,6}(?=\s|$)/;
const RULE = /^[ \t]*(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|=+|-+)$/;
const TABLE_RULE = /^[ \t]*(?:\|[ \t]*)?:?-[-:| \t]*$/;
const LINK_DEFINITION = /^ {0,3}\[[^[\]^][^[\]]{0,200}\]:\s/;
const FOOTNOTE_DEFINITION = /^ {0,3}\[\^[^[\]\s]{1,100}\]:/;

function withoutContainers(line: string): string {
  let rest = line;
  for (let depth = 0; depth < 8; depth += 1) {
    const match = CONTAINER.exec(rest);
    if (!match) break;
    rest = rest.slice(match[0].length);
  }
  return rest === line ? line : rest.replace(BOX, '').replace(CALLOUT, '');
}

function textOfLine(line: string, isPreview: boolean): string {
  if (line === '') return '';
  if (RULE.test(line) || (line.includes('|') && TABLE_RULE.test(line))) return '';
  if (LINK_DEFINITION.test(line)) return '';
  const content = withoutContainers(line)
    .replace(FOOTNOTE_DEFINITION, '')
    // A hard line break, not an escaped backslash.
    .replace(/(?<!\\)\\$/, '');
  const heading = HEADING.exec(content);
  if (heading) {
    if (isPreview) return '';
    const title = content.slice(heading[0].length).trim();
    return inlineWithCode(title.replace(/(?<!#)#+$/, ''));
  }
  const isTableRow = /^[ \t]*\|/.test(content);
  if (isTableRow && isPreview) return '';
  return inlineWithCode(isTableRow ? content.replaceAll('|', ' ') : content);
}

function withoutComments(markdown: string): string {
  let result = '';
  let at = 0;
  for (let open = markdown.indexOf('<!--'); open >= 0; open = markdown.indexOf('<!--', at)) {
    const close = markdown.indexOf('-->', open + 4);
    if (close < 0) break;
    result += markdown.slice(at, open);
    at = close + 3;
  }
  return result + markdown.slice(at);
}

/** A preview leaves out headings, tables, code and images: what stands around the prose. */
function extract(markdown: string, isPreview: boolean): string {
  const result: string[] = [];
  let fence: string | null = null;
  for (const line of withoutComments(markdown.slice(frontMatterEnd(markdown))).split(
    /\r\n|\r|\n/,
  )) {
    const mark = FENCE.exec(line)?.[1];
    if (fence === null && mark) {
      fence = mark;
    } else if (fence !== null && mark?.startsWith(fence) && line.trim() === mark) {
      fence = null;
    } else if (fence === null) {
      result.push(textOfLine(isPreview ? line.replace(IMAGE, '') : line, isPreview).trim());
    } else if (!isPreview) {
      result.push(line);
    }
  }
  return result
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

/** The words of a Markdown source without its marks, for reading aloud, mail or a preview. */
export function plainText(markdown: string): string {
  return extract(markdown, false);
}

/**
 * The first words of a Markdown source on one line, at most `length` UTF-16 units (160) and the
 * sign "…" where it is cut. Headings, tables and code are passed over unless there is nothing else. Reads
 * only the beginning of the source.
 */
export function excerptOf(markdown: string, length = 160): string {
  const beginning = cutText(markdown, Math.max(1, length) * 20 + 2_000);
  const prose = extract(beginning, true);
  const line = (prose || plainText(beginning)).replace(/\s+/gu, ' ').trim();
  if (line.length <= length) return line;
  const cut = cutText(line, length);
  // A Latin word is not left half; a Chinese sentence may end anywhere.
  const whole = /[a-z\d]$/i.test(cut) && /^[a-z\d]/i.test(line.slice(cut.length));
  const space = whole ? cut.lastIndexOf(' ') : -1;
  return `${(space > Math.max(0, length - 30) ? cut.slice(0, space) : cut).trimEnd()}…`;
}
