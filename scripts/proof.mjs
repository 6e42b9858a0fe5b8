// `pnpm proof [name ...]`: runs the long proofs in scripts/proof/, all or those named, and writes what each said into its
// section of docs/proof/README.md. A proof prints JSON lines `{ promise, figure, verdict }` and exits non-zero when a
// promise is broken.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { figureText, PROOFS, runProof } from './run-proof.mjs';

const file = path.resolve(import.meta.dirname, '../docs/proof/README.md');
const HEAD = `# Proofs

Each section is written by \`pnpm proof <name>\`, which runs \`scripts/proof/<name>.proof.mjs\` in its long form. The gate
runs the short forms of all.
`;

/** @returns {Map<string, string>} the texts of the sections by the names of their proofs */
function sectionsOf(text) {
  const sections = text.split(/^## /m).slice(1);
  return new Map(sections.map((section) => [section.slice(0, section.indexOf('\n')), section]));
}

const cell = (value) => figureText(value).replaceAll('|', '\\|');

function sectionOf(name, { rows, code }, seconds) {
  const date = new Date().toISOString().slice(0, 10);
  const machine = `Node ${process.versions.node}, ${os.cpus().length} cores, ${os.platform()}`;
  const table = rows.map(
    ({ promise, figure, verdict }) => `| ${cell(promise)} | ${cell(figure)} | ${cell(verdict)} |`,
  );
  return `${name}

${date}, ${Math.round(seconds)} s, ${code === 0 ? 'kept' : 'BROKEN'}: ${machine}.

| Promise | Figure | Verdict |
|---|---|---|
${table.join('\n')}

`;
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !PROOFS.includes(name));
if (unknown.length > 0) {
  console.error(`No such proof: ${unknown.join(', ')}. There are: ${PROOFS.join(', ')}`);
  process.exit(2);
}
for (const name of named.length > 0 ? named : PROOFS) {
  console.log(`== ${name}`);
  const began = performance.now();
  const ran = await runProof(name, { onLine: console.log });
  if (ran.code !== 0) process.exitCode = 1;
  // After each, so that a long run that is stopped has not run for nothing.
  const sections = sectionsOf(existsSync(file) ? readFileSync(file, 'utf8') : '');
  sections.set(name, sectionOf(name, ran, (performance.now() - began) / 1000));
  const texts = PROOFS.flatMap((proof) => sections.get(proof) ?? []);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${HEAD}\n${texts.map((text) => `## ${text}`).join('')}`.trimEnd() + '\n');
}
