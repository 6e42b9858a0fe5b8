import {
  aiDeclarationSchema,
  id,
  notebookNameSchema,
  tagNameSchema,
  titleSchema,
} from '@ainotebook/contract';
import { z } from 'zod';

export const MANIFEST_PATH = 'manifest.json';
export const ARCHIVE_FORMAT = 'ainotebook-archive';
export const ARCHIVE_VERSION = 1;
/** Folders with the notes and their attachments. */
export const NOTES = 'notes/';
export const ATTACHMENTS = 'attachments/';

const instant = z.iso.datetime();
const sha256 = z.string().regex(/^[\da-f]{64}$/);
/** Inside the archive and nowhere else. */
const path = z
  .string()
  .max(1000)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.{1,2}(?:\/|$))[^\\]+$/u);
/** What an entry holds: its bytes are counted and hashed when they are read. */
const entry = { path, size: z.number().int().nonnegative(), sha256 };

/** What the archive is, and the fields that differ between two exports of the same notes. */
export const archiveHeadSchema = z.object({
  format: z.literal(ARCHIVE_FORMAT),
  version: z.literal(ARCHIVE_VERSION),
  exportedAt: instant,
  scope: z.enum(['everything', 'notebook']),
  mayDiffer: z.array(z.string()),
});
export type ArchiveHead = z.infer<typeof archiveHeadSchema>;

/** Parents stand before their children, siblings in their order. */
export const archiveNotebookSchema = z.object({
  id,
  parentId: id.nullable(),
  name: notebookNameSchema,
  path,
});
export type ArchivedNotebook = z.infer<typeof archiveNotebookSchema>;

/** One note; its text is the entry at `path`. */
export const archiveArticleSchema = z.object({
  id,
  notebookId: id.nullable(),
  title: titleSchema,
  tags: z.array(tagNameSchema),
  isPinned: z.boolean(),
  isArchived: z.boolean(),
  /** How much of it an AI wrote; null: none, as far as is known. */
  ai: aiDeclarationSchema.nullable().default(null),
  createdAt: instant,
  updatedAt: instant,
  /** Where it was published when the archive was made; for people, an import publishes nothing. */
  publication: z
    .object({
      slug: z.string(),
      visibility: z.enum(['public', 'unlisted']),
      publishedAt: instant,
    })
    .nullable(),
  /** Addresses in the text that are attachments, with the SHA-256 of these. */
  links: z.record(z.string(), sha256),
  ...entry,
});
export type ArchivedArticle = z.infer<typeof archiveArticleSchema>;

/** A file of the notes' author. */
export const archiveAttachmentSchema = z.object({
  name: z.string(),
  mediaType: z.string(),
  /** True when the server had lost its bytes: there is no entry then. */
  isMissing: z.boolean(),
  ...entry,
});
export type ArchivedAttachment = z.infer<typeof archiveAttachmentSchema>;

/** Other data of an account, as JSON. */
export const archiveDocumentSchema = z.object(entry);
export type ArchivedDocument = z.infer<typeof archiveDocumentSchema>;

export const SECTIONS = {
  notebooks: archiveNotebookSchema,
  articles: archiveArticleSchema,
  attachments: archiveAttachmentSchema,
  documents: archiveDocumentSchema,
} as const;
export type Section = keyof typeof SECTIONS;
/** What a line of a section names. */
export type RecordOf<S extends Section> = z.infer<(typeof SECTIONS)[S]>;
/** A line of the manifest that names one thing. */
export type ManifestRecord = { [S in Section]: { section: S; record: RecordOf<S> } }[Section];
export const SECTION_ORDER: readonly Section[] = [
  'notebooks',
  'articles',
  'attachments',
  'documents',
];
