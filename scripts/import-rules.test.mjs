import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '..');

/** Who may import whom: the rooms of the house. Dev dependencies may add testkit, sdk and api where named. */
const MAY_IMPORT = {
  contract: [],
  text: [],
  egress: [],
  messages: [],
  db: ['contract', 'text', 'egress'],
  cache: ['contract', 'text', 'egress'],
  ai: ['contract', 'text', 'egress'],
  payments: ['contract', 'text', 'egress'],
  files: ['contract', 'text', 'egress'],
  convert: ['contract', 'text', 'egress'],
  mail: ['contract', 'text', 'egress'],
  jobs: ['db'],
  api: [
    'contract',
    'text',
    'egress',
    'messages',
    'db',
    'cache',
    'ai',
    'payments',
    'files',
    'convert',
    'mail',
    'jobs',
  ],
  sdk: [],
  testkit: ['contract', 'db'],
  server: [
    'contract',
    'text',
    'egress',
    'messages',
    'db',
    'cache',
    'ai',
    'payments',
    'files',
    'convert',
    'mail',
    'jobs',
    'api',
  ],
  web: ['contract', 'text', 'messages'],
  examples: ['sdk'],
};
const MAY_IMPORT_IN_DEVELOPMENT = {
  ai: ['testkit'],
  cache: ['testkit'],
  convert: ['testkit'],
  files: ['testkit'],
  jobs: ['testkit'],
  mail: ['testkit'],
  payments: ['testkit'],
  api: ['testkit'],
  server: ['testkit', 'sdk'],
  sdk: ['api', 'contract', 'testkit'],
  web: ['api'],
};

const json = (file) => JSON.parse(readFileSync(file, 'utf8').replace(/^\s*\/\/.*$/gm, ''));
const ours = (dependencies = {}) =>
  Object.keys(dependencies)
    .filter((name) => name.startsWith('@ainotebook/'))
    .map((name) => name.slice('@ainotebook/'.length));
const folders = ['packages', 'apps']
  .flatMap((parent) =>
    readdirSync(path.join(root, parent)).map((name) => path.join(root, parent, name)),
  )
  .concat(path.join(root, 'examples'))
  .filter((folder) => existsSync(path.join(folder, 'package.json')));

describe.each(folders.map((folder) => [path.relative(root, folder), folder]))('%s', (_, folder) => {
  const name = path.basename(folder);
  const { dependencies, devDependencies } = json(path.join(folder, 'package.json'));

  it('is a room of the design', () => {
    expect(Object.keys(MAY_IMPORT)).toContain(name);
  });

  it('declares only the packages it may import', () => {
    expect(ours(dependencies).filter((other) => !MAY_IMPORT[name].includes(other))).toEqual([]);
    const inDevelopment = [...MAY_IMPORT[name], ...(MAY_IMPORT_IN_DEVELOPMENT[name] ?? [])];
    expect(ours(devDependencies).filter((other) => !inDevelopment.includes(other))).toEqual([]);
  });

  it('references in tsconfig.json only what it declares', () => {
    const file = path.join(folder, 'tsconfig.json');
    const references = existsSync(file) ? (json(file).references ?? []) : [];
    const declared = [...ours(dependencies), ...ours(devDependencies)];
    const referenced = references.map(({ path: to }) => path.basename(to));
    expect(referenced.filter((other) => !declared.includes(other))).toEqual([]);
  });

  it('reads the environment only in env.ts', () => {
    const sources = existsSync(path.join(folder, 'src'))
      ? readdirSync(path.join(folder, 'src'), { recursive: true })
      : [];
    const readers = sources.filter(
      (file) =>
        /\.tsx?$/.test(file) &&
        !/(^|\/)env\.ts$|\.test\.tsx?$|-support\.ts$/.test(file) &&
        name !== 'testkit' &&
        readFileSync(path.join(folder, 'src', file), 'utf8').includes('process.env'),
    );
    expect(readers).toEqual([]);
  });
});
