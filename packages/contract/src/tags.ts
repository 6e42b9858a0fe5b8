import { z } from 'zod';
import { id, line } from './common.js';
import { LIMITS } from './limits.js';

/** A tag's name: no `#`, no comma, compared without case. */
export const tagNameSchema = line(LIMITS.tagNameLength)
  .refine((v) => v.length > 0, 'is required')
  .refine((v) => !/[#,，]/.test(v), 'may not hold # or a comma');

export const tagSchema = z.object({ id, name: z.string(), articleCount: z.number().int() });
export type Tag = z.infer<typeof tagSchema>;

/** Tags that stand beside a tag, with the number of live articles that have both. */
export const relatedTagsInput = z.strictObject({
  id,
  /** 1 to 50, 10 when absent. */
  limit: z.number().int().min(1).max(50).default(10),
});
export type RelatedTagsInput = z.infer<typeof relatedTagsInput>;

/** Renames a tag; onto another tag's name, the two become one. */
export const updateTagInput = z.strictObject({ id, data: z.strictObject({ name: tagNameSchema }) });
export type UpdateTagInput = z.infer<typeof updateTagInput>;
