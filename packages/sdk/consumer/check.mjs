// Uses the packed package as a stranger would: alone, outside the workspace, on every TypeScript, on Node.
// node packages/sdk/consumer/check.mjs [--short]
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { openProofServer } from '../../../scripts/proof/server.mjs';
import { findLeaks } from '../scripts/leaks.mjs';
import { longChecks } from './long.mjs';
import { previousChecks, previousRelease } from './previous.mjs';
import { createProject, readmeProgram } from './project.mjs';

const TYPESCRIPTS = Object.fromEntries(
  ['typescript-5', 'typescript-api', 'typescript'].map((name) => {
    const file = fileURLToPath(import.meta.resolve(`${name}/package.json`));
    return [JSON.parse(readFileSync(file, 'utf8')).version, path.dirname(file)];
  }),
);
const NEWEST = Object.values(TYPESCRIPTS).at(-1);
const ROOT_README = path.resolve(import.meta.dirname, '../../../README.md');
const NODENEXT = { module: 'nodenext', moduleResolution: 'nodenext' };
const BUNDLER = { module: 'esnext', moduleResolution: 'bundler' };
const SOURCES = ['types.ts', 'program.ts', 'readme.ts', 'root-readme.ts'];

/** A key of the person of `first-notes.mjs`. */
const KEY_OF_EXAMPLES = `
  import { createClient } from '@ainotebook/sdk';
  const guest = createClient({ baseUrl: process.env.baseUrl });
  const who = { email: 'example@example.org', password: 'correct horse battery', session: 'token' };
  const person = guest.withSession(await guest.auth.login(who));
  const scopes = ['publications:read', 'articles:write'];
  const input = { name: 'examples', scopes, expiresInDays: 1 };
  console.log((await person.$call('mutation', 'apiKeys.create', input)).secret);`;
/** What a runtime does with it, once for a stranger. */
const USE_OF_WORKER = `
  import worker from './examples/worker.mjs';
  const send = (token) => worker.fetch(new Request('https://inbox.example.org/', {
    method: 'POST', body: '买茶\\n明前', headers: { authorization: 'Bearer ' + token },
  }), process.env);
  console.log((await send('coffee')).status, (await send('tea')).status);`;

const isShort = process.argv.includes('--short');
/** What is under way then ends, and the server goes with it. */
const signal = AbortSignal.timeout((isShort ? 9 : 45) * 60_000);
let failed = 0;
async function check(name, work) {
  const began = Date.now();
  const problem = await work().then(
    // Some checks answer what they found, others throw.
    (found) => (Array.isArray(found) && found.length > 0 ? found.join('\n') : undefined),
    (error) => error.message || String(error),
  );
  console.log(
    `${problem ? 'FAILED' : 'ok    '} ${name} (${((Date.now() - began) / 1000).toFixed(1)} s)`,
  );
  if (problem) {
    failed += 1;
    console.log(problem);
  }
}

async function withPrevious(tag, baseUrl) {
  const previous = previousChecks({ tag, typescript: NEWEST, baseUrl, signal });
  try {
    for (const [name, work] of previous.checks) await check(name, work);
  } finally {
    await previous.remove();
  }
}

