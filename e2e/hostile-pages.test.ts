// Published texts that attack their readers, opened, pointed at and clicked in a browser.
import { createClient } from '@ainotebook/sdk';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE_MARKDOWN } from '../packages/text/src/html/hostile-fixtures.js';
import { launch } from './browser.js';
import { TestServer } from './server.js';

let server: TestServer;
let browser: Browser;
let pages: { source: string; url: string }[];
const author = async () => {
  const guest = createClient({ baseUrl: server.baseUrl });
  const session = await guest.auth.register({
    email: 'attacker@example.org',
    password: 'correct horse battery',
    displayName: '<img src=x onerror=alert(1)>',
    session: 'token',
  });
  return guest.withSession(session);
};

beforeAll(async () => {
  [server, browser] = await Promise.all([TestServer.create(), launch()]);
  const notes = await author();
  pages = [];
  // The title attacks too; without it one of the sources would be one.
  for (const source of HOSTILE_MARKDOWN) {
    const title = `"><script>alert(1)</script> ${pages.length}`;
    const { id } = await notes.articles.create({ title, content: source });
    pages.push({ source, url: (await notes.publications.publish({ articleId: id })).url });
  }
}, 300_000);
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

/** Everything that must not happen on a page, as it happens. */
async function watched(): Promise<{ page: Page; seen: string[] }> {
  const page = await browser.newPage();
  const seen: string[] = [];
  page.on('dialog', (dialog) => {
    seen.push(`a script ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => seen.push(`an error: ${error.message}`));
  page.on('popup', (popup) => seen.push(`a window: ${popup.url()}`));
  page.on('console', (message) => {
    if (/content security policy/i.test(message.text())) seen.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    // Pictures of other sites are shown, as their authors meant; nothing else comes from elsewhere.
    if (url.origin !== server.baseUrl && request.resourceType() !== 'image') {
      seen.push(`asked ${request.url()} for a ${request.resourceType()}`);
    }
  });
  // Nobody is out there: whoever is asked does not answer.
  await page.route(
    (url) => url.origin !== server.baseUrl,
    (route) => route.abort(),
  );
  return { page, seen };
}

describe('a published page', () => {
  it('runs nothing of its text, however it is used, and never offends its own policy', async () => {
    const { page, seen } = await watched();
    for (const { source, url } of pages) {
      await page.goto(url, { waitUntil: 'load' });
      const links = page.locator('article a');
      for (let nth = 0; nth < (await links.count()); nth += 1) {
        const link = links.nth(nth);
        await link.hover();
        const href = (await link.getAttribute('href')) ?? '';
        // What leads away is told by its address; what stays here is clicked.
        if (/^(?:#|javascript|data|vbscript)/i.test(href)) await link.click();
      }
      await page.keyboard.press('Tab');
      if (seen.length > 0) seen.push(`by ${JSON.stringify(source)}`);
      expect(seen).toEqual([]);
    }
    await page.close();
  });

  it('keeps its own names: no text can take the place of what scripts look up', async () => {
    const { page } = await watched();
    for (const { source, url } of pages) {
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      const isWhole = await page.evaluate(
        () =>
          document.body instanceof HTMLBodyElement &&
          document.querySelectorAll('main').length === 1 &&
          document.querySelectorAll('base, iframe, object, embed, article form, article style')
            .length === 0 &&
          [...document.querySelectorAll('article *')].every((element) =>
            element.getAttributeNames().every((name) => !name.startsWith('on')),
          ),
      );
      expect(isWhole, source).toBe(true);
    }
    await page.close();
  });

  it('lists titles and names that attack as plain words, to readers and to feeds', async () => {
    const { page, seen } = await watched();
    await page.goto(pages[0]?.url ?? '');
    const handle = await page.locator('a[href^="/u/"]').first().getAttribute('href');
    for (const target of ['/', handle ?? '']) {
      const response = await page.goto(`${server.baseUrl}${target}`);
      expect(response?.status(), target).toBe(200);
    }
    // Opened as a page, a browser would dress it up itself.
    for (const target of [`${handle}/feed.xml`, '/feed.xml', '/sitemap.xml']) {
      const xml = await (await fetch(`${server.baseUrl}${target}`)).text();
      const names = await page.evaluate((text) => {
        const parsed = new DOMParser().parseFromString(text, 'application/xml');
        return [...parsed.querySelectorAll('*')].map((element) => element.localName);
      }, xml);
      expect(names.length, target).toBeGreaterThan(1);
      expect(names).not.toContain('script');
      expect(names).not.toContain('parsererror');
    }
    expect(seen).toEqual([]);
    await page.close();
  });
});

describe('the preview in the app', () => {
  it('runs nothing of the text either', async () => {
    const { page, seen } = await watched();
    await page.goto(`${server.baseUrl}/login`);
    await page.getByRole('textbox').first().fill('attacker@example.org');
    await page.locator('input[autocomplete="current-password"]').fill('correct horse battery');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/home');
    await page.goto(`${server.baseUrl}/notes`);
    const rows = page.locator('a[href^="/notes/"]');
    await rows.first().waitFor();
    for (let nth = 0; nth < 5; nth += 1) {
      await rows.nth(nth).click();
      await page.waitForURL('**/notes/*');
      await page.waitForLoadState('networkidle');
    }
    expect(seen).toEqual([]);
    await page.close();
  });
});
