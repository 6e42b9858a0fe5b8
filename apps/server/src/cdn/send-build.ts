import type { S3Site } from '@ainotebook/files';
import { listBuild, readBuilt } from './web-build.js';

/** Requests at the same time. */
const PARALLEL = 8;

export interface SendOptions {
  /** The web build. */
  folder: string;
  site: S3Site;
  /** Before every key, with a `/` at its end; empty for the root of the bucket. */
  prefix: string;
  /** Sends nothing. */
  isDryRun: boolean;
  /** Called for each file that is sent, or would be. */
  onFile: (key: string, bytes: number) => void;
}

/**
 * Brings a bucket to a web build: what differs is sent, stage after stage, and what earlier builds left stays
 * for the tabs that still use it. Sent again after a failure, it goes on where it ended.
 * @throws Error of the first file that could not be sent; nothing of a later stage was sent then
 */
export async function sendBuild(options: SendOptions): Promise<{ sent: number; kept: number }> {
  const { folder, site, prefix, isDryRun, onFile } = options;
  const done = { sent: 0, kept: 0 };
  for (const stage of await listBuild(folder)) {
    await inParallel(stage, async (built) => {
      const { path, source: _, ...headers } = built;
      const file = { ...headers, key: prefix + path, body: await readBuilt(folder, built) };
      if (await site.holds(file)) {
        done.kept += 1;
        return;
      }
      if (!isDryRun) await site.put(file);
      done.sent += 1;
      onFile(file.key, file.body.length);
    });
  }
  return done;
}

/** Begins nothing new after the first failure, and throws it when what was begun has ended. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const lane = async () => {
    for (const item of queue) {
      if (failures.length > 0) return;
      await work(item).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  if (failures.length > 0) throw failures[0];
}
