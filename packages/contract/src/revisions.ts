import { z } from 'zod';
import { id, line, pageInput } from './common.js';
import { LIMITS } from './limits.js';

/** `save` an ordinary save · `conflict` a losing text · `restore` made by restoring · `publish` what went live. */
export const revisionKindSchema = z.enum(['save', 'conflict', 'restore', 'publish']);

export const revisionSummarySchema = z.object({
  id,
  articleId: id,
  /** The article's revision it is; for `conflict`, the base it was written on. */
  number: z.number().int(),
  kind: revisionKindSchema,
  /** Named revisions are never thinned out. */
  name: z.string().nullable(),
  title: z.string(),
  wordCount: z.number().int(),
  createdAt: z.date(),
});
export type RevisionSummary = z.infer<typeof revisionSummarySchema>;

export const revisionSchema = revisionSummarySchema.extend({ content: z.string() });
export type Revision = z.infer<typeof revisionSchema>;

export const listRevisionsInput = z.strictObject({ articleId: id, ...pageInput });
export type ListRevisionsInput = z.infer<typeof listRevisionsInput>;

/** Compares two revisions of one article; `toId` null compares with the present text. */
export const diffRevisionsInput = z.strictObject({
  fromId: id,
  /** Null: the present text. */
  toId: id.nullable().default(null),
});
export type DiffRevisionsInput = z.infer<typeof diffRevisionsInput>;
export const revisionDiffSchema = z.object({
  /** Word-level changes of the text in order; joined, they give both texts. */
  content: z.array(z.object({ kind: z.enum(['same', 'added', 'removed']), text: z.string() })),
  title: z.object({ from: z.string(), to: z.string() }),
});
export type RevisionDiff = z.infer<typeof revisionDiffSchema>;

export const nameRevisionInput = z.strictObject({
  id,
  data: z.strictObject({ name: line(LIMITS.revisionNameLength).nullable() }),
});
export type NameRevisionInput = z.infer<typeof nameRevisionInput>;
