import type { Settings } from '../env.js';
import { migrateDatabase, withDatabaseUrl } from '../postgres.js';

/** `ainotebook migrate`. */
export async function migrateCommand(settings: Settings): Promise<void> {
  const say = (line: string) => console.log(line);
  await withDatabaseUrl(settings, say, async (url) => {
    const { applied } = await migrateDatabase(url, say);
    if (applied.length === 0) say('The database is up to date.');
  });
}
