// A Vite plugin that writes /sw.js: worker/sw.js with the files of this build in front of it.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { closureOf } from './manifest.mjs';

/** What opens without a network: sign-in, where a sign-out ends, frame, home, lists, notes, palette. The sources that start them. */
const OFFLINE = [
  'index.html',
  'src/screens/login.tsx',
  'src/screens/shell.tsx',
  'src/screens/home.tsx',
  'src/screens/notes.tsx',
  'src/screens/article.tsx',
  'src/features/editor/rich/rich-editor.tsx',
  'src/features/editor/rich/rich-tools.tsx',
  'src/features/editor/rich/atom-dialog.tsx',
  'src/features/editor/markdown-editor.tsx',
  'src/features/offline/keeper.ts',
  'src/features/offline/away-banner.tsx',
  'src/screens/not-on-device.tsx',
  'src/features/search/palette.tsx',
  'src/ui/toaster.tsx',
];

/** Files of `public/` that belong to them. */
const PUBLIC = ['/boot.js', '/favicon.svg', '/manifest.webmanifest', '/icons/icon-192.png'];

/**
 * The text of the service worker of a build.
 * @param {import('./manifest.mjs').Manifest} manifest
 * @param {string} script `worker/sw.js`
 */
export function serviceWorkerOf(manifest, script) {
  const absolute = (/** @type {string} */ file) => `/${file}`;
  const { file, css = [] } = manifest['index.html'] ?? { file: '' };
  const build = {
    id: createHash('sha256').update(JSON.stringify(manifest)).digest('hex').slice(0, 16),
    // By these a page knows whether it is of this build.
    entry: [file, ...css].map(absolute),
    files: ['/index.html', ...PUBLIC, ...[...closureOf(manifest, OFFLINE)].sort().map(absolute)],
  };
  return `const BUILD = ${JSON.stringify(build)};\n${script}`;
}

/** @returns {import('vite').Plugin} */
export const serviceWorker = () => ({
  name: 'service-worker',
  apply: 'build',
  writeBundle({ dir = 'dist' }) {
    const manifest = JSON.parse(readFileSync(path.join(dir, '.vite/manifest.json'), 'utf8'));
    const script = readFileSync(new URL('../worker/sw.js', import.meta.url), 'utf8');
    writeFileSync(path.join(dir, 'sw.js'), serviceWorkerOf(manifest, script));
  },
});
