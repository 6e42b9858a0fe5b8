import { z } from 'zod';
import { id, pageInput, pageOf, webUrl } from './common.js';
import { LIMITS } from './limits.js';

/** Where the notes of a source come from, as far as it shows. */
export const IMPORT_PROGRAMS = [
  'ainotebook',
  'obsidian',
  'notion',
  'joplin',
  'yuque',
  'blog',
  'markdown',
  'html',
  'docx',
  'epub',
  'pdf',
  'bookmarks',
  'page',
] as const;
export const importProgramSchema = z.enum(IMPORT_PROGRAMS);
export type ImportProgram = z.infer<typeof importProgramSchema>;

/** Why a whole source cannot be read. */
export const IMPORT_FAILURES = [
  'unsupported',
  'damaged',
  'encrypted',
  'too_many_files',
  'too_large',
  'archive_bomb',
  'too_complex',
  'no_notes',
  'address_refused',
  'address_unreachable',
  'address_timeout',
  'source_missing',
  'internal',
] as const;
export const importFailureSchema = z.enum(IMPORT_FAILURES);
export type ImportFailure = z.infer<typeof importFailureSchema>;

/** Why one item of a source was not taken. */
export const IMPORT_REJECTIONS = [
  'unsupported',
  'damaged',
  'encrypted',
  'too_large',
  'too_complex',
  'archive_bomb',
  'unsafe_path',
  'link',
  'nested_archive',
  'empty',
  'no_text',
  'gone',
  'no_room',
  'notes_full',
  /** A picture or a document that no note of its source shows. */
  'unused',
] as const;
export const importRejectionSchema = z.enum(IMPORT_REJECTIONS);
export type ImportRejection = z.infer<typeof importRejectionSchema>;

/** What a person should know of an item that is taken; nothing of it was dropped. */
export const IMPORT_WARNINGS = [
  'attachment_missing',
  'attachment_not_taken',
  'attachment_too_large',
  'attachment_no_room',
  'attachment_damaged',
  'link_unresolved',
  'embed_became_link',
  'kept_as_source',
  'front_matter_kept',
  'front_matter_broken',
  'encoding_guessed',
  'characters_removed',
  'characters_repaired',
  'title_cut',
  'tags_left_out',
  'folder_too_deep',
  'folders_full',
  'scanned_pages',
  'pictures_stay_remote',
  'split',
] as const;
export const importWarningSchema = z.object({
  code: z.enum(IMPORT_WARNINGS),
  /** What it is about, a file name mostly; null where the item itself is. */
  detail: z.string().nullable(),
});
export type ImportWarning = z.infer<typeof importWarningSchema>;

/**
 * `receiving`, `reading`: the preview is being made. `ready`: it can be looked at and started. `undone`: what it made
 * is in the trash, but for what was changed since.
 */
export const importStatusSchema = z.enum([
  'receiving',
  'reading',
  'ready',
  'running',
  'paused',
  'done',
  'failed',
  'undoing',
  'undone',
]);
export type ImportStatus = z.infer<typeof importStatusSchema>;

/**
 * What became of an item. `duplicate`: a note made of the very same source is there. `undone`: in the trash again.
 * `kept`: the import was undone, and this note had been changed since.
 */
export const importResultSchema = z.enum([
  'pending',
  'accepted',
  'rejected',
  'duplicate',
  'undone',
  'kept',
]);
export type ImportResult = z.infer<typeof importResultSchema>;

/** A file that comes in parts, each of `chunkBytes` but for the last. */
export const importUploadSchema = z.object({
  /** Bytes of the file. */
  size: z.number().int(),
  /** Bytes that are here; the next part begins there. */
  received: z.number().int(),
  chunkBytes: z.number().int(),
});
export type ImportUpload = z.infer<typeof importUploadSchema>;

/** One source on its way into notes. */
export const importSessionSchema = z.object({
  id,
  status: importStatusSchema,
  /** Null until it is known. */
  program: importProgramSchema.nullable(),
  /** The name of the file, or the address. */
  sourceName: z.string(),
  /** Bytes; null until it is there. */
  sourceSize: z.number().int().nullable(),
  /** While a file is coming in parts; null of everything else. */
  upload: importUploadSchema.nullable(),
  failure: importFailureSchema.nullable(),
  /** Where its folders go; null: to the top. */
  notebookId: id.nullable(),
  /** Items read so far, and of the whole source; null while unknown. */
  readCount: z.number().int(),
  totalCount: z.number().int().nullable(),
  /** Items by what became of them. */
  counts: z.record(importResultSchema, z.number().int()),
  createdAt: z.date(),
  startedAt: z.date().nullable(),
  finishedAt: z.date().nullable(),
});
export type ImportSession = z.infer<typeof importSessionSchema>;

export const importItemSchema = z.object({
  id,
  /** Where it stands in the source. */
  path: z.string(),
  title: z.string(),
  /** Names of the notebooks it goes into, from the outside in. */
  notebooks: z.array(z.string()),
  result: importResultSchema,
  reason: importRejectionSchema.nullable(),
  warnings: z.array(importWarningSchema),
  /** The note made of it, in the trash or not. */
  articleId: id.nullable(),
});
export type ImportItem = z.infer<typeof importItemSchema>;

export const listImportsInput = z
  .strictObject({ ...pageInput })
  .default({ limit: LIMITS.pageSize });
export type ListImportsInput = z.infer<typeof listImportsInput>;
export const importPageSchema = pageOf(importSessionSchema);

export const listImportItemsInput = z.strictObject({
  id,
  /** Those alone of which this became. */
  result: importResultSchema.optional(),
  /** Those alone of which there is something to say. */
  hasWarnings: z.literal(true).optional(),
  ...pageInput,
});
export type ListImportItemsInput = z.infer<typeof listImportItemsInput>;
export const importItemPageSchema = pageOf(importItemSchema);

/** Reads a page or a document of the web. */
export const createImportInput = z.strictObject({ url: webUrl });
export type CreateImportInput = z.infer<typeof createImportInput>;

/** Announces a file that will come in parts. */
export const receiveImportInput = z.strictObject({
  name: z.string().min(1).max(1000),
  /** Bytes. */
  size: z.number().int().min(1),
});
export type ReceiveImportInput = z.infer<typeof receiveImportInput>;

export const startImportInput = z.strictObject({
  id,
  /** Where its folders go; null: to the top. */
  notebookId: id.nullable().default(null),
});
export type StartImportInput = z.infer<typeof startImportInput>;
