import { z } from 'zod';
import { cursor, id, line, text } from './common.js';
import { LIMITS } from './limits.js';

export const searchInput = z.strictObject({
  /** Words, `"phrases"`, `-not`, `tag:`, `notebook:`, `is:published`, `before:2026-01-31`, `after:`. */
  q: text(LIMITS.queryLength),
  limit: z.number().int().min(1).max(100).default(20),
  /** `nextCursor` of the page before, for the same `q`. */
  cursor: cursor.nullish(),
});
export type SearchInput = z.infer<typeof searchInput>;

/** `[start, end)` in UTF-16 units of the text beside it. */
const range = z.tuple([z.number().int(), z.number().int()]);

export const searchHitSchema = z.object({
  articleId: id,
  notebookId: id.nullable(),
  title: z.string(),
  titleRanges: z.array(range),
  /** What the passage says, without Markdown's marks. */
  snippet: z.string(),
  snippetRanges: z.array(range),
  /** Where the snippet starts in the article's Markdown. */
  offset: z.number().int(),
  headingPath: z.array(z.string()),
  status: z.enum(['draft', 'published', 'archived']),
  updatedAt: z.date(),
  /** What matched: the text, or the title by its pinyin. */
  matchedBy: z.enum(['text', 'pinyin']),
  score: z.number(),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

export const searchResult = z.object({
  items: z.array(searchHitSchema),
  /** Where the next page starts; null on the last one. */
  nextCursor: z.string().nullable(),
  /** Matches found before the cap; ranking looked at no more than `candidateCap`. */
  candidateCount: z.number().int(),
  candidateCap: z.number().int(),
  /** True when every word had to match was relaxed to any word. */
  isRelaxed: z.boolean(),
  /** The query that was answered instead, where words looked mistyped and nothing held them. */
  correction: z.string().nullable(),
  /** True when the query was cut to its limits. */
  isTruncated: z.boolean(),
});
export type SearchResult = z.infer<typeof searchResult>;

/** Titles that hold `q`, also by pinyin or initials; without `q` the newest. */
export const searchTitlesInput = z.strictObject({
  q: line(LIMITS.titleLength).default(''),
  limit: z.number().int().min(1).max(LIMITS.titleSuggestions).default(10),
});
export type SearchTitlesInput = z.infer<typeof searchTitlesInput>;

export const titleSuggestionSchema = z.object({
  articleId: id,
  notebookId: id.nullable(),
  title: z.string(),
  /** Empty where pinyin matched. */
  titleRanges: z.array(range),
  updatedAt: z.date(),
});
export type TitleSuggestion = z.infer<typeof titleSuggestionSchema>;

/** Something the caller looked for and did not find. */
export const searchMissSchema = z.object({
  query: z.string(),
  count: z.number().int(),
  lastAt: z.date(),
});
export type SearchMiss = z.infer<typeof searchMissSchema>;
/** One query, or without `query` all of them. */
export const forgetMissesInput = z
  .strictObject({ query: text(LIMITS.queryLength).optional() })
  .default({});
export type ForgetMissesInput = z.infer<typeof forgetMissesInput>;
