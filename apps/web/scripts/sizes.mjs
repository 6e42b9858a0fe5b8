// Prints what each screen downloads (gzip) and fails when a budget is exceeded.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const dist = new URL('../dist/', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'));

/** KiB of JavaScript and CSS; screens by the files that open them one after another. */
const BUDGETS = [
  { name: 'sign-in', entries: ['index.html', 'src/screens/login.tsx'], js: 180, css: 15 },
  {
    name: 'notes',
    entries: ['index.html', 'src/screens/shell.tsx', 'src/screens/notes.tsx'],
    js: 210,
    css: 15,
  },
  {
    name: 'article',
    entries: [
      'index.html',
      'src/screens/shell.tsx',
      'src/screens/notes.tsx',
      'src/screens/article.tsx',
    ],
    js: 410,
    css: 15,
  },
  {
    name: 'settings',
    entries: ['index.html', 'src/screens/shell.tsx', 'src/screens/settings.tsx'],
  },
  { name: 'admin', entries: ['index.html', 'src/screens/shell.tsx', 'src/screens/admin.tsx'] },
];

/** @param {string} key @param {Set<string>} files @param {Set<string>} seen */
function collect(key, files, seen) {
  if (seen.has(key)) return;
  seen.add(key);
  const chunk = manifest[key];
  if (!chunk) throw new Error(`${key} is not in the manifest`);
  files.add(chunk.file);
  for (const file of chunk.css ?? []) files.add(file);
  for (const next of chunk.imports ?? []) collect(next, files, seen);
}

const kib = (files) =>
  [...files].reduce(
    (sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1024,
    0,
  );

let isOver = false;
for (const { name, entries, js, css } of BUDGETS) {
  const files = new Set();
  const seen = new Set();
  for (const entry of entries) collect(entry, files, seen);
  const scripts = kib([...files].filter((file) => file.endsWith('.js')));
  const styles = kib([...files].filter((file) => file.endsWith('.css')));
  const tooBig = (js && scripts > js) || (css && styles > css);
  isOver ||= Boolean(tooBig);
  console.log(
    `${name.padEnd(10)} ${scripts.toFixed(1).padStart(6)} KiB js${js ? ` (<= ${js})` : ''}, ${styles.toFixed(1)} KiB css${css ? ` (<= ${css})` : ''}${tooBig ? '  TOO BIG' : ''}`,
  );
}
process.exitCode = isOver ? 1 : 0;
