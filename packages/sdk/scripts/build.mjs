// Bundles @trpc/client and superjson into one file, so that consumers install nothing else.
// Types come from tsc and name no other package.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const options = {
  entryPoints: [path.join(root, 'src/index.ts')],
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  legalComments: 'none',
};
const bundle = await build({
  ...options,
  outfile: path.join(dist, 'index.js'),
  sourcemap: true,
  metafile: true,
});
const minified = await build({ ...options, minify: true, write: false });
const bytes = gzipSync(minified.outputFiles[0].contents, { level: 9 }).length;

// What is bundled keeps its licence.
const licences = new Map();
for (const input of Object.keys(bundle.metafile.inputs)) {
  const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.resolve(input))?.[0];
  if (!folder) continue;
  const { name, version, license } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  );
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} is bundled and has no licence file`);
  licences.set(
    name,
    `${name} ${version} (${license})\n\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`,
  );
}
writeFileSync(path.join(dist, 'THIRD-PARTY-LICENSES'), [...licences.values()].join('\n---\n\n'));

for (const file of readdirSync(dist, { recursive: true }).filter((name) =>
  name.endsWith('.d.ts'),
)) {
  const foreign = readFileSync(path.join(dist, file), 'utf8').match(/from ['"](?!\.)[^'"]+['"]/g);
  if (foreign && !file.endsWith('.test.d.ts')) {
    throw new Error(`${file} imports ${foreign.join(', ')}: a consumer does not have it`);
  }
}
writeFileSync(
  path.join(dist, 'size.json'),
  `${JSON.stringify({ 'index.js, min + gzip, bytes': bytes })}\n`,
);
console.log(`index.js ${(bytes / 1024).toFixed(1)} KiB min + gzip`);
