import { z } from 'zod';
import { id, line, markdown, pageInput } from './common.js';
import { LIMITS } from './limits.js';
import { tagNameSchema } from './tags.js';

export const articleStatusSchema = z.enum(['draft', 'published', 'archived']);
export type ArticleStatus = z.infer<typeof articleStatusSchema>;

export const titleSchema = line(LIMITS.titleLength);
const tagNames = z.array(tagNameSchema).max(LIMITS.tagsPerArticle);

/** An article without its text, as lists show it. */
export const articleSummarySchema = z.object({
  id,
  notebookId: id.nullable(),
  title: z.string(),
  excerpt: z.string(),
  status: articleStatusSchema,
  tags: z.array(z.string()),
  /** Han characters plus words. */
  wordCount: z.number().int(),
  /** Task list items (`- [ ]`) that are not ticked. */
  openTasks: z.number().int(),
  /** Counts up by one with each saved change. */
  revision: z.number().int(),
  isPinned: z.boolean(),
  views: z.number().int(),
  createdAt: z.date(),
  updatedAt: z.date(),
  deletedAt: z.date().nullable(),
  /** The name its notebook had that was deleted while it was in the trash. */
  formerNotebook: z.string().nullable(),
});
export type ArticleSummary = z.infer<typeof articleSummarySchema>;

export const articleSchema = articleSummarySchema.extend({
  content: z.string(),
  /** SHA-256 of title, newline, content; hex. */
  contentHash: z.string(),
  /** The newest revision search knows; behind `revision` while indexing is under way. */
  indexedRevision: z.number().int(),
});
export type Article = z.infer<typeof articleSchema>;

export const listArticlesInput = z
  .strictObject({
    ...pageInput,
    /** Null: articles outside every notebook. Absent: all. */
    notebookId: id.nullish(),
    tag: tagNameSchema.optional(),
    status: articleStatusSchema.optional(),
    /** True: archived ones alone; false: all others; absent: both. */
    isArchived: z.boolean().optional(),
    /** True: pinned ones alone; false: all others; absent: both. */
    isPinned: z.boolean().optional(),
    /** True: those with tasks that are not ticked. */
    hasOpenTasks: z.literal(true).optional(),
    isTrashed: z.boolean().default(false),
    /** The latest first, titles from A; `updatedAt` when absent. */
    sort: z.enum(['updatedAt', 'createdAt', 'title']).default('updatedAt'),
  })
  .default({ limit: LIMITS.pageSize, isTrashed: false, sort: 'updatedAt' });
export type ListArticlesInput = z.infer<typeof listArticlesInput>;

export const createArticleInput = z.strictObject({
  /** A UUID made by the client; creating it twice creates it once. */
  id: id.optional(),
  title: titleSchema.default(''),
  content: markdown.default(''),
  notebookId: id.nullable().default(null),
  tags: tagNames.default([]),
});
export type CreateArticleInput = z.infer<typeof createArticleInput>;

/** Saves text written on top of `baseRevision`. */
export const saveArticleInput = z.strictObject({
  id,
  data: z.strictObject({ title: titleSchema, content: markdown }),
  /** The `revision` of the article that was edited. */
  baseRevision: z.number().int().min(0).max(LIMITS.revisionMax),
});
export type SaveArticleInput = z.infer<typeof saveArticleInput>;

/** Text to stand below the present one, after an empty line. */
export const appendArticleInput = z.strictObject({
  id,
  content: markdown.refine((value) => value.trim() !== '', 'is empty'),
});
export type AppendArticleInput = z.infer<typeof appendArticleInput>;

/** A stale base is an answer, not an error: both texts are kept. */
export const saveResultSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('saved'),
    revision: z.number().int(),
    contentHash: z.string(),
    savedAt: z.date(),
  }),
  z.object({
    status: z.literal('conflict'),
    /** What the server holds now. */
    current: z.object({
      title: z.string(),
      content: z.string(),
      revision: z.number().int(),
      contentHash: z.string(),
      savedAt: z.date(),
    }),
    /** The revision that keeps the text just sent. */
    kept: z.object({ revisionId: id }),
  }),
]);
export type SaveResult = z.infer<typeof saveResultSchema>;

/** Everything about an article but its text. */
export const updateArticleInput = z.strictObject({
  id,
  data: z
    .strictObject({
      notebookId: id.nullable(),
      tags: tagNames,
      isPinned: z.boolean(),
      isArchived: z.boolean(),
    })
    .partial(),
});
export type UpdateArticleInput = z.infer<typeof updateArticleInput>;

export const createManyArticlesInput = z.strictObject({
  items: z.array(createArticleInput).min(1).max(LIMITS.bulkItems),
});
export type CreateManyArticlesInput = z.infer<typeof createManyArticlesInput>;
/** Articles whose id exists already are skipped. */
export const createManyResult = z.object({
  created: z.number().int(),
  skipped: z.number().int(),
  ids: z.array(id),
});

const ids = z.array(id).min(1).max(LIMITS.bulkItems);
/** One action on many articles, in one transaction; `purge` deletes for good what is in the trash. */
export const updateManyArticlesInput = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('move'), ids, notebookId: id.nullable() }),
  z.strictObject({ action: z.literal('addTags'), ids, tags: tagNames.min(1) }),
  z.strictObject({ action: z.literal('removeTags'), ids, tags: tagNames.min(1) }),
  z.strictObject({ action: z.literal('publish'), ids }),
  z.strictObject({ action: z.literal('unpublish'), ids }),
  z.strictObject({ action: z.literal('archive'), ids, isArchived: z.boolean() }),
  z.strictObject({ action: z.literal('trash'), ids }),
  z.strictObject({ action: z.literal('restore'), ids }),
  z.strictObject({ action: z.literal('purge'), ids }),
]);
export type UpdateManyArticlesInput = z.infer<typeof updateManyArticlesInput>;
/** What became of each of the caller's articles, once each, in the order of the ids; of no others. */
export const updateManyResult = z.object({
  /** How many were `done`. */
  count: z.number().int(),
  items: z.array(
    z.object({
      id,
      /** `skipped`: the action does not apply where the article is, in the trash or outside. */
      outcome: z.enum(['done', 'skipped']),
    }),
  ),
});
export type UpdateManyResult = z.infer<typeof updateManyResult>;

/** How many articles a person has, the trash with them, and may have; null: any number. */
export const articleUsageSchema = z.object({
  count: z.number().int(),
  quota: z.number().int().nullable(),
});
export type ArticleUsage = z.infer<typeof articleUsageSchema>;
