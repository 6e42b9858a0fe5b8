import { defineConfig } from 'vitest/config';

const json = process.env.VITEST_JSON;

// One after the other: a browser, a server and a database share two cores.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    reporters: json ? ['verbose', ['json', { outputFile: json }]] : ['verbose'],
    fileParallelism: false,
    maxConcurrency: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
