import { z } from 'zod';
import { id, pageInput } from './common.js';
import { LIMITS } from './limits.js';
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

export const publicationSchema = z.object({
  articleId: id,
  slug: z.string(),
  url: z.string(),
  title: z.string(),
  visibility: visibilitySchema,
  /** The article's revision that is live; behind the article's own while it has newer changes. */
  revision: z.number().int(),
  hasUnpublishedChanges: z.boolean(),
  views: z.number().int(),
  publishedAt: z.date(),
  updatedAt: z.date(),
});
export type Publication = z.infer<typeof publicationSchema>;

/** Publishes the present text, or brings what is live up to it. */
export const publishInput = z.strictObject({
  articleId: id,
  /** Made from the title when absent. */
  slug: slugSchema.optional(),
  /** As it was when absent; public the first time. */
  visibility: visibilitySchema.optional(),
});
export type PublishInput = z.infer<typeof publishInput>;

export const byArticleId = z.strictObject({ articleId: id });
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
  content: z.string(),
  excerpt: z.string(),
  tags: z.array(z.string()),
  wordCount: z.number().int(),
  views: z.number().int(),
  author: publicProfileSchema,
  publishedAt: z.date(),
  updatedAt: z.date(),
});
export type PublicArticle = z.infer<typeof publicArticleSchema>;
