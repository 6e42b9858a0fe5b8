// Bundles @trpc/client and superjson, so that consumers install nothing else. Declarations come from tsc.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { findLeaks } from './leaks.mjs';

/** Bytes, minified and gzipped, that a consumer's bundle grows by. */
const BUDGETS = { createClient: 16 * 1024, ApiError: 1024, verifyWebhook: 1024 };

const root = path.resolve(import.meta.dirname, '..');
const dist = path.join(root, 'dist');
const inSource = (name) => path.join(root, 'src', name);
const problems = [];

const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
if (!readFileSync(inSource('version.ts'), 'utf8').includes(`'${version}'`)) {
  problems.push(`src/version.ts is not ${version}, as package.json is`);
}

// Of sources that are gone.
for (const file of readdirSync(dist, { recursive: true })) {
  const isOld = file.endsWith('.d.ts')
    ? !existsSync(inSource(file.replace(/\.d\.ts$/, '.ts')))
    : /\.(?:js|map|json)$/.test(file);
  if (isOld) rmSync(path.join(dist, file));
}

// The index only hands on: who needs the errors alone does not load the client.
const files = ['client', 'errors', 'version', 'webhooks'];
const apart = files.map((name) => `./${name}.js`);
const { metafile } = await build({
  entryPoints: ['index', 'trpc', ...files].map((name) => inSource(`${name}.ts`)),
  outdir: dist,
  external: apart,
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  mainFields: ['module', 'main'],
  target: 'es2022',
  legalComments: 'none',
  sourcemap: true,
  metafile: true,
});
for (const { path: imported } of Object.values(metafile.outputs).flatMap((out) => out.imports)) {
  if (!apart.includes(imported)) problems.push(`the bundle imports ${imported}`);
}
// A program of its own, with nothing of the client in it.
await build({
  entryPoints: [path.join(root, 'mcp/main.ts')],
  outfile: path.join(dist, 'mcp.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
});
writeFileSync(path.join(dist, 'THIRD-PARTY-LICENSES'), licences(Object.keys(metafile.inputs)));

for (const [name, budget] of Object.entries(BUDGETS)) {
  const bytes = await sizeOf(name);
  console.log(`${name}: ${(bytes / 1024).toFixed(1)} KiB min + gzip`);
  if (bytes > budget) problems.push(`${name} is over its budget of ${budget / 1024} KiB`);
}
problems.push(...findLeaks(dist));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;

/** What a consumer's bundler makes of one import of ours. */
async function sizeOf(name) {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { ${name} } from './${name === 'verifyWebhook' ? 'webhooks' : 'index'}.js'; console.log(${name})`,
      resolveDir: dist,
    },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
  });
  return gzipSync(outputFiles[0].contents, { level: 9 }).length;
}

/** What is bundled keeps its licence. */
function licences(inputs) {
  const texts = new Map();
  for (const input of inputs) {
    const folder = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.resolve(input))?.[0];
    if (!folder) continue;
    const { name, version, license } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    );
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} is bundled and has no licence file`);
    const text = readFileSync(path.join(folder, file), 'utf8').trim();
    texts.set(name, `${name} ${version} (${license})\n\n${text}\n`);
  }
  return [...texts.values()].join('\n---\n\n');
}
