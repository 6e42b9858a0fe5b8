import { queueReindex } from '@ainotebook/api';
import type { Settings } from '../env.js';
import { migrateDatabase, withDatabaseUrl } from '../postgres.js';
import type { Compose } from '../runtime.js';
import { withRuntime } from './with-runtime.js';

interface Options {
  all?: boolean;
  user?: string;
}

/** `ainotebook reindex`: queues what search has to read again; the server works it off as it runs. */
export async function reindexCommand(
  settings: Settings,
  compose: Compose,
  options: Options,
): Promise<void> {
  const say = (line: string) => console.log(line);
  await withDatabaseUrl(settings, say, async (url) => {
    await migrateDatabase(url, say);
    await withRuntime({ settings, compose, url }, async ({ services: { db } }) => {
      const { checked, queued, waiting } = await queueReindex(db, {
        isAll: options.all ?? false,
        email: options.user,
        onProgress: (progress) => say(`${progress.checked} checked, ${progress.queued} queued`),
      });
      say(
        queued === 0
          ? `All ${checked} articles are up to date.`
          : `${queued} of ${checked} articles will be indexed again; ${waiting} wait in all.`,
      );
      if (queued > 0)
        say('A running server does it in the background; searching goes on meanwhile.');
    });
  });
}
