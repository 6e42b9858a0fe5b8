import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// A file imports nothing that keeps state, so the files of a worker share what they import: half the time.
const isolate = false;
// A busy machine must not look like a failure: scripts/totals.mjs names what needed it.
const retry = process.env.CI ? 1 : 0;
const exclude = ['**/node_modules/**', '**/dist/**'];
// Packages that import nothing of ours cannot need a database: they run without the global setup.
const pure = [
  'packages/{contract,text,egress,messages}/src/**/*.test.ts',
  '{scripts,apps/web/scripts,packages/sdk/scripts}/**/*.test.mjs',
];
// A socket to anywhere but this machine is an error.
const setupFiles = [
  fileURLToPath(new URL('packages/testkit/src/loopback-only.ts', import.meta.url)),
];
const json = process.env.VITEST_JSON;

export default defineConfig({
  test: {
    // The tests wait for Postgres and for processes half of the time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    reporters: json ? ['default', ['json', { outputFile: json }]] : ['default'],
    projects: [
      // Property tests run long on a busy machine.
      {
        test: {
          name: 'pure',
          environment: 'node',
          retry,
          isolate,
          setupFiles,
          include: pure,
          exclude,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'node',
          environment: 'node',
          retry,
          isolate,
          setupFiles,
          include: [
            'packages/*/src/**/*.test.ts',
            'apps/server/src/**/*.test.ts',
            'apps/server/test/**/*.test.ts',
          ],
          exclude: [...exclude, ...pure],
          globalSetup: ['packages/testkit/dist/global-setup.js'],
          // Real servers are started and killed; a busy machine must not look like a failure.
          testTimeout: 20_000,
          hookTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'web',
          root: 'apps/web',
          environment: 'happy-dom',
          retry,
          setupFiles,
          include: ['src/**/*.test.{ts,tsx}'],
          exclude,
          testTimeout: 20_000,
        },
      },
    ],
    coverage: { provider: 'v8', include: ['packages/*/src/**', 'apps/*/src/**'] },
  },
});
