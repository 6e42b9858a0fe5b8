// Accounts and archives for bench/archive.mjs.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createDb, schema } from '@ainotebook/db';
import { excerptOf } from '@ainotebook/text/plain';
import { countWords } from '@ainotebook/text/search';
import { createArchiveWriter } from '../packages/convert/dist/write/index.js';
import { note, random } from './data.mjs';

const NOTEBOOKS = 20;
const ROWS_PER_INSERT = 500;
const FILE_BYTES = 4_900_000;

/** Gives an account notes in notebooks, past the server. */
export async function fillAccount(url, userId, count) {
  const { db, close } = createDb(url, { max: 2, statementTimeoutMs: 600_000 });
  const next = random(count);
  const notebooks = Array.from({ length: NOTEBOOKS }, (_, i) => ({
    ...{
      id: randomUUID(),
      userId,
      name: `第 ${i} 册`,
      position: `a${String.fromCharCode(65 + i)}`,
    },
  }));
  await db.insert(schema.notebooks).values(notebooks);
  for (let done = 0; done < count; done += ROWS_PER_INSERT) {
    const rows = Array.from({ length: Math.min(ROWS_PER_INSERT, count - done) }, (_, i) => {
      const { title, content } = note(next);
      return {
        ...{ id: randomUUID(), userId, title, content, notebookId: notebooks[i % NOTEBOOKS].id },
        contentHash: createHash('sha256').update(`${title}\n${content}`).digest('hex'),
        excerpt: excerptOf(content, 160),
        wordCount: countWords(content),
      };
    });
    await db.insert(schema.articles).values(rows);
  }
  await close();
}

/** Writes an archive whose notes show attachments of `bytes` in all. @returns how many notes */
export async function writeLargeArchive(file, bytes) {
  const files = Array.from({ length: Math.ceil(bytes / FILE_BYTES) }, (_, i) => {
    const content = bytesOf(i);
    const sha256 = createHash('sha256').update(content).digest('hex');
    return {
      id: randomUUID(),
      name: `${i}.pdf`,
      sha256,
      i,
      mediaType: 'application/pdf',
      size: FILE_BYTES,
    };
  }).sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  const writer = await createArchiveWriter({
    output: createWriteStream(file),
    tempFolder: path.dirname(file),
    scope: 'everything',
    exportedAt: new Date(),
    notebooks: [],
    files,
  });
  const date = new Date('2026-01-01T00:00:00Z');
  for (const [i, { id }] of files.entries()) {
    await writer.addNote({
      ...{ id: randomUUID(), notebookId: null, title: `第 ${i} 篇`, tags: [], isPinned: false },
      ...{ isArchived: false, publication: null, createdAt: date, updatedAt: date },
      content: `[附件](/api/files/${id})\n`,
    });
  }
  for (const each of files) await writer.addFile(each, async () => Readable.from(chunksOf(each.i)));
  await writer.finish();
  await writer.close();
  return { notes: files.length };
}

/** The same bytes for the same number; they cannot be packed. */
function bytesOf(i) {
  return Buffer.concat([...chunksOf(i)]);
}

const noise = randomBytes(FILE_BYTES);

function* chunksOf(i) {
  const start = Buffer.from(`%PDF-1.7\n${i}\n`);
  yield start;
  for (let at = 0; at < FILE_BYTES - start.length; at += 65_536)
    yield noise.subarray(at, Math.min(at + 65_536, FILE_BYTES - start.length));
}
