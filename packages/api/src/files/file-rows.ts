import type { StoredFile } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { sql } from 'drizzle-orm';
import { FILE_PATH } from './file-uses.js';

const { blobs, files } = schema;

export const fileColumns = {
  id: files.id,
  name: files.name,
  mediaType: files.mediaType,
  size: files.size,
  sha256: files.sha256,
  createdAt: files.createdAt,
};

/** Widths in which a picture is kept besides itself. */
export const webpWidths = sql<number[]>`array(
  select v.width from blob_variants v
  where v.sha256 = ${blobs.sha256} and v.format = 'webp' order by v.width)`;

/** The file as it goes over the wire. */
export function toStoredFile(row: Omit<StoredFile, 'url'>): StoredFile {
  return { ...row, url: `${FILE_PATH}${row.id}` };
}
