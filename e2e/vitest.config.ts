import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const json = process.env.VITEST_JSON;
const shared = {
  maxConcurrency: 2,
  testTimeout: 120_000,
  hookTimeout: 120_000,
};

export default defineConfig({
  test: {
    root: import.meta.dirname,
    reporters: json ? ['verbose', ['json', { outputFile: json }]] : ['verbose'],
    projects: [
      // Each file has a browser, a server and a database of its own, which wait for each other half of the time.
      {
        test: {
          ...shared,
          name: 'browser',
          include: ['*.test.ts'],
          exclude: ['proofs.test.ts'],
          globalSetup: [fileURLToPath(new URL('global-setup.ts', import.meta.url))],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      // Some hang on time that another program would take.
      {
        test: {
          ...shared,
          retry: process.env.CI ? 1 : 0,
          name: 'proofs',
          include: ['proofs.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
