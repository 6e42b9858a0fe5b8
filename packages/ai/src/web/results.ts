/** A page that was found. Texts are plain: no HTML, no entities. */
export interface WebResult {
  title: string;
  /** http or https. */
  url: string;
  /** What the engine shows of the page; may be empty. */
  snippet: string;
  /** As the engine writes it; null where it does not say. */
  publishedAt: string | null;
}

/** What an engine answers with, unchecked. */
export interface RawResult {
  title: unknown;
  url: unknown;
  snippet: unknown;
  publishedAt?: unknown;
}

const MAX_TITLE = 300;
const MAX_SNIPPET = 4_000;
const MAX_URL = 2_000;
const TRACKING = /^(utm_\w+|fbclid|gclid|msclkid|spm|from|ref|share_token)$/;
const ENTITIES: Record<string, string> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  hellip: '…',
  middot: '·',
};

/** What a database can keep of a text that somebody else wrote: no NUL, and no half of a pair of surrogates. */
export const storable = (text: string): string => text.replaceAll('\0', '').toWellFormed();

/** HTML of a search engine as plain text. */
export function plainText(html: unknown, maxLength: number): string {
  if (typeof html !== 'string') return '';
  const text = html
    .slice(0, maxLength * 4)
    .replace(/<\/?[a-z][^<>]{0,500}>/gi, '')
    .replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,8}));/gi, (all, decimal, hex, name) => {
      if (name !== undefined) return ENTITIES[String(name).toLowerCase()] ?? all;
      const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal);
      return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
    })
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, maxLength);
  return storable(text);
}

/** The same page under another address has the same key. */
function keyOf(url: URL): string {
  const parameters = [...url.searchParams].filter(([name]) => !TRACKING.test(name)).sort();
  const query = new URLSearchParams(parameters).toString();
  return `${url.host.replace(/^(www|m)\./, '')}${url.pathname.replace(/\/+$/, '')}?${query}`;
}

/** Results that can be opened, each page once, at most `max`. */
export function tidyResults(raw: readonly RawResult[], max: number): WebResult[] {
  const seen = new Set<string>();
  const results: WebResult[] = [];
  for (const { title, url: address, snippet, publishedAt } of raw) {
    if (results.length >= max) break;
    if (typeof address !== 'string' || address.length > MAX_URL || !URL.canParse(address)) continue;
    const url = new URL(address);
    if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password) continue;
    url.hash = '';
    const key = keyOf(url);
    if (seen.has(key)) continue;
    seen.add(key);
    results.push({
      title: plainText(title, MAX_TITLE) || url.host,
      url: url.href,
      snippet: plainText(snippet, MAX_SNIPPET),
      publishedAt: typeof publishedAt === 'string' ? publishedAt.slice(0, 40) : null,
    });
  }
  return results;
}
