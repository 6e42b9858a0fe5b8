// The pages of examples/web, as somebody who tries them out runs them.
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch } from './browser.js';
import { TestServer } from './server.js';
import { demoAccountOf } from './world.mjs';

let server: TestServer;
let browser: Browser;
let vite: ViteDevServer;

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  process.env.AINOTEBOOK_URL = server.baseUrl;
  vite = await createServer({
    configFile: path.resolve(import.meta.dirname, '../examples/web/vite.config.ts'),
    server: { port: 0, hmr: false },
    logLevel: 'error',
  });
  await vite.listen();
});
afterAll(async () => {
  await vite?.close();
  await browser?.close();
  await server?.remove();
});

/** The page, and who signs in: once wrongly, then as the demo's account. */
async function signInTo(name: string): Promise<Page> {
  const page = await browser.newPage();
  const [address = ''] = vite.resolvedUrls?.local ?? [];
  await page.goto(`${address}${name}`);
  const { email, password } = demoAccountOf(server.output);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText(/wrong/).waitFor();
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  return page;
}

it('a page without a framework lists every note', async () => {
  const page = await signInTo('index.html');
  await page.getByText(/^\d+ notes$/).waitFor();
  expect(await page.getByRole('listitem').count()).toBeGreaterThan(5);
  await page.close();
});

it('a React Query app lists notes and shows the one it adds', async () => {
  const page = await signInTo('react.html');
  await page.getByRole('listitem').first().waitFor();
  await page.getByLabel('New note').fill('Written in an example');
  await page.getByRole('button', { name: 'Add' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Written in an example' }).waitFor();
  expect(await page.locator('time').first().textContent()).toMatch(/\d/);
  await page.close();
});
