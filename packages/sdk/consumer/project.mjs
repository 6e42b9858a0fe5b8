// An empty folder outside the workspace, with the packed package as its only dependency.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const here = import.meta.dirname;
const root = path.resolve(here, '../../..');
const execute = promisify(execFile);

/** Runs a program; what it printed is the message when it fails. */
export async function run(program, args, cwd, env = {}) {
  try {
    const { stdout } = await execute(program, args, {
      cwd,
      env: { ...process.env, ...env },
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout.trim();
  } catch (error) {
    throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`.trim() || error.message);
  }
}

/** The package as it would be published, by its file. */
export async function pack(folder) {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const args = ['--yes', '--prefer-offline', packageManager, 'pack', '--pack-destination', folder];
  await run('npx', args, path.join(root, 'packages/sdk'));
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  return path.join(folder, file);
}

/** Installs the packed package alone. Call `remove`. */
export async function createProject() {
  const base = mkdtempSync(path.join(tmpdir(), 'ainotebook-consumer-'));
  const remove = () => rmSync(base, { recursive: true, force: true });
  try {
    return await install(base, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

async function install(base, remove) {
  const folder = path.join(base, 'project');
  cpSync(path.join(here, 'project'), folder, { recursive: true });
  cpSync(path.join(root, 'examples'), path.join(folder, 'examples'), {
    recursive: true,
    filter: (file) => !file.includes('node_modules') && !/\.json$/.test(file),
  });
  const tarball = await pack(base);
  const project = {
    folder,
    tarball,
    sdk: path.join(folder, 'node_modules/@ainotebook/sdk'),
    write: (file, text) => writeFileSync(path.join(folder, file), text),
    node: (args, env) => run(process.execPath, args, folder, env),
    /** Compiles `files`; `typescript` is a folder of TypeScript, whatever its version. */
    compile: async (typescript, files, options) => {
      project.write(
        'tsconfig.json',
        JSON.stringify({ files, compilerOptions: { ...STRICT, ...options } }),
      );
      await run(process.execPath, [path.join(typescript, 'bin/tsc'), '-p', folder], folder);
    },
    remove,
  };
  project.write('package.json', JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], folder);
  return project;
}

/** The code of the package's README as one program against `baseUrl`. */
export function readmeProgram(project, baseUrl) {
  const text = readFileSync(path.join(project.sdk, 'README.md'), 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code);
  if (blocks.length === 0) throw new Error('the README has no code');
  return blocks.join('\n').replaceAll('https://notes.example.org', baseUrl);
}

/** Everything that is checked, and nothing of the machine. */
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noUnusedLocals: false,
  verbatimModuleSyntax: true,
  isolatedModules: true,
  skipLibCheck: false,
  target: 'ES2022',
  lib: ['ES2022', 'DOM'],
  types: [],
  noEmit: true,
};
