// The published client: the packed package in the hands of a stranger, and on a page of a browser.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { launch } from './browser.js';
import { TestServer } from './server.js';

const sdk = path.resolve(import.meta.dirname, '../packages/sdk');

it('installs alone, type-checks on TypeScript 5.9, 6 and 7, runs its README and the examples', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    path.join(sdk, 'consumer/check.mjs'),
    '--short',
  ]).catch((error: { stdout: string; stderr: string }) => ({
    stdout: `FAILED ${error.stdout}${error.stderr}`,
  }));
  expect(stdout).not.toContain('FAILED');
  for (const version of ['5.9', '6.0', '7.0']) {
    expect(stdout).toContain(`types on TypeScript ${version}`);
  }
}, 600_000);

it('works on a page, where the refresh token stays in a cookie that no script reads', async () => {
  const server = await TestServer.create();
  onTestFinished(() => server.remove());
  const browser = await launch();
  onTestFinished(() => browser.close());
  // Our pages run no code but their own; this one is a stranger's.
  const context = await browser.newContext({ bypassCSP: true });
  await context.route('**/sdk-under-test/*', (route) => {
    const file = path.basename(new URL(route.request().url()).pathname);
    return route.fulfill({ path: path.join(sdk, 'dist', file), contentType: 'text/javascript' });
  });
  const page = await context.newPage();
  await page.goto(`${server.baseUrl}/login`);
  const seen = await page.evaluate(`(async () => {
    const { createClient, NotFoundError } = await import('/sdk-under-test/index.js');
    const guest = createClient({ baseUrl: location.origin });
    const person = { email: 'page@example.org', password: 'correct horse battery', displayName: '页' };
    const session = await guest.auth.register(person);
    const renewed = await guest.auth.refresh();
    const notes = guest.withOptions({ auth: renewed.accessToken });
    const { id } = await notes.articles.create({ title: '龙井' });
    const titles = [];
    for await (const { title } of notes.articles.list()) titles.push(title);
    const missing = await notes.articles.get({ id: crypto.randomUUID() }).catch((error) => error);
    return {
      titles,
      isDate: (await notes.articles.get({ id })).createdAt instanceof Date,
      isTyped: missing instanceof NotFoundError && missing.requestId !== null,
      tokens: [session.refreshToken, renewed.refreshToken],
      cookie: document.cookie,
    };
  })()`);
  expect(seen).toEqual({
    titles: ['龙井'],
    isDate: true,
    isTyped: true,
    tokens: [null, null],
    cookie: expect.not.stringMatching(/refresh/),
  });
});
