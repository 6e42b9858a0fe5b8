import { z } from 'zod';
import { id, text } from './common.js';
import { LIMITS } from './limits.js';

export const searchInput = z.strictObject({
  /** Words, `"phrases"`, `-not`, `tag:`, `notebook:`, `is:published`, `before:2026-01-31`, `after:`. */
  q: text(LIMITS.queryLength),
  limit: z.number().int().min(1).max(50).default(20),
});
export type SearchInput = z.infer<typeof searchInput>;

/** `[start, end)` in UTF-16 units of the text beside it. */
const range = z.tuple([z.number().int(), z.number().int()]);

export const searchHitSchema = z.object({
  articleId: id,
  notebookId: id.nullable(),
  title: z.string(),
  titleRanges: z.array(range),
  snippet: z.string(),
  snippetRanges: z.array(range),
  /** Where the snippet starts in the article's Markdown. */
  offset: z.number().int(),
  headingPath: z.array(z.string()),
  status: z.enum(['draft', 'published', 'archived']),
  updatedAt: z.date(),
  score: z.number(),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

export const searchResult = z.object({
  items: z.array(searchHitSchema),
  /** Matches found before the cap; ranking looked at no more than `candidateCap`. */
  candidateCount: z.number().int(),
  candidateCap: z.number().int(),
  /** True when every word had to match was relaxed to any word. */
  isRelaxed: z.boolean(),
  /** True when the query was cut to its limits. */
  isTruncated: z.boolean(),
});
export type SearchResult = z.infer<typeof searchResult>;
