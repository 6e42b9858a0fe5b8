// `pnpm chaos`: everything that may fail, in ten minutes: the short forms of the proofs and the tests that
// scripts/chaos-rows.mjs names, row by row with figures and verdicts. Exits non-zero when a row is broken or not shown.
// Build first; needs redis-server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROWS } from './chaos-rows.mjs';
import { figureText, runProof, scheduleOf } from './run-proof.mjs';

const root = path.resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const rows = ROWS.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const began = performance.now();
const namesOf = (part) => [...new Set(rows.flatMap((row) => Object.keys(row[part] ?? {})))];

const said = await runProofs(namesOf('proofs'));
const tested = await runTests(namesOf('tests'));
let broken = 0;
for (const row of rows) {
  const lines = [...proofLines(row), ...testLines(row)];
  const isKept = lines.length > 0 && lines.every(({ holds }) => holds);
  if (!isKept) broken += 1;
  console.log(`\n${row.id} ${isKept ? 'kept  ' : 'BROKEN'} ${row.promise}`);
  for (const { holds, text } of lines) console.log(`   ${holds ? '+' : '-'} ${text}`);
  if (row.elsewhere) console.log(`   not shown here: ${row.elsewhere}`);
}
const seconds = Math.round((performance.now() - began) / 1_000);
console.log(`\n${rows.length - broken} of ${rows.length} promises kept, ${seconds} s`);
process.exitCode = broken === 0 ? 0 : 1;

async function runProofs(names) {
  const { alone, paired } = scheduleOf(names);
  const results = new Map();
  const run = async (name) => {
    const { rows: lines } = await runProof(name, { args: ['--short'] });
    results.set(name, lines);
    console.log(`${name}: ${lines.length} lines`);
  };
  const work = async (left) => {
    for (const name of left) await run(name);
  };
  const shared = paired.values();
  await Promise.all([work(shared), work(shared)]);
  await work(alone);
  return results;
}

/** @returns the full names of the tests that passed, by file */
async function runTests(files) {
  const passed = new Map();
  if (files.length === 0) return passed;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'ainotebook-chaos-'));
  const report = path.join(folder, 'report.json');
  const args = ['vitest', 'run', ...files, '--reporter=json', `--outputFile=${report}`];
  const child = spawn('npx', args, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  await once(child, 'exit');
  for (const { name, assertionResults } of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const names = assertionResults.filter(({ status }) => status === 'passed');
    passed.set(
      path.relative(root, name),
      names.map(({ fullName }) => fullName),
    );
  }
  rmSync(folder, { recursive: true });
  return passed;
}

function proofLines({ proofs = {} }) {
  return Object.entries(proofs).flatMap(([proof, promises]) =>
    promises.flatMap((beginning) => {
      const found = (said.get(proof) ?? []).filter(({ promise }) => promise.startsWith(beginning));
      if (found.length === 0)
        return [{ holds: false, text: `${proof} does not say: ${beginning}` }];
      return found.map(({ promise, figure, verdict }) => ({
        holds: verdict === 'kept',
        text: `${proof}: ${promise} (${figureText(figure)})`,
      }));
    }),
  );
}

function testLines({ tests = {} }) {
  return Object.entries(tests).flatMap(([file, names]) =>
    names.map((name) => ({
      holds: (tested.get(file) ?? []).some((full) => full.endsWith(name)),
      text: `${file}: ${name}`,
    })),
  );
}
