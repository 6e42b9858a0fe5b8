import type { Writable } from 'node:stream';
import { createArchiveWriter } from '@ainotebook/convert/write';
import { schema } from '@ainotebook/db';
import { blobKey } from '@ainotebook/files';
import { inArray } from 'drizzle-orm';
import type { Services } from '../context.js';
import { notFound } from '../errors.js';
import { fileIdsIn } from '../files/file-uses.js';
import { readAttachments, readNotes } from './export-plan.js';

/**
 * Writes one of a person's notes with the files that it names: an archive like that of a notebook, and imported like it.
 * @throws AppError not_found
 */
export async function writeNoteArchive(
  { db, blobs }: Pick<Services, 'db' | 'blobs'>,
  { id, userId, hasAiLabel }: { id: string; userId: string; hasAiLabel: boolean },
  output: Writable,
): Promise<void> {
  const [note] = await readNotes(db, userId, [id]);
  if (!note) throw notFound('Article');
  const named = fileIdsIn(note.content);
  const attached =
    named.length === 0 ? [] : await readAttachments(db, userId, inArray(schema.files.id, named));
  const writer = await createArchiveWriter({
    output,
    tempFolder: blobs.tempFolder,
    scope: 'notebook',
    exportedAt: new Date(),
    notebooks: [],
    files: attached,
  });
  try {
    await writer.addNote({ ...note, notebookId: null, ai: hasAiLabel ? note.ai : null });
    for (const file of attached) await writer.addFile(file, () => blobs.open(blobKey(file.sha256)));
    await writer.finish();
  } finally {
    await writer.close();
  }
}
