import { randomBytes } from 'node:crypto';
import { readDemoAccount } from '../demo/demo-account.js';
import { seedDemo } from '../demo/seed-demo.js';
import type { Settings } from '../env.js';
import { UsageError } from '../failure.js';
import { migrateDatabase, withDatabaseUrl } from '../postgres.js';
import type { Compose } from '../runtime.js';
import { withRuntime } from './with-runtime.js';

/** `ainotebook seed`: the demo in any database; articles are indexed when the server runs. */
export async function seedCommand(
  settings: Settings,
  compose: Compose,
  options: { email: string; yes?: boolean },
): Promise<void> {
  if (settings.isProduction && !options.yes) {
    throw new UsageError(
      'This adds a demo account to a production database: repeat it with --yes.',
    );
  }
  const say = (line: string) => console.log(line);
  await withDatabaseUrl(settings, say, async (url) => {
    await migrateDatabase(url, say);
    await withRuntime({ settings, compose, url }, async ({ services, database }) => {
      const known = settings.isEmbedded ? readDemoAccount(settings.env.DATA_DIR) : null;
      const isKnown = known?.email === options.email;
      const password = isKnown ? known.password : randomBytes(9).toString('base64url');
      const { created, isNewAccount } = await seedDemo(
        { services, pool: database.pool },
        { email: options.email, password },
      );
      say(`${created} articles added for ${options.email}`);
      if (isNewAccount) say(`Its password is ${password} (shown this once).`);
    });
  });
}
