import { schema } from '@ainotebook/db';
import { blobKey } from '@ainotebook/files';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Services } from '../context.js';
import { FILE_PATH, fileIdsIn } from '../files/file-uses.js';

const { articles, blobs, files } = schema;

/** A note with the pictures of its owner that it shows. */
export interface NoteToExport {
  title: string;
  content: string;
  createdAt: Date;
  pictures: {
    /** As it stands in the text. */
    address: string;
    mediaType: string;
    /** Name in the store. */
    key: string;
    /** Bytes. */
    size: number;
    /** Pixels. */
    width: number;
    height: number;
  }[];
}

/** One of a person's notes, for a document of it; null when it is none of hers. */
export async function readNoteToExport(
  { db }: Pick<Services, 'db'>,
  { id, userId }: { id: string; userId: string },
): Promise<NoteToExport | null> {
  const [note] = await db
    .select({ title: articles.title, content: articles.content, createdAt: articles.createdAt })
    .from(articles)
    .where(and(eq(articles.id, id), eq(articles.userId, userId)));
  if (!note) return null;
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
    })
    .from(files)
    .innerJoin(blobs, eq(blobs.sha256, files.sha256))
    .where(and(eq(files.userId, userId), inArray(files.id, named), isNotNull(blobs.width)))
    .orderBy(files.id);
  return {
    ...note,
    pictures: rows.map(({ id: fileId, sha256, width, height, ...row }) => ({
      ...row,
      address: `${FILE_PATH}${fileId}`,
      key: blobKey(sha256),
      width: width ?? 1,
      height: height ?? 1,
    })),
  };
}
