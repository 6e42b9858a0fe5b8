import type { ImportSession } from '@ainotebook/contract';
import type { App } from '../../app-context.js';
import { type ErrorCode, errorInfo } from '../../lib/errors.js';
import { sendFile, UploadRefused } from '../editor/uploads/upload-file.js';
import type { Source } from './given-files.js';
import { IN_PARTS_BYTES, sendInParts } from './upload-in-parts.js';
import { waitingFiles } from './upload-panel.js';

/** What came of sources: the imports they made, and why others made none. */
export interface Sent {
  made: { id: string }[];
  failed: { name: string; code: ErrorCode }[];
}

interface SendOptions {
  /** Which one is on its way, and how much of it has gone, from 0 to 1. */
  onProgress: (at: { index: number; share: number }) => void;
  signal: AbortSignal;
}

/**
 * Makes an import of each source, one after the other. One that is large and alone is only announced: its page sends it,
 * and lets it be paused. @throws an AbortError
 */
export async function sendSources(
  app: App,
  sources: readonly Source[],
  { onProgress, signal }: SendOptions,
): Promise<Sent> {
  const sent: Sent = { made: [], failed: [] };
  let last: ErrorCode | null = null;
  for (const [index, source] of sources.entries()) {
    const { name } = source;
    // The others would be sent in vain.
    if (last === 'limit_reached') {
      sent.failed.push({ name, code: last });
      continue;
    }
    const isOnly = sources.length === 1;
    try {
      const report = (share: number) => onProgress({ index, share });
      sent.made.push(await send(app, { source, isOnly }, { onProgress: report, signal }));
    } catch (error) {
      if (signal.aborted) throw error;
      last = error instanceof UploadRefused ? error.code : errorInfo(error).code;
      sent.failed.push({ name, code: last });
    }
  }
  return sent;
}

async function send(
  app: App,
  { source, isOnly }: { source: Source; isOnly: boolean },
  { onProgress, signal }: { onProgress: (share: number) => void; signal: AbortSignal },
): Promise<{ id: string }> {
  const { session, api } = app;
  const { name } = source;
  onProgress(0);
  const file = await fileOf(source, signal);
  if (file.size <= IN_PARTS_BYTES) {
    const whole = { path: '/api/imports', file };
    return sendFile<ImportSession>(session, whole, { onProgress, signal });
  }
  const made = await api.imports.receive.mutate({ name, size: file.size }, { signal });
  if (isOnly) waitingFiles.set(made.id, file);
  else {
    const toShare = (bytes: number) => onProgress(bytes / file.size);
    const options = { onProgress: toShare, onWaiting: () => undefined, signal };
    await sendInParts(app, { id: made.id, file }, options);
  }
  return made;
}

async function fileOf({ name, files }: Source, signal: AbortSignal): Promise<File> {
  const [first] = files;
  if (files.length === 1 && first && first.file.name === name) return first.file;
  const { packFiles } = await import('./pack-files.js');
  return packFiles(name, files, signal);
}
