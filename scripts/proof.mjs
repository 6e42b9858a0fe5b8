// `pnpm proof [name ...]`: runs the long proofs in scripts/proof/ and writes their table to docs/proof/README.md.
// A proof prints JSON lines `{ promise, figure, verdict }` and exits non-zero when a promise is broken.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const root = path.resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const proofs = readdirSync(path.join(root, 'scripts/proof'))
  .filter((file) => file.endsWith('.proof.mjs'))
  .filter((file) => wanted.length === 0 || wanted.includes(file.replace('.proof.mjs', '')))
  .sort();

const rows = [];
let isBroken = false;
for (const file of proofs) {
  console.log(`== ${file}`);
  const child = spawn(process.execPath, [path.join(root, 'scripts/proof', file)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('{')) rows.push({ proof: file, ...JSON.parse(line) });
    console.log(line);
  }
  if ((await ended) !== 0) isBroken = true;
}

const cell = (value) =>
  (typeof value === 'object'
    ? Object.entries(value)
        .map(([name, figure]) => `${name} ${figure}`)
        .join(', ')
    : String(value)
  ).replaceAll('|', '\\|');
if (wanted.length === 0) {
  mkdirSync(path.join(root, 'docs/proof'), { recursive: true });
  const table = rows.map(
    (row) =>
      `| ${cell(row.promise)} | ${cell(row.figure)} | ${cell(row.verdict)} | \`${row.proof}\` |`,
  );
  writeFileSync(
    path.join(root, 'docs/proof/README.md'),
    `# Proofs

Written by \`pnpm proof\` on ${new Date().toISOString().slice(0, 10)}: Node ${process.versions.node}, ${os.cpus().length} cores, ${os.platform()}.

| Promise | Figure | Verdict | Proof |
|---|---|---|---|
${table.join('\n')}
`,
  );
}
process.exitCode = isBroken ? 1 : 0;