const project = await createProject(signal);
const server = await openProofServer();
try {
  await server.start();
  const { baseUrl } = server;
  project.write('readme.ts', readmeProgram(path.join(project.sdk, 'README.md'), baseUrl));
  // Signs in as the person whom the package's README registers.
  const person = `const [email, password] = ['tea@example.org', 'correct horse battery'] as const;`;
  project.write('root-readme.ts', `${person}\n${readmeProgram(ROOT_README, baseUrl)}`);

  await check('is installed alone, with nothing of the workspace in it', async () => {
    const installed = ['.', '@ainotebook'].flatMap((scope) =>
      readdirSync(path.join(project.folder, 'node_modules', scope)),
    );
    const manifest = readFileSync(path.join(project.sdk, 'package.json'), 'utf8');
    return [
      ...installed.filter(
        (name) => !['.bin', '.package-lock.json', '@ainotebook', 'sdk'].includes(name),
      ),
      ...(manifest.match(/"(?:workspace|catalog|file|link):[^"]*"/g) ?? []),
      ...(/"(?:d|optionalD)ependencies"/.test(manifest) ? ['it has dependencies'] : []),
    ];
  });
  await check('holds its licences, README and changelog, and no source or test', async () => {
    const files = readdirSync(project.sdk, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(project.sdk, path.join(entry.parentPath, entry.name)));
    const needed = ['LICENSE', 'README.md', 'CHANGELOG.md', 'dist/THIRD-PARTY-LICENSES'];
    const allowed = /^dist\/[\w/-]+\.(?:js|js\.map|d\.ts)$|^package\.json$/;
    return [
      ...needed.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
      ...files
        .filter((file) => !needed.includes(file) && !allowed.test(file))
        .map((file) => `${file} is in it`),
    ];
  });
  await check('declares nothing that a consumer does not have', async () =>
    findLeaks(path.join(project.sdk, 'dist')),
  );
  await check('publint', async () => {
    const { messages, pkg } = await publint({ pkgDir: project.sdk, pack: false, strict: true });
    return messages.map((message) => formatMessage(message, pkg, { color: false }));
  });
  for (const [version, folder] of Object.entries(TYPESCRIPTS)) {
    await check(`types on TypeScript ${version}, nodenext, from ES modules and CommonJS`, () =>
      project.compile(folder, [...SOURCES, 'commonjs.cts'], NODENEXT),
    );
    await check(`types on TypeScript ${version}, bundler`, () =>
      project.compile(folder, SOURCES, BUNDLER),
    );
  }

  await check('runs on Node, imported and required', async () => {
    const emit = { ...NODENEXT, noEmit: false, outDir: 'out' };
    await project.compile(NEWEST, [...SOURCES, 'commonjs.cts'], emit);
    const program = `import { run } from './out/program.js'; console.log(await run('${baseUrl}'))`;
    console.log(`       ${await project.node(['--input-type=module', '-e', program])}`);
    await project.node(['-e', "if (!require('./out/commonjs.cjs').client.articles) throw 1"]);
  });
  await check('runs the code of its README, and of the one at the root', async () => {
    await project.node(['out/readme.js']);
    await project.node(['out/root-readme.js']);
  });
  await check('has its program, which says what is missing', async () => {
    const bin = path.join(project.folder, 'node_modules/.bin/ainotebook-mcp');
    const env = { AINOTEBOOK_URL: '', AINOTEBOOK_API_KEY: '' };
    const said = await project.run(bin, [], { env }).catch(({ message }) => message);
    return said.startsWith('AINOTEBOOK_URL is not set.') ? [] : [said];
  });
  await check('npm would publish it, without a word of complaint', async () => {
    const args = [
      'publish',
      '--dry-run',
      '--loglevel',
      'notice',
      '--access',
      'public',
      project.tarball,
    ];
    const said = await project.run('sh', ['-c', 'npm "$@" 2>&1', 'npm', ...args]);
    // Who publishes signs in.
    return said
      .split('\n')
      .filter((line) => /^npm (?:warn|error)/i.test(line) && !/logged in/.test(line));
  });
  await check('runs the examples', async () => {
    // One is a second device of the other's person.
    const person = { NOTES_EMAIL: 'example@example.org', NOTES_PASSWORD: 'correct horse battery' };
    await project.node(['examples/first-notes.mjs', baseUrl], person);
    const backup = () => project.node(['examples/backup.mjs', baseUrl, 'backup'], person);
    const runs = [await backup(), await backup()];
    return runs.join() === '1 written, 0 unchanged,0 written, 1 unchanged' ? [] : runs;
  });
  await check('runs the examples that have a key', async () => {
    const key = await project.node(['--input-type=module', '-e', KEY_OF_EXAMPLES], { baseUrl });
    const env = { AINOTEBOOK_URL: baseUrl, AINOTEBOOK_API_KEY: key, INBOX_TOKEN: 'tea' };
    const site = await project.node(['examples/static-site.mjs', baseUrl, 'content'], env);
    const [file] = readdirSync(path.join(project.folder, 'content')).filter((name) =>
      /md$/.test(name),
    );
    const text = file && readFileSync(path.join(project.folder, 'content', file), 'utf8');
    const kept = await project.node(['--input-type=module', '-e', USE_OF_WORKER], env);
    return [
      ...(site === '1 published, 0 gone' ? [] : [site]),
      ...(/^---\ntitle: "龙井笔记"\n.*---\n\n# 龙井\n/s.test(text) ? [] : [text]),
      ...(kept === '401 201' ? [] : [kept]),
    ];
  });
  if (!isShort) {
    for (const [name, work] of longChecks({
      project,
      baseUrl,
      sources: SOURCES,
      typescripts: TYPESCRIPTS,
      signal,
    })) {
      await check(name, work);
    }
    const tag = await previousRelease(signal);
    if (tag === null) console.log('skipped the release before: there is none yet');
    else await withPrevious(tag, baseUrl);
  }
} finally {
  await server.close();
  project.remove();
}
process.exitCode = failed > 0 ? 1 : 0;
