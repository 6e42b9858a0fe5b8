// Every link of our documents to a file of ours, and to a heading in one, leads somewhere.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const files = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'],
  {
    cwd: root,
    encoding: 'utf8',
  },
)
  .split('\n')
  .filter((file) => file !== '' && existsSync(path.join(root, file)));

/** As code hosts make an anchor of a heading. */
const anchorOf = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
const prose = (text) => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '');
const anchorsOf = (file) =>
  new Set(
    [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, text]) => anchorOf(text)),
  );

let broken = 0;
let checked = 0;
for (const file of files) {
  for (const [, target] of prose(readFileSync(path.join(root, file), 'utf8')).matchAll(
    /\]\(([^)\s]+)\)/g,
  )) {
    if (/^[a-z]+:/.test(target)) continue;
    checked += 1;
    const [name, anchor] = target.split('#');
    const found = path.resolve(
      root,
      path.dirname(file),
      decodeURIComponent(name) || path.basename(file),
    );
    const isThere = existsSync(found);
    if (isThere && (!anchor || anchorsOf(found).has(decodeURIComponent(anchor)))) continue;
    broken += 1;
    console.log(`${file}: ${target} leads nowhere`);
  }
}
console.log(`${checked} links of ${files.length} documents`);
if (checked === 0) throw new Error('No link was found: is this the repository?');
process.exitCode = broken > 0 ? 1 : 0;
