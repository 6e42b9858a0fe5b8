import { countOutgoing, readHold, releaseOutgoing } from '@ainotebook/jobs';
import type { Settings } from '../env.js';
import { migrateDatabase, withDatabaseUrl } from '../postgres.js';
import type { Compose } from '../runtime.js';
import { reporting } from './report.js';
import { withRuntime } from './with-runtime.js';

/** `ainotebook jobs release`: lets mails, refunds and the like go out again after a restore. */
export async function jobsReleaseCommand(
  settings: Settings,
  compose: Compose,
  { dryRun: isDryRun = false, json }: { dryRun?: boolean; json?: boolean },
): Promise<void> {
  await reporting(
    { json },
    ({ say }) =>
      withDatabaseUrl(settings, say, async (url) => {
        await migrateDatabase(url, say);
        return withRuntime({ settings, compose, url }, async ({ database: { db }, jobs }) => {
          const hold = await readHold(db);
          const waiting = await countOutgoing(db, jobs.outgoing);
          const isReleased = !isDryRun && (await releaseOutgoing(db));
          return { hold, waiting, isReleased };
        });
      }),
    ({ hold, waiting, isReleased }) => [
      hold === null
        ? 'Nothing is held.'
        : `Held since ${hold.since}: ${hold.reason}.${isReleased ? ' Released now.' : ''}`,
      ...waiting.map(
        ({ topic, waiting: count, oldest }) =>
          `  ${topic}: ${count} waiting, the oldest since ${oldest.toISOString()}`,
      ),
    ],
  );
}
