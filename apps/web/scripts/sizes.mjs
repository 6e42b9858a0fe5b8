// node scripts/sizes.mjs [--write]: what each screen of the build fetches; fails over budget.
// --write puts the table into docs/budgets.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { measure, overruns, tableOf } from './budgets.mjs';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));
const report = measure(
  manifest,
  (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024,
);

const table = tableOf(report);
console.log(table);
const faults = overruns(report);
for (const fault of faults) console.error(`over budget: ${fault}`);
if (process.argv.includes('--write')) {
  const page = `# What the web app downloads

KiB of gzip, from Vite's manifest of the production build: everything a browser fetches to show a screen
that is opened first. \`node apps/web/scripts/sizes.mjs\` fails over budget, and so does the gate;
\`--write\` brings this table up to date. Files are served as Brotli, about a tenth smaller. Whoever reads
a published page downloads none of it.

${table}
`;
  writeFileSync(new URL('../../../docs/budgets.md', import.meta.url), page);
}
process.exitCode = faults.length > 0 ? 1 : 0;
