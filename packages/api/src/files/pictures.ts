import { type Db, schema, type Tx } from '@ainotebook/db';
import type { Pictures } from '@ainotebook/text/html';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import { webpWidths } from './file-rows.js';
import { FILE_PATH, fileIdsIn } from './file-uses.js';

const { blobs, files } = schema;

/** Size and smaller widths of the pictures that a text names and its author has, by their address. */
export async function readPictures(
  db: Db | Tx,
  { authorId, content }: { authorId: string; content: string },
): Promise<Pictures> {
  const named = fileIdsIn(content);
  if (named.length === 0) return {};
  const rows = await db
    .select({
      id: files.id,
      width: blobs.width,
      height: blobs.height,
      widths: webpWidths,
      placeholder: blobs.placeholder,
      hasAvif: sql<boolean>`exists (
        select 1 from blob_variants v where v.sha256 = ${blobs.sha256} and v.format = 'avif')`,
    })
    .from(files)
    .innerJoin(blobs, eq(blobs.sha256, files.sha256))
    .where(and(eq(files.userId, authorId), inArray(files.id, named), isNotNull(blobs.width)));
  return Object.fromEntries(
    rows.map(({ id, width, height, ...variants }) => [
      `${FILE_PATH}${id}`,
      { width: width ?? 0, height: height ?? 0, ...variants },
    ]),
  );
}
