import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { EgressError } from '@ainotebook/egress';
import { isPicture, receiveStream, UploadError } from '@ainotebook/files';
import type { JobRun } from '@ainotebook/jobs';
import type { JobServices } from '../jobs.js';
import { type Attachment, keepFile, warningOf } from './attachments.js';

/** Pictures of one note that are fetched; a page with more is a gallery. */
const MAX_PICTURES = 60;
const AT_ONCE = 6;
const PICTURE_MS = 8_000;
/** For all pictures of one note: a run has a lease. */
const NOTE_MS = 20_000;
/** After so many failures a host is asked no more in this run. */
const PATIENCE = 3;
const TYPES = ['image/*', 'application/octet-stream', 'binary/octet-stream'];

export const isRemote = (target: string): boolean => /^https?:\/\//i.test(target);

/** Said once of a note, however many they are. */
const STAYS: Attachment = { kind: 'none', warning: { code: 'pictures_stay_remote', detail: null } };

/**
 * Fetches pictures that a source names by their addresses on the web, and keeps them as the person's. What cannot be
 * fetched stays where it is, with a warning.
 */
export function createRemotePictures(
  services: Pick<JobServices, 'blobs' | 'config' | 'egress' | 'prepareImage' | 'nudgeJobs'>,
  run: JobRun,
  { userId }: { userId: string },
): (addresses: readonly string[]) => Promise<ReadonlyMap<string, Attachment>> {
  const known = new Map<string, Attachment>();
  const failures = new Map<string, number>();

  async function take(address: string, signal: AbortSignal): Promise<Attachment> {
    const { host, pathname } = new URL(address);
    if ((failures.get(host) ?? 0) >= PATIENCE) return STAYS;
    try {
      const { blobs, config, egress } = services;
      const maxBytes = config.maxFileBytes;
      const limits = { maxBytes, types: TYPES, timeoutMs: PICTURE_MS, signal };
      const answer = await egress.fetch(address, limits);
      if (answer.status !== 200) {
        await answer.body.cancel();
        return STAYS;
      }
      const body = Readable.fromWeb(answer.body as ReadableStream);
      const name = pathname.slice(pathname.lastIndexOf('/') + 1) || host;
      const received = await receiveStream(body, { tempFolder: blobs.tempFolder, name });
      // Whatever its sender called it.
      if (!isPicture(received.mediaType)) throw new UploadError('type_not_allowed');
      return await keepFile(services, run, { userId, received });
    } catch (error) {
      run.signal.throwIfAborted();
      const isTheirs = error instanceof EgressError || signal.aborted;
      if (isTheirs) failures.set(host, (failures.get(host) ?? 0) + 1);
      if (!isTheirs && warningOf(error) === undefined) throw error;
      return STAYS;
    }
  }

  return async (addresses) => {
    const wanted = [...new Set(addresses)].filter((address) => URL.canParse(address));
    const fresh = wanted.filter((address) => !known.has(address)).slice(0, MAX_PICTURES);
    const signal = AbortSignal.any([run.signal, AbortSignal.timeout(NOTE_MS)]);
    for (let at = 0; at < fresh.length; at += AT_ONCE) {
      const some = fresh.slice(at, at + AT_ONCE);
      const found = await Promise.all(some.map((address) => take(address, signal)));
      for (const [i, address] of some.entries()) known.set(address, found[i] ?? STAYS);
    }
    return new Map(wanted.map((address) => [address, known.get(address) ?? STAYS]));
  };
}
