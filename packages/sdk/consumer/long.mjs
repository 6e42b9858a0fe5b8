// What takes a download or minutes: older TypeScript, Node's types, attw, another Node, an edge runtime.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openWorker } from './worker.mjs';

const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' };
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' };
/** The oldest TypeScript that is promised. */
const FLOOR = '5.0.4';
const TYPEDOC = '0.28.20';
/** The newest that TypeDoc knows. */
const TYPEDOC_TYPESCRIPT = '6.0.3';
const DOCUMENTED = JSON.stringify({
  files: ['node_modules/@ainotebook/sdk/dist/index.d.ts'],
  compilerOptions: { ...NODENEXT, target: 'ES2022', lib: ['ES2022', 'DOM'], types: [] },
});

/** @returns name and work of each check */
export function longChecks({ project, baseUrl, sources, typescripts, signal }) {
  const tools = path.join(path.dirname(project.folder), 'tools');
  const install = async (...packages) => {
    mkdirSync(tools, { recursive: true });
    writeFileSync(path.join(tools, 'package.json'), '{ "private": true }');
    const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages];
    await project.run('npm', args, { cwd: tools });
    return (name) => path.join(tools, 'node_modules', name);
  };
  const matrix = Object.entries(typescripts).flatMap(([version, folder]) =>
    [NODENEXT, BUNDLER].map((resolution) => [
      `types on TypeScript ${version}, ${resolution.moduleResolution}, skipLibCheck`,
      () => project.compile(folder, sources, { ...resolution, skipLibCheck: true }),
    ]),
  );
  return [
    ...matrix,
    [
      `types on TypeScript ${FLOOR}`,
      async () => {
        const at = await install(`typescript-floor@npm:typescript@${FLOOR}`);
        await project.compile(at('typescript-floor'), sources, BUNDLER);
      },
    ],
    [
      'types with those of Node 20 instead of the DOM',
      async () => {
        const at = await install('@types/node@20.19.43');
        await project.compile(Object.values(typescripts).at(-1), sources, {
          ...NODENEXT,
          lib: ['ES2023'],
          types: ['node'],
          typeRoots: [at('@types')],
        });
      },
    ],
    [
      'attw, for ES modules only',
      async () => {
        const attw = '@arethetypeswrong/cli@0.18.5';
        const args = ['--yes', '--prefer-offline', attw, project.tarball, '--profile', 'esm-only'];
        await project.run('npx', args);
      },
    ],
    [
      'TypeDoc, without a warning',
      async () => {
        const at = await install(`typedoc@${TYPEDOC}`, `typescript@${TYPEDOC_TYPESCRIPT}`);
        const args = ['--treatWarningsAsErrors', '--readme', 'none', '--out', 'documentation'];
        project.write('tsconfig.json', DOCUMENTED);
        const entry = path.join(project.sdk, 'dist/index.d.ts');
        await project.node([
          at('typedoc/bin/typedoc'),
          ...args,
          '--excludeExternals',
          'false',
          entry,
        ]);
      },
    ],
    ...[20, 24].map((major) => [
      `runs on Node ${major}`,
      async () => {
        const program = `import { run } from './out/program.js'; await run('${baseUrl}')`;
        const run = ['node', '--input-type=module', '-e', program];
        await project.run('npx', ['--yes', '--prefer-offline', '-p', `node@${major}`, ...run]);
      },
    ]),
    [
      'runs in workerd',
      async () => {
        const at = await install('workerd@1.20261117.1');
        const worker = await openWorker({ workerd: at('workerd'), project, baseUrl, signal });
        try {
          const answer = await fetch(worker.url, { signal });
          if (!answer.ok) throw new Error(await answer.text());
        } finally {
          await worker.close();
        }
      },
    ],
    // The last one: the package is not alone any more.
    [
      'types for a tRPC client',
      async () => {
        const packages = ['@trpc/client@11', '@trpc/server@11', 'superjson@2'];
        await project.run('npm', [
          'install',
          '--prefer-offline',
          '--no-audit',
          '--no-fund',
          ...packages,
        ]);
        // What the declarations of tRPC itself speak of.
        const lib = ['ES2022', 'DOM', 'ESNext.Disposable'];
        for (const folder of Object.values(typescripts)) {
          await project.compile(folder, ['trpc.ts'], { ...NODENEXT, lib });
          await project.compile(folder, ['trpc.ts'], { ...BUNDLER, lib });
        }
      },
    ],
  ];
}
