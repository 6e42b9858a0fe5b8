import type { FileUsage, ListedFile, ListFilesInput, StoredFile } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { and, desc, eq, sql } from 'drizzle-orm';
import type { AuthedContext } from '../context.js';
import { notFound } from '../errors.js';
import { afterCursor, selectInstantKey, toPage } from '../pagination.js';
import { fileColumns, toStoredFile, webpWidths } from './file-rows.js';
import { readQuota, readUsage } from './store-upload.js';

const { blobs, files } = schema;

type Caller = Pick<AuthedContext, 'db' | 'auth'>;

const listedColumns = {
  ...fileColumns,
  articleCount: sql<number>`(
    select count(*)::int from article_files af
    join articles a on a.id = af.article_id and a.deleted_at is null
    where af.file_id = "files"."id")`,
  isPublished: sql<boolean>`exists (
    select 1 from publication_files pf
    join publications p on p.article_id = pf.article_id
      and p.withdrawn_at is null and p.blocked_at is null
    join articles a on a.id = p.article_id and a.deleted_at is null
    where pf.file_id = "files"."id")`,
  width: blobs.width,
  height: blobs.height,
  widths: webpWidths,
  placeholder: blobs.placeholder,
};

type ListedRow = Omit<StoredFile, 'url'> &
  Pick<ListedFile, 'articleCount' | 'isPublished'> & {
    width: number | null;
    height: number | null;
    widths: number[];
    placeholder: string | null;
  };

function toListedFile(row: ListedRow): ListedFile {
  const { articleCount, isPublished, width, height, widths, placeholder, ...file } = row;
  const picture = width !== null && height !== null ? { width, height, widths, placeholder } : null;
  return { ...toStoredFile(file), articleCount, isPublished, picture };
}

/** Named by nothing that can still be read: what is in the trash counts, since it can come back. */
const isUnused = sql`not exists (select 1 from article_files af where af.file_id = "files"."id")
  and not exists (select 1 from publication_files pf where pf.file_id = "files"."id")`;

/** The caller's files, newest first. @throws AppError bad_input */
export async function listFiles(
  ctx: Caller,
  { limit, cursor, unused }: ListFilesInput,
): Promise<{ items: ListedFile[]; nextCursor: string | null }> {
  const position = { instant: files.createdAt, id: files.id };
  const rows = await ctx.db
    .select({ ...listedColumns, position: selectInstantKey(files.createdAt) })
    .from(files)
    .innerJoin(blobs, eq(blobs.sha256, files.sha256))
    .where(
      and(
        eq(files.userId, ctx.auth.userId),
        unused ? isUnused : undefined,
        afterCursor('desc', position, cursor),
      ),
    )
    .orderBy(desc(files.createdAt), desc(files.id))
    .limit(limit + 1);
  return toPage(rows, limit, {
    keyOf: (row) => [row.position, row.id],
    itemOf: ({ position: _, ...row }) => toListedFile(row),
  });
}

/** One of the caller's files. @throws AppError not_found */
export async function getFile(ctx: Caller, { id }: { id: string }): Promise<ListedFile> {
  const [row] = await ctx.db
    .select(listedColumns)
    .from(files)
    .innerJoin(blobs, eq(blobs.sha256, files.sha256))
    .where(and(eq(files.id, id), eq(files.userId, ctx.auth.userId)));
  if (!row) throw notFound('File');
  return toListedFile(row);
}

/** Removes a file for good; texts that name it show a gap. @throws AppError not_found */
export async function removeFile(ctx: Caller, { id }: { id: string }): Promise<void> {
  const { rowCount } = await ctx.db
    .delete(files)
    .where(and(eq(files.id, id), eq(files.userId, ctx.auth.userId)));
  if (!rowCount) throw notFound('File');
}

/** What the caller's files take, and what they may. */
export async function getFileUsage(
  ctx: Caller & Pick<AuthedContext, 'config'>,
): Promise<FileUsage> {
  const { maxFileBytes } = ctx.config;
  const quotaBytes = await readQuota(ctx, ctx.auth);
  return { ...(await readUsage(ctx.db, ctx.auth.userId)), quotaBytes, maxFileBytes };
}
