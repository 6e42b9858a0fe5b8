import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const WORKSPACES = ['packages', 'apps'];
const SHARED_INPUTS = ['pnpm-lock.yaml', 'turbo.json', 'tsconfig.base.json', 'package.json'];
// What a build writes, and what it does not read.
const IGNORED = new Set(['node_modules', 'dist', 'coverage', 'README.md']);

/** Whether the installed dependencies are those the lockfile asks for, on this Node and machine. */
export function installState(root) {
  const manifests = ['package.json', ...workspaces(root).map((folder) => `${folder}/package.json`)];
  const files = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.npmrc',
    ...manifests,
    'examples/package.json',
  ];
  const [major] = process.versions.node.split('.');
  const hash = hashOf(root, files, `${process.platform}-${process.arch}-node${major}`);
  return stateOf(path.join(root, 'node_modules', '.ainotebook-install'), hash, () => true);
}

/** Whether what is built was built from the sources that are here now. */
export function buildState(root) {
  const folders = workspaces(root);
  const files = [...SHARED_INPUTS, ...folders.flatMap((folder) => listFiles(root, folder))];
  const isBuilt = () => folders.every((folder) => existsSync(path.join(root, folder, 'dist')));
  // Taken before the build: what is edited meanwhile must be built by the next one.
  return stateOf(
    path.join(root, 'node_modules', '.ainotebook-build'),
    hashOf(root, files, ''),
    isBuilt,
  );
}

function stateOf(file, hash, holds) {
  return {
    isDone: existsSync(file) && readFileSync(file, 'utf8') === hash && holds(),
    save: () => {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, hash);
    },
  };
}

function workspaces(root) {
  return WORKSPACES.flatMap((group) =>
    readdirSync(path.join(root, group))
      .map((name) => `${group}/${name}`)
      .filter((folder) => existsSync(path.join(root, folder, 'package.json'))),
  ).sort();
}

function listFiles(root, folder) {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = `${folder}/${entry.name}`;
    if (IGNORED.has(entry.name) || entry.name.startsWith('.')) return [];
    if (file.endsWith('/project.inlang/cache')) return [];
    return entry.isDirectory() ? listFiles(root, file) : [file];
  });
}

function hashOf(root, files, salt) {
  const hash = createHash('sha256').update(salt);
  for (const file of [...new Set(files)].sort()) {
    const full = path.join(root, file);
    if (existsSync(full)) hash.update(`\0${file}\0`).update(readFileSync(full));
  }
  return hash.digest('hex');
}
