// How much a browser may have to fetch, in KiB of gzip. Pure: the manifest and the sizes are given.
import { closureOf } from './manifest.mjs';

/** @typedef {{ js: number, css: number }} Sizes */

/** What opens when somebody goes there first, by the sources of its screens; with or without a limit. */
export const SCREENS = [
  {
    name: 'sign-in',
    entries: ['index.html', 'src/screens/login.tsx'],
    limit: { js: 180, css: 15 },
  },
  {
    name: 'home',
    entries: ['index.html', 'src/screens/shell.tsx', 'src/screens/home.tsx'],
    limit: { js: 210, css: 15 },
  },
  {
    name: 'list',
    entries: ['index.html', 'src/screens/shell.tsx', 'src/screens/notes.tsx'],
    limit: { js: 225, css: 15 },
  },
  {
    name: 'document',
    entries: [
      'index.html',
      'src/screens/shell.tsx',
      'src/screens/notes.tsx',
      'src/screens/article.tsx',
      // On demand, but nobody writes before it is there: 180 KiB.
      'src/features/editor/rich/rich-editor.tsx',
    ],
    limit: { js: 421, css: 15 },
  },
  {
    name: 'settings',
    entries: ['index.html', 'src/screens/shell.tsx', 'src/screens/settings-pages.tsx'],
    limit: { js: 216, css: 15 },
  },
  {
    name: 'admin',
    entries: ['index.html', 'src/screens/shell.tsx', 'src/screens/admin.tsx'],
    limit: { js: 220, css: 15 },
  },
];

/** Any file that comes later, on demand. */
export const PART_LIMIT = 110;
/** The source editor is one piece by nature. */
export const UNLIMITED_PARTS = ['codemirror'];

/**
 * @param {import('./manifest.mjs').Manifest} manifest
 * @param {(file: string) => number} sizeOf KiB of gzip
 */
export function measure(manifest, sizeOf) {
  const known = new Set();
  const sum = (/** @type {string[]} */ files) =>
    files.reduce((total, file) => total + sizeOf(file), 0);
  const screens = SCREENS.map(({ name, entries, limit }) => {
    const files = [...closureOf(manifest, entries)];
    for (const file of files) known.add(file);
    return {
      name,
      limit,
      js: sum(files.filter((file) => file.endsWith('.js'))),
      css: sum(files.filter((file) => file.endsWith('.css'))),
    };
  });
  const parts = Object.values(manifest)
    .filter(({ file }) => file.endsWith('.js') && !known.has(file))
    .map(({ file, name = file }) => ({
      name,
      size: sizeOf(file),
      limit: UNLIMITED_PARTS.includes(name) ? null : PART_LIMIT,
    }))
    .sort((a, b) => b.size - a.size);
  return { screens, parts };
}

const kib = (/** @type {number} */ size) => `${size.toFixed(1)} KiB`;

/**
 * What is over its budget, a sentence each.
 * @param {ReturnType<typeof measure>} report
 */
export function overruns({ screens, parts }) {
  return [
    ...screens.flatMap(({ name, limit, js, css }) => [
      ...(js > limit.js ? [`${name}: ${kib(js)} of JavaScript, allowed are ${limit.js}`] : []),
      ...(css > limit.css ? [`${name}: ${kib(css)} of CSS, allowed are ${limit.css}`] : []),
    ]),
    ...parts
      .filter(({ size, limit }) => limit !== null && size > limit)
      .map(({ name, size, limit }) => `part ${name}: ${kib(size)}, allowed are ${limit}`),
  ];
}

/**
 * The report as Markdown.
 * @param {ReturnType<typeof measure>} report
 */
export function tableOf({ screens, parts }) {
  return [
    '| Opened first | JavaScript | allowed | CSS | allowed |',
    '|---|---:|---:|---:|---:|',
    ...screens.map(
      ({ name, js, css, limit }) =>
        `| ${name} | ${js.toFixed(1)} | ${limit.js} | ${css.toFixed(1)} | ${limit.css} |`,
    ),
    '',
    '| Fetched later | JavaScript | allowed |',
    '|---|---:|---:|',
    ...parts
      .slice(0, 8)
      .map(({ name, size, limit }) => `| ${name} | ${size.toFixed(1)} | ${limit ?? '-'} |`),
  ].join('\n');
}
