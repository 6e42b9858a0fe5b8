// node scripts/run-e2e.mjs <report.json> <second report.json>: the browser tests and the short proofs. A busy machine
// must not look like a fault: a file that failed is run once more, alone and from its beginning, since the tests of a
// file go on from each other. More than a few are a fault. The proofs have their second tries one by one.
// `totals.mjs` names what needed it.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const MOST_AGAIN = 3;
const TRIED_TWICE = 'proofs.test.ts';
const root = path.resolve(import.meta.dirname, '..');
const [first, second] = process.argv.slice(2).map((file) => path.resolve(file));

function run(report, files = []) {
  const args = ['vitest', 'run', '--config', 'e2e/vitest.config.ts', ...files];
  return spawnSync('npx', files.length > 0 ? [...args, '--no-file-parallelism'] : args, {
    cwd: root,
    env: { ...process.env, VITEST_JSON: report },
    stdio: 'inherit',
  }).status;
}

function failedFiles(report) {
  if (!existsSync(report)) return [];
  return JSON.parse(readFileSync(report, 'utf8'))
    .testResults.filter(({ status }) => status === 'failed')
    .map(({ name }) => name);
}

let status = run(first);
const failed = status === 0 ? [] : failedFiles(first);
const canBeChance =
  failed.length > 0 &&
  failed.length <= MOST_AGAIN &&
  !failed.some((file) => path.basename(file) === TRIED_TWICE);
if (canBeChance) {
  console.log(`once more: ${failed.map((file) => path.relative(root, file)).join(', ')}`);
  status = run(second, failed);
}
process.exitCode = status ?? 1;
