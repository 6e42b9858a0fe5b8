// `pnpm check`: everything that must hold before a commit. With --tests also the suite (CI runs it apart).
import { spawnSync } from 'node:child_process';
import path from 'node:path';

process.chdir(path.resolve(import.meta.dirname, '..'));
const STEPS = [
  ['format and lint', 'npx', ['biome', 'ci', '.']],
  ['types', 'npx', ['tsc', '-b', 'packages/sdk', 'packages/cache', 'apps/server']],
  ['types of the web app', 'npx', ['tsc', '--noEmit', '-p', 'apps/web']],
  ['types of the examples', 'npx', ['tsc', '-p', 'examples']],
  ['generated SDK', process.execPath, ['packages/sdk/scripts/generate.mjs', '--check']],
  ['SDK drift', 'npx', ['tsc', '-p', 'packages/sdk/scripts']],
  ['unused code and dependencies', 'npx', ['knip']],
  ['links of the documents', process.execPath, ['scripts/check-links.mjs']],
  ['migrations match the tables', process.execPath, ['scripts/check-migrations.mjs']],
];
if (process.argv.includes('--tests')) STEPS.push(['tests', 'npm', ['test']]);

let failed = 0;
for (const [name, command, args] of STEPS) {
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
  if (status !== 0) {
    failed += 1;
    console.log(`${stdout}${stderr}`.trim());
  }
}
process.exitCode = failed > 0 ? 1 : 0;
