// Makes the first migration anew: the tables by drizzle-kit, then the triggers it knows nothing of. Only until the
// first release; from then on a change is a migration of its own.
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

process.chdir(path.resolve(import.meta.dirname, '..'));
rmSync('drizzle', { recursive: true, force: true });
execFileSync('npx', ['drizzle-kit', 'generate', '--name', 'init'], { stdio: 'inherit' });
for (const name of ['change-feed', 'blob-references', 'money']) {
  const triggers = readFileSync(`packages/db/sql/${name}.sql`, 'utf8');
  appendFileSync('drizzle/0000_init.sql', `\n--> statement-breakpoint\n${triggers}`);
}
