// The release before and this tree: its package on this server, and this package on its server. What both know is what
// its program uses.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openProofServer } from '../../../scripts/proof/server.mjs';
import { createProject, execute } from './project.mjs';

const HERE = path.resolve(import.meta.dirname, '../../..');
/** What `changeset tag` writes. */
const TAG = '@ainotebook/sdk@';
const EMIT = { module: 'nodenext', moduleResolution: 'nodenext', noEmit: false, outDir: 'out' };

/** The newest release that is not this very commit; null while there is none. */
export async function previousRelease(signal) {
  const git = (...args) => execute('git', args, { cwd: HERE, signal });
  const listed = await git('tag', '--list', `${TAG}*`, '--merged', 'HEAD', '--sort=-v:refname');
  const here = await git('tag', '--points-at', 'HEAD');
  const tags = listed.split('\n').filter((tag) => tag !== '' && !here.split('\n').includes(tag));
  return tags[0] ?? null;
}

/** @returns name and work of each check */
export function previousChecks({ tag, typescript, baseUrl, signal }) {
  const base = mkdtempSync(path.join(tmpdir(), 'ainotebook-previous-'));
  const tree = path.join(base, 'tree');
  const git = (...args) => execute('git', args, { cwd: HERE, signal });
  const runOn = async (trees, address) => {
    const project = await createProject(signal, trees);
    try {
      await project.compile(typescript, ['program.ts'], EMIT);
      const program = `import { run } from './out/program.js'; console.log(await run('${address}'))`;
      console.log(`       ${await project.node(['--input-type=module', '-e', program])}`);
    } finally {
      project.remove();
    }
  };
  return {
    checks: [
      [
        `${tag} can be built`,
        async () => {
          await git('worktree', 'add', '--detach', tree, tag);
          await execute('npm', ['run', 'build'], { cwd: tree, signal });
        },
      ],
      [`the package of ${tag} works with this server`, () => runOn({ sdk: tree }, baseUrl)],
      [
        `this package works with the server of ${tag}`,
        async () => {
          const server = await openProofServer({
            main: path.join(tree, 'apps/server/dist/main.js'),
          });
          try {
            await server.start();
            await runOn({ sdk: HERE, programs: tree }, server.baseUrl);
          } finally {
            await server.close();
          }
        },
      ],
    ],
    remove: async () => {
      await git('worktree', 'remove', '--force', tree).catch(() => undefined);
      rmSync(base, { recursive: true, force: true });
    },
  };
}
