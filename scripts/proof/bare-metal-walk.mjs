// What a person does in a browser, over https: signs up or in, writes, publishes, reads as a visitor, finds.
import { chromium } from 'playwright-core';
import { signIn, wordsOf } from '../../e2e/visits.mjs';

const m = wordsOf('zh-CN');
const FINDS_MS = 60_000;

/**
 * @param {string} baseUrl
 * @returns a browser that believes the certificate nobody signed
 */
export async function openBrowser(baseUrl) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    // The service worker is refused otherwise, whatever the context says.
    args: ['--ignore-certificate-errors'],
  });
  /** What scripts and the content policy complained of. */
  const problems = [];
  const open = async (options) => {
    const context = await browser.newContext({
      baseURL: baseUrl,
      locale: 'zh-CN',
      viewport: { width: 1280, height: 800 },
      ignoreHTTPSErrors: true,
      ...options,
    });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) problems.push(message.text());
    });
    return page;
  };

  async function signUp({ name, email, password }) {
    const page = await open();
    await page.goto('/register');
    await page.getByLabel(m.auth_name).fill(name);
    await page.getByLabel(m.auth_email).fill(email);
    await page.locator('input[autocomplete="new-password"]').fill(password);
    await page.getByRole('button', { name: m.auth_register, exact: true }).click();
    await page.waitForURL('**/welcome');
    await page.getByRole('button', { name: /^(跳过|Skip)$/ }).click();
    await page.waitForURL('**/home');
    return page;
  }

  async function enter(account) {
    const page = await open();
    await signIn(page, account);
    return page;
  }

  /** @returns the path of the published page */
  async function writeAndPublish(page, { title, text }) {
    await page.goto('/home');
    await page.getByRole('button', { name: m.nav_new_note }).first().click();
    await page.waitForURL('**/notes/*');
    await page.getByRole('textbox', { name: m.editor_title }).fill(title);
    const editor = page.getByRole('textbox', { name: m.editor_label });
    await editor.click();
    await page.keyboard.insertText(text);
    await editor.getByText(text).waitFor();
    await page.locator('[data-save-status="saved"]').waitFor();
    await page.getByRole('button', { name: m.publish_now, exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: m.publish_now, exact: true }).click();
    const link = await dialog.getByRole('link', { name: m.publish_open }).getAttribute('href');
    await page.keyboard.press('Escape');
    return new URL(link).pathname;
  }

  /** Signed out, without a script. */
  async function readAsVisitor(path) {
    const page = await open({ javaScriptEnabled: false });
    const answer = await page.goto(path);
    const title = await page.getByRole('heading', { level: 1 }).first().textContent();
    const text = await page.getByRole('main').textContent();
    await page.context().close();
    return { status: answer.status(), title, text };
  }

  /** By keyboard; what was just written may have to be indexed first. @returns whether the note is found */
  async function find(page, { word, title }) {
    const option = page.getByRole('option', { name: new RegExp(title) });
    for (const deadline = performance.now() + FINDS_MS; performance.now() < deadline; ) {
      await page.goto('/notes');
      await page.getByRole('heading', { level: 1 }).first().waitFor();
      await page.keyboard.press('Control+k');
      await page.getByPlaceholder(m.search_placeholder).fill(word);
      const isThere = await option
        .first()
        .waitFor({ timeout: 3_000 })
        .then(
          () => true,
          () => false,
        );
      if (isThere) return true;
    }
    return false;
  }

  return {
    signUp,
    enter,
    writeAndPublish,
    readAsVisitor,
    find,
    problems,
    close: () => browser.close(),
  };
}
