// Fails when the tables or triggers have changed and no migration says so.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
// drizzle-kit takes paths relative to where it runs only.
const scratch = mkdtempSync(path.join(root, 'node_modules/.migrations-'));
try {
  cpSync(path.join(root, 'drizzle'), scratch, { recursive: true });
  const before = readdirSync(scratch).length;
  execFileSync(
    'npx',
    [
      'drizzle-kit',
      'generate',
      '--dialect',
      'postgresql',
      '--schema',
      './packages/db/src/schema/index.ts',
      '--out',
      path.relative(root, scratch),
    ],
    { cwd: root, stdio: 'pipe' },
  );
  if (readdirSync(scratch).length !== before) {
    console.error(
      'The tables differ from the migrations; run: node scripts/regenerate-migration.mjs',
    );
    process.exitCode = 1;
  }
  const first = readFileSync(path.join(root, 'drizzle/0000_init.sql'), 'utf8');
  const triggers = ['change-feed', 'blob-references', 'money'].map((name) =>
    readFileSync(path.join(root, `packages/db/sql/${name}.sql`), 'utf8'),
  );
  if (!triggers.every((text) => first.includes(text))) {
    console.error('The triggers differ; run: node scripts/regenerate-migration.mjs');
    process.exitCode = 1;
  }
} finally {
  rmSync(scratch, { recursive: true });
}
