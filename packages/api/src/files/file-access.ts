import { createHmac } from 'node:crypto';
import { type Db, schema } from '@ainotebook/db';
import { blobKey, variantKey } from '@ainotebook/files';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { z } from 'zod';
import { equalSecrets } from '../auth/secrets.js';
import type { Services } from '../context.js';
import { mayReadAll, readReader, toAccess } from '../publications/access.js';
import { fileIdsIn } from './file-uses.js';

const { articles, files, publicationFiles, publications, users } = schema;

/** A file that may be sent to whoever asked. */
export interface OpenedFile {
  name: string;
  mediaType: string;
  /** Bytes. */
  size: number;
  sha256: string;
  /** Name in the store. */
  key: string;
  /** `public` files may be kept by caches between here and the reader. */
  audience: 'owner' | 'guest' | 'public';
}

/** Absent and not for the asker look the same; `gone` was public once. */
export type FileAccess =
  | { kind: 'open'; file: OpenedFile }
  | { kind: 'gone' }
  | { kind: 'missing' };

const LINK_MS = 3_600_000;
/** Ends of links are whole hours, so that a page read twice names the same addresses. */
const lastsUntil = (now: number) => Math.ceil((now + LINK_MS) / LINK_MS) * LINK_MS;

function sign(secret: string, id: string, expires: string): string {
  return createHmac('sha256', secret).update(`file ${id} ${expires}`).digest('base64url');
}

/**
 * Adds to the addresses of the author's own files in rendered HTML what lets the reader of the page
 * load them for the next hours.
 */
export async function signFileAddresses(
  { db, config }: Pick<Services, 'db' | 'config'>,
  authorId: string,
  html: string,
  now = Date.now(),
): Promise<string> {
  const named = fileIdsIn(html);
  if (named.length === 0) return html;
  const rows = await db
    .select({ id: files.id })
    .from(files)
    .where(and(eq(files.userId, authorId), inArray(files.id, named)));
  const own = new Set(rows.map(({ id }) => id));
  const expires = String(lastsUntil(now));
  const addresses = /\/api\/files\/([\da-f-]{36})(\/\d+\.\w+)?/gi;
  return html.replace(/ (?:src|srcset|href)="[^"]*"/g, (attribute) =>
    attribute.replace(addresses, (whole, found) => {
      const id = String(found).toLowerCase();
      if (!own.has(id)) return whole;
      const signature = sign(config.tokenSecret, id, expires);
      return `${whole}?expires=${expires}&#x26;signature=${signature}`;
    }),
  );
}

/** A picture in another width or format. */
export interface VariantName {
  /** Pixels. */
  width: number;
  format: 'webp' | 'avif';
}

interface FileRequest {
  id: string;
  viewerId: string | null;
  link: FileLink | null;
  /** Null: the file itself. */
  variant: VariantName | null;
}

/** What an address may carry instead of a session. */
export interface FileLink {
  expires: string;
  signature: string;
}

function isSigned(secret: string, id: string, link: FileLink | null): boolean {
  if (!link || !/^\d{13}$/.test(link.expires) || Number(link.expires) < Date.now()) return false;
  return equalSecrets(sign(secret, id, link.expires), link.signature);
}

/** Whether a live article shows the file: in the part for everybody, or in that for members. */
const isShown = (isMembersOnly: boolean) => sql<boolean>`exists (
  select 1 from publication_files pf
  join publications p on p.article_id = pf.article_id
    and p.withdrawn_at is null and p.blocked_at is null
  join articles a on a.id = p.article_id and a.deleted_at is null
  where pf.file_id = "files"."id" and pf.is_members_only = ${isMembersOnly})`;

/**
 * What a file's address opens: its owner may load it, whoever was given a signed address, and the
 * readers of a published article that shows it; in the part that is not for everybody, its members.
 */
export async function accessFile(
  { db, config }: Pick<Services, 'db' | 'config'>,
  { id, viewerId, link, variant }: FileRequest,
): Promise<FileAccess> {
  if (!z.uuid().safeParse(id).success) return { kind: 'missing' };
  const [row] = await db
    .select({
      id: files.id,
      name: files.name,
      mediaType: files.mediaType,
      size: files.size,
      sha256: files.sha256,
      userId: files.userId,
      variantSize: sql<number | null>`(
        select v.size from blob_variants v where v.sha256 = ${files.sha256}
          and v.width = ${variant?.width ?? 0} and v.format = ${variant?.format ?? ''})`,
      isLive: isShown(false),
      isLiveForMembers: isShown(true),
      wasLive: sql<boolean>`exists (
        select 1 from publication_files pf
        where pf.file_id = "files"."id" and not pf.is_members_only)`,
    })
    .from(files)
    .innerJoin(users, and(eq(users.id, files.userId), eq(users.status, 'active')))
    .where(eq(files.id, id));
  if (!row) return { kind: 'missing' };
  const { name, mediaType, sha256 } = row;
  const size = variant ? row.variantSize : row.size;
  const open = (audience: OpenedFile['audience']): FileAccess => {
    if (size === null) return { kind: 'missing' };
    const shown = variant
      ? {
          key: variantKey(sha256, variant.width, variant.format),
          mediaType: `image/${variant.format}`,
        }
      : { key: blobKey(sha256), mediaType };
    return { kind: 'open', file: { name, size, sha256, audience, ...shown } };
  };
  if (viewerId === row.userId) return open('owner');
  if (row.isLive) return open('public');
  if (row.isLiveForMembers && (await isOpenTo(db, row, viewerId))) return open('guest');
  if (isSigned(config.tokenSecret, row.id, link)) return open('guest');
  return { kind: row.wasLive ? 'gone' : 'missing' };
}

/** Articles that show a file, of which a member may read one. */
const MOST_ARTICLES = 100;

async function isOpenTo(
  db: Db,
  file: { id: string; userId: string },
  viewerId: string | null,
): Promise<boolean> {
  const rows = await db
    .selectDistinct({ access: publications.access, accessPlanId: publications.accessPlanId })
    .from(publicationFiles)
    .innerJoin(publications, eq(publications.articleId, publicationFiles.articleId))
    .innerJoin(articles, eq(articles.id, publications.articleId))
    .where(
      and(
        eq(publicationFiles.fileId, file.id),
        isNull(publications.withdrawnAt),
        isNull(publications.blockedAt),
        isNull(articles.deletedAt),
      ),
    )
    .limit(MOST_ARTICLES);
  const reader = await readReader(db, viewerId);
  return rows.some((row) => mayReadAll({ access: toAccess(row), authorId: file.userId }, reader));
}
