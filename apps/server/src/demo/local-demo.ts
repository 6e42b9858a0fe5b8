import type { Compose, ComposeOptions } from '../runtime.js';
import {
  type DemoAccount,
  makeDemoAccount,
  markDemoSeeded,
  readDemoAccount,
} from './demo-account.js';
import { seedDemo } from './seed-demo.js';

/**
 * The demo of a local server: made once, when the database has no user, and its sign-in for as long
 * as the password printed for it is right.
 */
export async function demoOf(
  compose: Compose,
  options: Omit<ComposeOptions, 'demo'>,
  say: (line: string) => void,
): Promise<{ email: string; password: string } | null> {
  const dataDir = options.settings.env.DATA_DIR;
  const runtime = compose({ ...options, poolMax: 2, demo: null });
  try {
    const { services, database } = runtime;
    const account = await seededAccount(dataDir, { services, pool: database.pool }, say);
    if (!account) return null;
    const { rows } = await database.pool.query<{ password_hash: string }>(
      "select password_hash from users where email = $1 and status = 'active'",
      [account.email],
    );
    const hash = rows[0]?.password_hash ?? null;
    const isRight = await services.passwords.verify(hash, account.password);
    return isRight ? { email: account.email, password: account.password } : null;
  } finally {
    await runtime.database.close();
    runtime.redis?.disconnect();
  }
}

async function seededAccount(
  dataDir: string,
  parts: Parameters<typeof seedDemo>[0],
  say: (line: string) => void,
): Promise<DemoAccount | null> {
  const known = readDemoAccount(dataDir);
  if (known?.isSeeded) return known;
  if (!known) {
    const { rowCount } = await parts.pool.query('select 1 from users limit 1');
    if (rowCount) return null;
  }
  const account = known ?? makeDemoAccount(dataDir);
  say('making the demo: some thirty articles to try things on');
  await seedDemo(parts, account);
  return markDemoSeeded(dataDir, account);
}
