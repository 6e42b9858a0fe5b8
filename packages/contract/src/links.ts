import { z } from 'zod';
import { id, pageInput } from './common.js';

/** A wiki link of an article: `targetId` is null while no article has that title. */
export const articleLinkSchema = z.object({
  /** As it stands in the text. */
  target: z.string(),
  targetId: id.nullable(),
  /** The target's title now; null without a target. */
  title: z.string().nullable(),
});
export type ArticleLink = z.infer<typeof articleLinkSchema>;

export const listBacklinksInput = z.strictObject({ articleId: id, ...pageInput });
export type ListBacklinksInput = z.infer<typeof listBacklinksInput>;

/** An article that links here, with the words around its first link. */
export const backlinkSchema = z.object({
  articleId: id,
  title: z.string(),
  context: z.string(),
  /** `[start, end)` of the link in `context`, in UTF-16 units. */
  range: z.tuple([z.number().int(), z.number().int()]),
  updatedAt: z.date(),
});
export type Backlink = z.infer<typeof backlinkSchema>;
