import type { AiLevel } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { blobKey, variantKey } from '@ainotebook/files';
import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Services } from '../context.js';
import { FILE_PATH, fileIdsIn } from '../files/file-uses.js';
import { readLevel } from '../provenance/ai-level.js';

const { articles, blobs, files } = schema;

/** Bytes that are kept of a picture. */
export interface KeptPicture {
  mediaType: string;
  /** Name in the store. */
  key: string;
  /** Bytes. */
  size: number;
}

/** A note with the pictures of its owner that it shows. */
export interface NoteToExport {
  id: string;
  title: string;
  content: string;
  createdAt: Date;
  /** How much of it an AI wrote. */
  ai: AiLevel;
  pictures: {
    /** As it stands in the text. */
    address: string;
    /** Pixels, of the picture itself. */
    width: number;
    height: number;
    original: KeptPicture;
    /** The widest that is kept besides it; null for what moves. */
    webp: KeptPicture | null;
  }[];
}

/** One of a person's notes, for a document of it; null when it is none of hers. */
export async function readNoteToExport(
  { db }: Pick<Services, 'db'>,
  { id, userId }: { id: string; userId: string },
): Promise<NoteToExport | null> {
  const [row] = await db
    .select({
      id: articles.id,
      title: articles.title,
      content: articles.content,
      aiDeclared: articles.aiDeclared,
      createdAt: articles.createdAt,
    })
    .from(articles)
    .where(and(eq(articles.id, id), eq(articles.userId, userId)));
  if (!row) return null;
  const { title, content, createdAt } = row;
  const note = { id, title, content, createdAt, ai: await readLevel(db, row) };
  const named = fileIdsIn(note.content);
  if (named.length === 0) return { ...note, pictures: [] };
  const rows = await db
    .select({
      id: files.id,
      mediaType: files.mediaType,
      size: files.size,
      sha256: files.sha256,
      width: blobs.width,
      height: blobs.height,
      webp: sql<{ width: number; size: number } | null>`(
        select json_build_object('width', v.width, 'size', v.size) from blob_variants v
        where v.sha256 = ${blobs.sha256} and v.format = 'webp' order by v.width desc limit 1)`,
    })
    .from(files)
    .innerJoin(blobs, eq(blobs.sha256, files.sha256))
    .where(and(eq(files.userId, userId), inArray(files.id, named), isNotNull(blobs.width)))
    .orderBy(files.id);
  return {
    ...note,
    pictures: rows.map(({ id: fileId, mediaType, size, sha256, width, height, webp }) => ({
      address: `${FILE_PATH}${fileId}`,
      width: width ?? 1,
      height: height ?? 1,
      original: { mediaType, key: blobKey(sha256), size },
      webp: webp && {
        mediaType: 'image/webp',
        key: variantKey(sha256, webp.width, 'webp'),
        size: webp.size,
      },
    })),
  };
}
