import { z } from 'zod';
import { id, line } from './common.js';
import { LIMITS } from './limits.js';

export const notebookNameSchema = line(LIMITS.notebookNameLength).refine(
  (v) => v.length > 0,
  'is required',
);

export const notebookSchema = z.object({
  id,
  parentId: id.nullable(),
  name: z.string(),
  /** Fractional index: siblings are ordered by its bytes. */
  position: z.string(),
  /** Articles directly inside, without trashed ones. */
  articleCount: z.number().int(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
export type Notebook = z.infer<typeof notebookSchema>;

export const createNotebookInput = z.strictObject({
  /** A UUID made by the client; creating it twice creates it once. */
  id: id.optional(),
  name: notebookNameSchema,
  parentId: id.nullable().default(null),
});
export type CreateNotebookInput = z.infer<typeof createNotebookInput>;

export const updateNotebookInput = z.strictObject({
  id,
  data: z.strictObject({ name: notebookNameSchema }),
});
export type UpdateNotebookInput = z.infer<typeof updateNotebookInput>;

/** Moves a notebook under `parentId`, before the sibling `beforeId` (null: last). */
export const moveNotebookInput = z.strictObject({
  id,
  parentId: id.nullable(),
  /** The sibling to stand before; null: last. */
  beforeId: id.nullable().default(null),
});
export type MoveNotebookInput = z.infer<typeof moveNotebookInput>;

/** `keep` moves articles and notebooks inside one level up; `trash` trashes every article inside. */
export const deleteNotebookInput = z.strictObject({ id, articles: z.enum(['keep', 'trash']) });
export type DeleteNotebookInput = z.infer<typeof deleteNotebookInput>;
