// `pnpm proof [name ...]`: runs the long proofs in scripts/proof/ and writes their table to docs/proof/README.md.
// A proof prints JSON lines `{ promise, figure, verdict }` and exits non-zero when a promise is broken.
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { figureText, PROOFS, runProof } from './run-proof.mjs';

const root = path.resolve(import.meta.dirname, '..');
const wanted = process.argv.slice(2);
const rows = [];
let isBroken = false;
for (const name of PROOFS) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  console.log(`== ${name}`);
  const ran = await runProof(name, { onLine: console.log });
  rows.push(...ran.rows.map((row) => ({ proof: `${name}.proof.mjs`, ...row })));
  if (ran.code !== 0) isBroken = true;
}

const cell = (value) => figureText(value).replaceAll('|', '\\|');
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
