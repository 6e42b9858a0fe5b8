import { z } from 'zod';
import { dateInput, id, localeSchema, pageInput, text, webUrl } from './common.js';
import { LIMITS } from './limits.js';
import { aiLevelSchema } from './provenance.js';
import { publicProfileSchema } from './users.js';

/** Last part of a public address: letters and digits of any script, joined by hyphens. */
export const slugSchema = z
  .string()
  .trim()
  .toLowerCase()
  .min(1)
  .max(LIMITS.slugLength)
  .regex(
    /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)*$/u,
    'may hold letters, digits and single hyphens between them',
  );

export const visibilitySchema = z.enum(['public', 'unlisted']);

/** Who may read all of an article: everybody, holders of any plan, or holders of one. */
export const articleAccessSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('everyone') }),
  z.strictObject({ kind: z.literal('members') }),
  z.strictObject({ kind: z.literal('plan'), planId: id }),
]);
export type ArticleAccess = z.infer<typeof articleAccessSchema>;

export const publicationSchema = z.object({
  articleId: id,
  slug: z.string(),
  url: z.string(),
  title: z.string(),
  visibility: visibilitySchema,
  access: articleAccessSchema,
  /** The author's choice of how many paragraphs everybody may read; null: the first few. */
  previewBlocks: z.number().int().nullable(),
  excerpt: z.string(),
  /** The author's own excerpt; null: `excerpt` is taken from the text. */
  customExcerpt: z.string().nullable(),
  coverUrl: z.string().nullable(),
  /** Where the article was published first, when that is elsewhere. */
  canonicalUrl: z.string().nullable(),
  language: localeSchema,
  /** The author's choice; null: `language` is told from the text. */
  customLanguage: localeSchema.nullable(),
  /** Articles of the author that say the same in other languages. */
  translations: z.array(z.object({ articleId: id, language: localeSchema, title: z.string() })),
  /** How much of the text that is live an AI wrote, and whether readers are told. */
  aiLevel: aiLevelSchema,
  hasAiLabel: z.boolean(),
  /** An administrator has closed it to readers. */
  isBlocked: z.boolean(),
  /** The article's revision that is live; behind the article's own while it has newer changes. */
  revision: z.number().int(),
  hasUnpublishedChanges: z.boolean(),
  views: z.number().int(),
  publishedAt: z.date(),
  updatedAt: z.date(),
});
export type Publication = z.infer<typeof publicationSchema>;

/** What an author decides about an article that is live; what is absent stays as it was. */
export const publishSettings = z.strictObject({
  /** Made from the title the first time. */
  slug: slugSchema.optional(),
  /** Public the first time. */
  visibility: visibilitySchema.optional(),
  /** Everybody the first time. */
  access: articleAccessSchema.optional(),
  /** Paragraphs that everybody may read, never all of them; null: the first few. */
  previewBlocks: z.number().int().min(0).max(LIMITS.previewBlocks).nullish(),
  /** Null: taken from the text. */
  excerpt: text(LIMITS.excerptLength).nullish(),
  coverUrl: webUrl.nullish(),
  canonicalUrl: webUrl.nullish(),
  /** Null: told from the text. */
  language: localeSchema.nullish(),
  /** Another published article of the author that says the same in another language; null: none. */
  translationOf: id.nullish(),
  /** Whether readers are told where an AI wrote some of it; true the first time. */
  hasAiLabel: z.boolean().optional(),
});
export type PublishSettings = z.infer<typeof publishSettings>;

/** Publishes the present text, or brings what is live up to it. */
export const publishInput = z.strictObject({ articleId: id, ...publishSettings.shape });
export type PublishInput = z.infer<typeof publishInput>;

export const byArticleId = z.strictObject({ articleId: id });

/** Publishes later, by itself, the text of that moment; replaces an earlier schedule. */
export const scheduleInput = z.strictObject({
  articleId: id,
  publishAt: dateInput,
  ...publishSettings.shape,
});
export type ScheduleInput = z.infer<typeof scheduleInput>;

export const scheduleSchema = z.object({
  articleId: id,
  title: z.string(),
  publishAt: z.date(),
  settings: publishSettings,
});
export type Schedule = z.infer<typeof scheduleSchema>;

export const listPublicationsInput = z
  .strictObject({ ...pageInput })
  .default({ limit: LIMITS.pageSize });
export type ListPublicationsInput = z.infer<typeof listPublicationsInput>;

export const checkSlugInput = z.strictObject({ slug: slugSchema, articleId: id.optional() });
export type CheckSlugInput = z.infer<typeof checkSlugInput>;
export const checkSlugResult = z.object({ isAvailable: z.boolean() });

export const readPublicationInput = z.strictObject({ slug: z.string().max(LIMITS.slugLength) });

/** A published article as any reader gets it. */
export const publicArticleSchema = z.object({
  slug: z.string(),
  url: z.string(),
  title: z.string(),
  /** Where `isPreview`, the beginning of it. */
  content: z.string(),
  access: articleAccessSchema,
  /** The reader may read the beginning only. */
  isPreview: z.boolean(),
  excerpt: z.string(),
  coverUrl: z.string().nullable(),
  /** The article's own address on the web: `url` unless it was published elsewhere first. */
  canonicalUrl: z.string(),
  language: localeSchema,
  tags: z.array(z.string()),
  wordCount: z.number().int(),
  views: z.number().int(),
  /** How much of it an AI wrote, where the author lets readers know; else `none`. */
  ai: aiLevelSchema,
  author: publicProfileSchema,
  publishedAt: z.date(),
  updatedAt: z.date(),
});
export type PublicArticle = z.infer<typeof publicArticleSchema>;
