// An empty folder outside the workspace, with the packed package as its only dependency.
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const HERE = path.resolve(import.meta.dirname, '../../..');

/** Runs a program; what it printed is the message when it fails. */
export async function execute(program, args, { cwd, env, signal }) {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd,
      env: { ...process.env, ...env },
      maxBuffer: 16 * 1024 * 1024,
      signal,
    });
    return stdout.trim();
  } catch (error) {
    const said = `${error.stdout ?? ''}${error.stderr ?? ''}`.trim();
    throw new Error(signal.aborted ? `Out of time: ${program}\n${said}` : said || error.message);
  }
}

/**
 * Installs the packed package alone. Every program ends with `signal`. Call `remove`.
 * @param trees roots of trees: whose package it is, and whose programs use it
 */
export async function createProject(signal, { sdk = HERE, programs = sdk } = {}) {
  const base = mkdtempSync(path.join(tmpdir(), 'ainotebook-consumer-'));
  const remove = () => rmSync(base, { recursive: true, force: true });
  try {
    return await install({ base, sdk, programs }, signal, remove);
  } catch (error) {
    remove();
    throw error;
  }
}

/** The package as it would be published, by its file. */
async function pack(root, folder, signal) {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const args = ['--yes', '--prefer-offline', packageManager, 'pack', '--pack-destination', folder];
  await execute('npx', args, { cwd: path.join(root, 'packages/sdk'), signal });
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  return path.join(folder, file);
}

async function install({ base, sdk, programs }, signal, remove) {
  const folder = path.join(base, 'project');
  cpSync(path.join(programs, 'packages/sdk/consumer/project'), folder, { recursive: true });
  cpSync(path.join(programs, 'examples'), path.join(folder, 'examples'), {
    recursive: true,
    filter: (file) => !file.includes('node_modules') && !/\.json$/.test(file),
  });
  const tarball = await pack(sdk, base, signal);
  const run = (program, args, { cwd = folder, env = {} } = {}) =>
    execute(program, args, { cwd, env, signal });
  const project = {
    folder,
    tarball,
    sdk: path.join(folder, 'node_modules/@ainotebook/sdk'),
    write: (file, text) => writeFileSync(path.join(folder, file), text),
    run,
    node: (args, env) => run(process.execPath, args, { env }),
    /** Compiles `files`; `typescript` is a folder of TypeScript, whatever its version. */
    compile: async (typescript, files, options) => {
      project.write(
        'tsconfig.json',
        JSON.stringify({ files, compilerOptions: { ...STRICT, ...options } }),
      );
      await project.node([path.join(typescript, 'bin/tsc'), '-p', folder]);
    },
    remove,
  };
  project.write('package.json', JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball]);
  return project;
}

/** The code of a README as one program against `baseUrl`. */
export function readmeProgram(file, baseUrl) {
  const text = readFileSync(file, 'utf8');
  const blocks = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map(([, code]) => code);
  if (blocks.length === 0) throw new Error(`${file} has no code`);
  const addresses = /https:\/\/notes\.example\.org|http:\/\/127\.0\.0\.1:3000/g;
  return blocks.join('\n').replaceAll(addresses, baseUrl);
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
