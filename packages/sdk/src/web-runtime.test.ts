import path from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { beforeAll, expect, it } from 'vitest';
import type * as Sdk from './index.js';
import { answer, serve } from './test-support.js';

let code = '';
beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'index.ts')],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'sdk',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  code = outputFiles[0]?.text ?? '';
});

/** The package in a world that has what the web has, and nothing of Node. */
function load(changes: object = {}): typeof Sdk {
  const context = createContext({
    // What it reads are objects of its own world, as everywhere.
    fetch: async (...request: Parameters<typeof fetch>) => {
      const response = await fetch(...request);
      const parse: typeof JSON.parse = runInContext('JSON.parse', context);
      return Object.assign(response, { json: async () => parse(await response.text()) });
    },
    ...{ Headers, Response, URL, AbortController, AbortSignal, DOMException },
    ...{ FormData, Blob, ReadableStream, TextEncoder, TextDecoder },
    ...{ crypto, performance, setTimeout, clearTimeout, console },
    ...changes,
  });
  runInContext(code, context);
  // A bundle of our own index.
  return runInContext('sdk', context) as typeof Sdk;
}

it('runs where there is nothing of Node', async () => {
  const createdAt = new Date('2026-01-02T03:04:05.678Z');
  const { baseUrl } = await serve(answer([{ id: 'n', createdAt }]));
  const [notebook] = await load().createClient({ baseUrl }).notebooks.list();
  expect(notebook?.createdAt.toISOString()).toBe(createdAt.toISOString());
});

it('makes idempotency keys on a page without https, where randomUUID is missing', async () => {
  const { baseUrl, seen } = await serve(answer({ count: 0 }));
  const insecure = { getRandomValues: crypto.getRandomValues.bind(crypto) };
  await load({ crypto: insecure }).createClient({ baseUrl }).articles.emptyTrash();
  expect(seen[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f]{32}$/);
});

it('takes the empty answer that a browser makes of a redirect for one', async () => {
  const opaque = Object.defineProperties(Response.error(), { type: { value: 'opaqueredirect' } });
  const { createClient, ConnectionError } = load({ fetch: async () => opaque });
  const call = createClient({ baseUrl: 'https://notes.example.org' }).tags.list();
  await expect(call).rejects.toBeInstanceOf(ConnectionError);
  await expect(call).rejects.toThrow('redirect');
});
