/** A filter as it stands in a query: `tag:茶` or `notebook:"my notes"`. */
export interface FilterToken {
  name: 'tag' | 'notebook' | 'is' | 'before' | 'after';
  value: string;
  /** As it was written. */
  text: string;
}

// The server reads filters the same way; what it would not take stays a word there and here.
const TOKEN =
  /(?<=^|\s)(tag|notebook|is|before|after)[:：](?:"([^"]*)"|“([^”]*)”|([^\s"“]+))(?=\s|$)/giu;

/** The filters of a query, in their order, and the words that are left. */
export function splitFilters(query: string): { tokens: FilterToken[]; words: string } {
  const tokens = [...query.matchAll(TOKEN)].map((match) => ({
    // One of the names of the pattern.
    name: (match[1] ?? '').toLowerCase() as FilterToken['name'],
    value: match[2] ?? match[3] ?? match[4] ?? '',
    text: match[0],
  }));
  return { tokens, words: query.replace(TOKEN, '').replace(/\s+/gu, ' ').trim() };
}

/** The query with a filter more; of dates and states only the last one holds. */
export function withFilter(query: string, name: FilterToken['name'], value: string): string {
  const { tokens, words } = splitFilters(query);
  const isOnce = name !== 'tag';
  const kept = tokens.filter((token) => !(isOnce && token.name === name));
  const text = `${name}:${/[\s"“]/u.test(value) ? `"${value.replaceAll('"', '')}"` : value}`;
  const texts = kept.map((token) => token.text).filter((known) => known !== text);
  return [words, ...texts, text].filter(Boolean).join(' ');
}

export function withoutFilter(query: string, text: string): string {
  const { tokens, words } = splitFilters(query);
  const texts = tokens.map((token) => token.text).filter((known) => known !== text);
  return [words, ...texts].filter(Boolean).join(' ');
}
