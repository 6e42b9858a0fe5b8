// node scripts/shots.mjs: takes the README's pictures from a fresh demo into docs/images/.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const root = path.resolve(import.meta.dirname, '..');
const images = path.join(root, 'docs/images');
const port = 3977;
const baseUrl = `http://localhost:${port}`;
const folder = mkdtempSync(path.join(os.tmpdir(), 'ainotebook-shots-'));
chmodSync(folder, 0o755);
mkdirSync(images, { recursive: true });

const server = spawn(process.execPath, [path.join(root, 'apps/server/dist/main.js'), 'serve'], {
  cwd: folder,
  env: {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    PORT: String(port),
    DATA_DIR: path.join(folder, '.data'),
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let output = '';
await new Promise((resolve, reject) => {
  server.stdout.on('data', (chunk) => {
    output += chunk;
    if (output.includes('stop with Ctrl-C')) resolve();
  });
  server.once('exit', () => reject(new Error(output)));
});
const [, email, password] = /demo sign-in: (\S+)\s+password: (\S+)/.exec(output);
const words = (locale) =>
  JSON.parse(readFileSync(path.join(root, `packages/messages/messages/${locale}.json`), 'utf8'));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
});
try {
  for (const [locale, title, file, colorScheme] of [
    ['en', 'HTTP status codes worth telling apart', 'editor.png', 'light'],
    ['zh-CN', '六大茶类，一张表说清', 'editor-zh.png', 'light'],
    ['zh-CN', '窗口函数三问', 'editor-dark.png', 'dark'],
  ]) {
    const m = words(locale);
    const context = await browser.newContext({
      locale,
      colorScheme,
      viewport: { width: 1280, height: 800 },
      deviceScaleFactor: 1.5,
    });
    const page = await context.newPage();
    await page.goto(`${baseUrl}/login`);
    await page.getByLabel(m.auth_email).fill(email);
    await page.locator('input[autocomplete="current-password"]').fill(password);
    await page.getByRole('button', { name: m.auth_sign_in, exact: true }).click();
    await page.waitForURL('**/notes');
    await page.getByRole('heading', { level: 1 }).first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder(m.search_placeholder).fill(title.slice(0, 12));
    // The offer to make a note of this title comes before the notes are found.
    await page
      .getByRole('option', { name: title })
      .filter({ hasNot: page.locator('svg.lucide-square-pen') })
      .first()
      .click();
    await page.getByRole('textbox', { name: m.editor_label }).waitFor();
    await page.locator('[data-save-status="saved"]').waitFor();
    await page.waitForTimeout(800);
    await page.screenshot({ path: path.join(images, file) });
    await context.close();
  }
  const visitor = await browser.newContext({
    locale: 'zh-CN',
    viewport: { width: 1280, height: 800 },
    deviceScaleFactor: 1.5,
  });
  const page = await visitor.newPage();
  await page.goto(baseUrl);
  await page.getByRole('link', { name: '六大茶类，一张表说清' }).click();
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: path.join(images, 'article.png') });
} finally {
  await browser.close();
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
}
