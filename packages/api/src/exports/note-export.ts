import type { AiLevel } from '@ainotebook/contract';
import { schema } from '@ainotebook/db';
import { blobKey } from '@ainotebook/files';
import { and, eq, inArray, isNotNull } from 'drizzle-orm';
import type { Services } from '../context.js';
import { FILE_PATH, fileIdsIn } from '../files/file-uses.js';
import { readLevel } from '../provenance/ai-level.js';

const { articles, blobs, files } = schema;

/** A note with the pictures of its owner that it shows. */
export interface NoteToExport {
  title: string;
  content: string;
  createdAt: Date;
  /** How much of it an AI wrote. */
  ai: AiLevel;
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
  const note = { title, content, createdAt, ai: await readLevel(db, row) };
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
