import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { ImportFailure } from '@ainotebook/contract';
import { SourceError } from '@ainotebook/convert/places';
import { schema } from '@ainotebook/db';
import { EgressError, type EgressErrorKind } from '@ainotebook/egress';
import { receiveAnyStream, UploadError } from '@ainotebook/files';
import type { JobRun } from '@ainotebook/jobs';
import { eq } from 'drizzle-orm';
import type { JobServices } from '../jobs.js';
import { keepSource } from './create-import.js';
import { lockSession, type SessionRow } from './import-rows.js';

const { importSessions, importSources } = schema;

/** Bytes of a page or document. */
const MAX_BYTES = 20 * 1024 ** 2;
const TIMEOUT_MS = 25_000;

/** What can be read of the web. */
const TYPES = [
  'text/html',
  'application/xhtml+xml',
  'text/plain',
  'text/markdown',
  'text/x-markdown',
  'application/pdf',
  'application/epub+zip',
  'application/zip',
  'application/octet-stream',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
];

const FAILURES: Record<EgressErrorKind, ImportFailure> = {
  refused: 'address_refused',
  unreachable: 'address_unreachable',
  timeout: 'address_timeout',
  too_large: 'too_large',
  wrong_type: 'unsupported',
  too_many_redirects: 'address_unreachable',
};

/**
 * Fetches the source of a session whose source is an address, and keeps it.
 * @throws SourceError
 */
export async function fetchSource(
  services: Pick<JobServices, 'blobs' | 'config' | 'egress'>,
  run: JobRun,
  session: SessionRow,
): Promise<void> {
  // Our own pages would be fetched by us from us, round and round.
  if (new URL(session.sourceName).host === new URL(services.config.appUrl).host)
    throw new SourceError('address_refused');
  try {
    const answer = await services.egress.fetch(session.sourceName, {
      maxBytes: MAX_BYTES,
      types: TYPES,
      timeoutMs: TIMEOUT_MS,
      signal: run.signal,
      headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.5' },
    });
    if (answer.status !== 200) {
      await answer.body.cancel();
      throw new SourceError('address_unreachable');
    }
    const isPage = ['text/html', 'application/xhtml+xml'].includes(answer.mediaType);
    const charset = /charset\s*=\s*"?([\w-]{2,30})/i.exec(answer.headers.get('content-type') ?? '');
    const received = await receiveAnyStream(
      // A web stream of Node is one of bytes; its type in the DOM is another.
      Readable.fromWeb(answer.body as import('node:stream/web').ReadableStream),
      { tempFolder: services.blobs.tempFolder, name: answer.url },
    );
    try {
      await keepSource({ db: run.db, blobs: services.blobs }, received);
    } finally {
      await rm(received.path, { force: true });
    }
    await run.db.transaction(async (tx) => {
      if (!(await lockSession(tx, session.id, 'receiving'))) return;
      const { sha256, size } = received;
      await tx
        .insert(importSources)
        .values({
          sessionId: session.id,
          sha256,
          size,
          pageUrl: isPage ? answer.url : null,
          charset: charset?.[1] ?? null,
        })
        .onConflictDoNothing();
      await tx
        .update(importSessions)
        .set({ status: 'reading' })
        .where(eq(importSessions.id, session.id));
    });
  } catch (error) {
    throw toSourceError(error);
  }
}

function toSourceError(error: unknown): unknown {
  if (error instanceof EgressError) return new SourceError(FAILURES[error.kind], { cause: error });
  if (error instanceof UploadError && error.failure === 'empty') return new SourceError('no_notes');
  return error;
}
