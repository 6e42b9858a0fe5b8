// start | test | build on a machine that has Node and npm and nothing else.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { explainFailure, lowDiskWarning } from './up/explain.mjs';
import { whenNpmIsGone } from './up/npm-parent.mjs';
import { run } from './up/run.mjs';
import { tidySignals } from './up/signals.mjs';
import { buildState, installState } from './up/stamps.mjs';

const root = path.dirname(import.meta.dirname);
const began = Date.now();

export async function main([command, ...rest]) {
  if (!['start', 'test', 'build'].includes(command)) {
    console.error('Usage: npm start | npm test | npm run build');
    process.exitCode = 2;
    return;
  }
  process.chdir(root);
  try {
    await install();
    await build();
    if (command === 'test') await test(rest);
    if (command === 'start') await serve(rest);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    console.error(`\n${error.message}`);
    process.exitCode = error.exitCode;
  }
}

class StepFailed extends Error {
  constructor(message, exitCode) {
    super(message);
    this.exitCode = exitCode;
  }
}

async function install() {
  const state = installState(root);
  if (state.isDone) return;
  say(
    'installing dependencies (the first time about 100 MB; nothing outside this folder is changed)',
  );
  const warning = lowDiskWarning(root);
  if (warning) say(warning);
  // Development dependencies build the thing, so they are wanted under NODE_ENV=production too.
  const args = ['install', '--frozen-lockfile', '--prod=false', '--reporter=append-only'];
  args.push('--config.confirmModulesPurge=false');
  await step('Installing', 'npx', ['--yes', packageManager(), ...args]);
  state.save();
  say('installed');
}

async function build() {
  const state = buildState(root);
  if (state.isDone) return;
  say('building');
  // turbo looks for pnpm on PATH; `npx -p` puts it there without installing it.
  const turbo = 'turbo run build --output-logs=errors-only --no-update-notifier';
  await step('Building', 'npx', ['--yes', '-p', packageManager(), '-c', turbo]);
  state.save();
  say('built');
}

async function test(args) {
  say('testing');
  const vitest = path.join('node_modules', 'vitest', 'vitest.mjs');
  const { exitCode } = await run(process.execPath, [vitest, 'run', ...args], {
    env: { ...process.env, NODE_ENV: 'test' },
    isShown: true,
  });
  process.exitCode = exitCode;
}

/** Becomes the server: with one process no signal, exit code or left-over child can get lost in between. */
async function serve(args) {
  const entry = path.join(root, 'apps/server/dist/main.js');
  process.title = 'ainotebook';
  process.argv = [process.execPath, entry, 'serve', ...args];
  process.setSourceMapsEnabled(true);
  tidySignals();
  whenNpmIsGone(() => process.kill(process.pid, 'SIGTERM'));
  say('starting');
  await import(pathToFileURL(entry).href);
}

async function step(name, program, args) {
  const result = await run(program, args, {
    env: {
      ...process.env,
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
      // What npm has fetched before is used without asking the network again: offline starts work.
      npm_config_prefer_offline: 'true',
      npm_config_update_notifier: 'false',
      // Started through npx itself (another Node), its own arguments must not become ours.
      npm_config_package: undefined,
      npm_config_call: undefined,
    },
  });
  if (result.exitCode !== 0) {
    throw new StepFailed(explainFailure(name, result), result.exitCode);
  }
}

function packageManager() {
  return JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).packageManager;
}

function say(line) {
  console.log(`[${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}`);
}
