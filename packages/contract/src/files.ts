import { z } from 'zod';
import { id, pageInput, pageOf } from './common.js';
import { LIMITS } from './limits.js';

/** An uploaded file. The same bytes uploaded again are the same file. */
export const fileSchema = z.object({
  id,
  /** As it was uploaded, without what no name should hold, and with the ending of its type. */
  name: z.string(),
  mediaType: z.string(),
  /** Bytes. */
  size: z.number().int(),
  /** Of the bytes, hex. */
  sha256: z.string(),
  /** For Markdown: `![alt](url)`. Without the server's origin. */
  url: z.string(),
  createdAt: z.date(),
});
export type StoredFile = z.infer<typeof fileSchema>;

/** A picture upright, in pixels, and the widths in which it is kept besides, at `<url>/<width>.webp`. */
export const pictureSchema = z.object({
  width: z.number().int(),
  height: z.number().int(),
  /** Ascending; none for what moves. */
  widths: z.array(z.number().int()),
  /** A few pixels of it as a `data:` address, to be shown until it is there. */
  placeholder: z.string().nullable(),
});
export type PictureSizes = z.infer<typeof pictureSchema>;

/** A file of a list, with the number of articles outside the trash, and live ones, whose text names it. */
export const listedFileSchema = fileSchema.extend({
  articleCount: z.number().int(),
  isPublished: z.boolean(),
  /** Null for what is no picture. */
  picture: pictureSchema.nullable(),
});
export type ListedFile = z.infer<typeof listedFileSchema>;

export const listFilesInput = z
  .strictObject({
    /** Only files that no article names. */
    unused: z.boolean().default(false),
    ...pageInput,
  })
  .default({ limit: LIMITS.pageSize, unused: false });
export type ListFilesInput = z.infer<typeof listFilesInput>;
export const filePageSchema = pageOf(listedFileSchema);

/** What a person's files take, and what they may; bytes. */
export const fileUsageSchema = z.object({
  usedBytes: z.number().int(),
  quotaBytes: z.number().int(),
  fileCount: z.number().int(),
  /** Largest single upload. */
  maxFileBytes: z.number().int(),
});
export type FileUsage = z.infer<typeof fileUsageSchema>;
