import type { ImportWarning } from '@ainotebook/contract';
import { type Archive, ItemError } from '@ainotebook/convert/places';
import { isPicture, type ReceivedFile, receiveStream, UploadError } from '@ainotebook/files';
import type { JobRun } from '@ainotebook/jobs';
import { AppError } from '../errors.js';
import { storeUpload } from '../files/store-upload.js';
import type { JobServices } from '../jobs.js';

/** A file of a source that is one of the person's now, or why it is not. */
export type Attachment =
  | { kind: 'file'; url: string; isPicture: boolean }
  | { kind: 'none'; warning: ImportWarning };

const UPLOADS: Partial<Record<string, ImportWarning['code']>> = {
  empty: 'attachment_damaged',
  type_not_allowed: 'attachment_not_taken',
};
const ITEMS: Partial<Record<string, ImportWarning['code']>> = {
  too_large: 'attachment_too_large',
  gone: 'attachment_missing',
};

/** Why a file is left out, where that is the file's fault or there is no room for it; else undefined. */
export function warningOf(error: unknown): ImportWarning['code'] | undefined {
  if (error instanceof UploadError) return UPLOADS[error.failure];
  if (error instanceof ItemError) return ITEMS[error.code] ?? 'attachment_damaged';
  if (error instanceof AppError) {
    if (error.code === 'quota_exceeded') return 'attachment_no_room';
    if (error.code === 'file_damaged' || error.code === 'image_too_large')
      return 'attachment_damaged';
  }
  return undefined;
}

/** Keeps received bytes as the person's; the same bytes again are the same file. */
export async function keepFile(
  { blobs, config, nudgeJobs, prepareImage }: FileServices,
  run: JobRun,
  { userId, received }: { userId: string; received: ReceivedFile },
): Promise<Attachment> {
  const image = isPicture(received.mediaType) ? await prepareImage(received.path) : null;
  const stores = { db: run.db, config, blobs, nudgeJobs };
  const { file } = await storeUpload(stores, { userId }, { ...received, image });
  return { kind: 'file', url: file.url, isPicture: isPicture(file.mediaType) };
}

type FileServices = Pick<JobServices, 'blobs' | 'config' | 'prepareImage' | 'nudgeJobs'>;

interface Origin {
  archive: Archive;
  userId: string;
  /** What files are called by their paths; by default as their paths end. */
  names: ReadonlyMap<string, string>;
}

/**
 * Unpacks a file of a source and keeps it as the person's, once whatever the number of notes that show
 * it; the same bytes again are the same file.
 */
export function createAttachments(
  services: FileServices,
  run: JobRun,
  { archive, userId, names }: Origin,
): (path: string) => Promise<Attachment> {
  const known = new Map<string, Attachment>();
  const { blobs, config } = services;

  async function store(path: string): Promise<Attachment> {
    const name = names.get(path) ?? path.slice(path.lastIndexOf('/') + 1);
    try {
      const stream = archive.stream(path, config.maxFileBytes);
      const received = await receiveStream(stream, { tempFolder: blobs.tempFolder, name });
      return await keepFile(services, run, { userId, received });
    } catch (error) {
      const code = warningOf(error);
      if (code === undefined) throw error;
      return { kind: 'none', warning: { code, detail: path.slice(0, 200) } };
    }
  }

  return async (path) => {
    const found = known.get(path) ?? (await store(path));
    known.set(path, found);
    return found;
  };
}
