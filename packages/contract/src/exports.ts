import { z } from 'zod';
import { id } from './common.js';

/** `account`: everything, and what the server keeps of the person. */
export const exportKindSchema = z.enum(['everything', 'notebook', 'account']);
export type ExportKind = z.infer<typeof exportKindSchema>;

export const createExportInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['everything', 'account']) }),
  z.strictObject({ kind: z.literal('notebook'), notebookId: id }),
]);
export type CreateExportInput = z.infer<typeof createExportInput>;

/** An archive of notes: a zip of Markdown. */
export const exportSchema = z.object({
  id,
  kind: exportKindSchema,
  /** Of the file, with its ending. */
  name: z.string(),
  status: z.enum(['waiting', 'running', 'ready', 'failed']),
  /** Notes and files done, and all of them; `total` is null while that is unknown. */
  progress: z.object({ done: z.number(), total: z.number().nullable() }).nullable(),
  /** Bytes; null until it is ready. */
  size: z.number().int().nullable(),
  /** Where its owner can load it, without the server's origin; null until it is ready. */
  url: z.string().nullable(),
  createdAt: z.date(),
  /** When it goes. */
  expiresAt: z.date(),
});
export type Export = z.infer<typeof exportSchema>;

/** The newest first. */
export const exportListSchema = z.object({ items: z.array(exportSchema) });
